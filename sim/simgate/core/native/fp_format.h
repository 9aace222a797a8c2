/* fp_format.h - what arithmetic on bit patterns consists of: formats, unpacking, NaNs, rounding.
 * Names in comments are those of the manual's pseudocode (DDI 0403, A2.5 and appendix D6).
 *
 * All functions are inlined with a format that is known, so that each operation is compiled for
 * single and for double precision by itself.
 */
#ifndef SIMGATE_FP_FORMAT_H
#define SIMGATE_FP_FORMAT_H

#include "fp_arithmetic.h"

#define FP_INLINE static inline __attribute__((always_inline))

struct fp_format {
    unsigned width, fraction; /* bits; of the fraction without its hidden one */
    int bias;
};

static const struct fp_format FP_SINGLE = {32, 23, 127};
static const struct fp_format FP_DOUBLE = {64, 52, 1023};

enum fp_class { FP_CLASS_ZERO, FP_CLASS_NUMBER, FP_CLASS_INFINITY, FP_CLASS_QUIET, FP_CLASS_SIGNALLING };

/* value = significand * 2^exponent; bit 63 of the significand is set when it is a number. */
struct fp_unpacked {
    enum fp_class class;
    bool sign;
    int exponent;
    uint64_t significand;
    uint64_t bits;
};

FP_INLINE uint64_t fp_fraction_mask(const struct fp_format *format)
{
    return (UINT64_C(1) << format->fraction) - 1;
}

FP_INLINE unsigned fp_highest_exponent(const struct fp_format *format)
{
    return (1u << (format->width - 1 - format->fraction)) - 1;
}

FP_INLINE uint64_t fp_zero(const struct fp_format *format, bool sign)
{
    return (uint64_t)sign << (format->width - 1);
}

FP_INLINE uint64_t fp_infinity(const struct fp_format *format, bool sign)
{
    return fp_zero(format, sign) | (uint64_t)fp_highest_exponent(format) << format->fraction;
}

FP_INLINE uint64_t fp_default_nan(const struct fp_format *format)
{
    return fp_infinity(format, false) | UINT64_C(1) << (format->fraction - 1);
}

/* FPUnpack. */
FP_INLINE struct fp_unpacked fp_unpack(const struct fp_format *format, uint64_t bits,
                                       uint32_t *fpscr)
{
    const uint64_t fraction = bits & fp_fraction_mask(format);
    const unsigned highest = fp_highest_exponent(format);
    const unsigned exponent = (unsigned)(bits >> format->fraction) & highest;
    struct fp_unpacked out = {.sign = bits >> (format->width - 1) & 1u, .bits = bits};

    if (exponent == highest) {
        out.class = fraction == 0                             ? FP_CLASS_INFINITY
                    : fraction >> (format->fraction - 1) != 0 ? FP_CLASS_QUIET
                                                              : FP_CLASS_SIGNALLING;
    } else if (exponent != 0) {
        out.class = FP_CLASS_NUMBER;
        out.exponent = (int)exponent - format->bias - 63;
        out.significand = UINT64_C(1) << 63 | fraction << (63 - format->fraction);
    } else if (fraction == 0) {
        out.class = FP_CLASS_ZERO;
    } else if (*fpscr & FPSCR_FZ) {
        out.class = FP_CLASS_ZERO;
        *fpscr |= FPSCR_IDC;
    } else {
        const int shift = __builtin_clzll(fraction);

        out.class = FP_CLASS_NUMBER;
        out.exponent = 1 - format->bias - (int)format->fraction - shift;
        out.significand = fraction << shift;
    }
    return out;
}

FP_INLINE bool fp_is_nan(const struct fp_unpacked *x)
{
    return x->class >= FP_CLASS_QUIET;
}

FP_INLINE uint64_t fp_invalid(const struct fp_format *format, uint32_t *fpscr)
{
    *fpscr |= FPSCR_IOC;
    return fp_default_nan(format);
}

/* FPProcessNaN. */
FP_INLINE uint64_t fp_process_nan(const struct fp_format *format, const struct fp_unpacked *x,
                                  uint32_t *fpscr)
{
    if (x->class == FP_CLASS_SIGNALLING)
        *fpscr |= FPSCR_IOC;
    return *fpscr & FPSCR_DN ? fp_default_nan(format)
                             : x->bits | UINT64_C(1) << (format->fraction - 1);
}

