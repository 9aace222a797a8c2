/* fp_arithmetic.h - floating-point arithmetic as the architecture defines it (DDI 0403, A2.5.7, and
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

/* The first four as FPSCR.RMode has them. */
enum fp_rounding {
    FP_NEAREST,
    FP_PLUS_INFINITY,
    FP_MINUS_INFINITY,
    FP_ZERO,
    FP_NEAREST_AWAY, /* halves away from zero */
    FP_BY_FPSCR,     /* as FPSCR.RMode says */
};

/* How fp32_to_integer() and fp64_to_integer() convert. */
struct fp_target {
    unsigned fraction; /* bits of the result behind the point */
    unsigned width;    /* of the result: 16 or 32 bits; saturated, sign- or zero-extended */
    bool is_signed;
    enum fp_rounding rounding;
};

/* In single (fp32_) and double precision (fp64_):
 *   multiply_add   addend + x * y, rounded once
 *   compare        N Z C V in bits 31..28; signals: quiet NaNs are invalid too (VCMPE)
 *   maximum, minimum   a quiet NaN gives way to a number (VMAXNM, VMINNM)
 *   to_integral    the nearest integer as a number; exact: inexact results are noted (VRINTX)
 *   from_integer   integer / 2^fraction
 *   to_integer     x * 2^fraction
 *   from_half, to_half   as FPSCR.AHP says; flush-to-zero does not concern the half */
#define FP_OPERATIONS(prefix, bits)                                                          \
    bits prefix##_add(bits x, bits y, uint32_t *fpscr);                                      \
    bits prefix##_subtract(bits x, bits y, uint32_t *fpscr);                                 \
    bits prefix##_multiply(bits x, bits y, uint32_t *fpscr);                                 \
    bits prefix##_divide(bits x, bits y, uint32_t *fpscr);                                   \
    bits prefix##_square_root(bits x, uint32_t *fpscr);                                      \
    bits prefix##_multiply_add(bits addend, bits x, bits y, uint32_t *fpscr);                \
    uint32_t prefix##_compare(bits x, bits y, bool signals, uint32_t *fpscr);                \
    bits prefix##_maximum(bits x, bits y, uint32_t *fpscr);                                  \
    bits prefix##_minimum(bits x, bits y, uint32_t *fpscr);                                  \
    bits prefix##_to_integral(bits x, enum fp_rounding rounding, bool exact, uint32_t *fpscr); \
    bits prefix##_from_integer(int64_t integer, unsigned fraction, enum fp_rounding rounding, \
                               uint32_t *fpscr);                                             \
    uint32_t prefix##_to_integer(bits x, struct fp_target target, uint32_t *fpscr);          \
    bits prefix##_from_half(uint16_t x, uint32_t *fpscr);                                    \
    uint16_t prefix##_to_half(bits x, uint32_t *fpscr);

FP_OPERATIONS(fp32, uint32_t)
FP_OPERATIONS(fp64, uint64_t)

uint64_t fp32_to_double(uint32_t x, uint32_t *fpscr);
uint32_t fp64_to_single(uint64_t x, uint32_t *fpscr);

#endif
