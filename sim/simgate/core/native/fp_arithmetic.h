/* fp_arithmetic.h - single-precision arithmetic as the architecture defines it (DDI 0403, A2.5.7, and
 * its pseudocode), on bit patterns, in integers: every rounding mode, flush-to-zero, default NaN,
 * NaN propagation and the cumulative flags of FPSCR. Quick paths for the ordinary cases are the
 * callers' business.
 */
#ifndef SIMGATE_FP_ARITHMETIC_H
#define SIMGATE_FP_ARITHMETIC_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FPSCR_IOC = 1u << 0, /* invalid operation */
    FPSCR_DZC = 1u << 1, /* division by zero */
    FPSCR_OFC = 1u << 2, /* overflow */
    FPSCR_UFC = 1u << 3, /* underflow */
    FPSCR_IXC = 1u << 4, /* inexact */
    FPSCR_IDC = 1u << 7, /* input denormal */
    FPSCR_RMODE = 3u << 22,
    FPSCR_FZ = 1u << 24,
    FPSCR_DN = 1u << 25,
    FPSCR_AHP = 1u << 26,
};

uint32_t fp_add(uint32_t x, uint32_t y, uint32_t *fpscr);
uint32_t fp_subtract(uint32_t x, uint32_t y, uint32_t *fpscr);
uint32_t fp_multiply(uint32_t x, uint32_t y, uint32_t *fpscr);
uint32_t fp_divide(uint32_t x, uint32_t y, uint32_t *fpscr);
uint32_t fp_square_root(uint32_t x, uint32_t *fpscr);
/* addend + x * y, rounded once. */
uint32_t fp_multiply_add(uint32_t addend, uint32_t x, uint32_t y, uint32_t *fpscr);
/* N Z C V in bits 31..28. signals: quiet NaNs are invalid too (VCMPE). */
uint32_t fp_compare(uint32_t x, uint32_t y, bool signals, uint32_t *fpscr);

/* integer / 2^fraction. nearest: whatever FPSCR's rounding mode. */
uint32_t fp_from_integer(int64_t integer, unsigned fraction, bool nearest, uint32_t *fpscr);
/* x * 2^fraction as an integer of `width` bits, saturated, sign- or zero-extended. */
uint32_t fp_to_integer(uint32_t x, unsigned fraction, unsigned width, bool is_signed,
                       bool toward_zero, uint32_t *fpscr);
uint32_t fp_from_half(uint16_t x, uint32_t *fpscr);
uint16_t fp_to_half(uint32_t x, uint32_t *fpscr);

#endif