/* FPProcessNaNs, FPProcessNaNs3: signalling before quiet, then in the order of the operands. false: no
 * NaN among them. */
FP_INLINE bool fp_process_nans(const struct fp_format *format,
                               const struct fp_unpacked *const *operands, unsigned count,
                               uint64_t *result, uint32_t *fpscr)
{
    static const enum fp_class order[2] = {FP_CLASS_SIGNALLING, FP_CLASS_QUIET};

    for (unsigned j = 0; j < 2; j++)
        for (unsigned i = 0; i < count; i++)
            if (operands[i]->class == order[j]) {
                *result = fp_process_nan(format, operands[i], fpscr);
                return true;
            }
    return false;
}

FP_INLINE bool fp_process_two(const struct fp_format *format, const struct fp_unpacked *x,
                              const struct fp_unpacked *y, uint64_t *result, uint32_t *fpscr)
{
    const struct fp_unpacked *const operands[2] = {x, y};

    if (x->class < FP_CLASS_QUIET && y->class < FP_CLASS_QUIET)
        return false;
    return fp_process_nans(format, operands, 2, result, fpscr);
}

/* Bits that fall out on the right leave a one behind. */
FP_INLINE uint64_t fp_shift_right_sticky(uint64_t x, unsigned n)
{
    if (n == 0)
        return x;
    if (n > 63)
        return x != 0;
    return x >> n | (x << (64 - n) != 0);
}

FP_INLINE bool fp_rounds_up(enum fp_rounding rounding, bool sign, uint64_t odd, uint64_t rest,
                            uint64_t half)
{
    switch (rounding) {
    case FP_NEAREST: return rest > half || (rest == half && odd);
    case FP_PLUS_INFINITY: return rest != 0 && !sign;
    case FP_MINUS_INFINITY: return rest != 0 && sign;
    case FP_NEAREST_AWAY: return rest >= half;
    default: return false;
    }
}

FP_INLINE enum fp_rounding fp_rounding_of(uint32_t fpscr)
{
    return (enum fp_rounding)(fpscr >> 22 & 3u);
}

/* FPRound of significand * 2^exponent; significand is not 0, its lowest bit may be sticky. Tininess is
 * detected before rounding. */
FP_INLINE uint64_t fp_round(const struct fp_format *format, bool sign, int exponent,
                            uint64_t significand, enum fp_rounding rounding, uint32_t *fpscr)
{
    const unsigned dropped = 63 - format->fraction, highest = fp_highest_exponent(format);
    const int zeros = __builtin_clzll(significand);
    int biased = exponent + 63 - zeros + format->bias;
    const bool tiny = biased <= 0;

    significand <<= zeros;
    if (tiny) {
        if (*fpscr & FPSCR_FZ) {
            *fpscr |= FPSCR_UFC;
            return fp_zero(format, sign);
        }
        significand = fp_shift_right_sticky(significand, (unsigned)(1 - biased));
        biased = 0;
    }
    const uint64_t rest = significand & ((UINT64_C(1) << dropped) - 1);
    uint64_t kept = significand >> dropped;
    if (rest != 0)
        *fpscr |= FPSCR_IXC | (tiny ? FPSCR_UFC : 0u);
    kept += fp_rounds_up(rounding, sign, kept & 1u, rest, UINT64_C(1) << (dropped - 1));
    if (tiny) /* a carry makes it the smallest normal number by itself */
        return fp_zero(format, sign) | kept;
    if (kept >> (format->fraction + 1)) {
        kept >>= 1;
        biased++;
    }
    if (biased >= (int)highest) {
        const bool infinite = rounding == FP_NEAREST || rounding == FP_NEAREST_AWAY ||
                              rounding == (sign ? FP_MINUS_INFINITY : FP_PLUS_INFINITY);

        *fpscr |= FPSCR_OFC | FPSCR_IXC;
        return fp_infinity(format, sign) - (infinite ? 0 : 1);
    }
    return fp_zero(format, sign) | (uint64_t)biased << format->fraction |
           (kept & fp_fraction_mask(format));
}

#endif
