/* fp_conversion.c - between floating-point formats, integers and fixed point: see fp_arithmetic.h. */
#include "fp_arithmetic.h"

#include "fp_format.h"

enum {
    HALF_SIGN = 0x8000,
    HALF_INFINITY = 0x7C00,
    HALF_QUIET_NAN = 0x7E00,
    HALF_LARGEST = 0x7FFF, /* of the alternative format, which has no infinity */
    HALF_FRACTION = 10,
    HALF_BIAS = 15,
};

/* ---- integers and fixed point ---- */

/* A number's integer part; *rest = what follows it, bit 63 worth a half, the lowest one sticky. The
 * number is below 2^63. */
FP_INLINE uint64_t split(const struct fp_unpacked *x, int exponent, uint64_t *rest)
{
    const unsigned shift = (unsigned)-exponent;

    if (shift == 0) {
        *rest = 0;
        return x->significand;
    }
    if (shift < 64) {
        *rest = x->significand << (64 - shift);
        return x->significand >> shift;
    }
    *rest = fp_shift_right_sticky(x->significand, shift - 64);
    return 0;
}

FP_INLINE enum fp_rounding chosen(enum fp_rounding rounding, uint32_t fpscr)
{
    return rounding == FP_BY_FPSCR ? fp_rounding_of(fpscr) : rounding;
}

FP_INLINE uint64_t from_integer(const struct fp_format *format, int64_t integer,
                                unsigned fraction, enum fp_rounding rounding, uint32_t *fpscr)
{
    if (integer == 0)
        return 0;
    return fp_round(format, integer < 0, -(int)fraction,
                    integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer,
                    chosen(rounding, *fpscr), fpscr);
}

/* FPToFixed. */
FP_INLINE uint32_t to_integer(const struct fp_format *format, uint64_t x, struct fp_target target,
                              uint32_t *fpscr)
{
    const struct fp_unpacked a = fp_unpack(format, x, fpscr);
    const int64_t highest = (INT64_C(1) << (target.width - target.is_signed)) - 1;
    const int64_t lowest = target.is_signed ? -highest - 1 : 0;
    const int exponent = a.exponent + (int)target.fraction;
    uint64_t magnitude = UINT64_C(1) << 62, rest = 0; /* too large for any result */

    if (a.class == FP_CLASS_ZERO)
        return 0;
    if (fp_is_nan(&a)) {
        *fpscr |= FPSCR_IOC;
        return 0;
    }
    if (a.class == FP_CLASS_NUMBER && exponent < -8) {
        magnitude = split(&a, exponent, &rest);
        magnitude += fp_rounds_up(chosen(target.rounding, *fpscr), a.sign, magnitude & 1u, rest,
                                  UINT64_C(1) << 63);
    }
    const int64_t value = a.sign ? -(int64_t)magnitude : (int64_t)magnitude;
    if (value > highest || value < lowest) {
        *fpscr |= FPSCR_IOC;
        return (uint32_t)(value > highest ? highest : lowest);
    }
    if (rest != 0)
        *fpscr |= FPSCR_IXC;
    return (uint32_t)value;
}

/* FPRoundInt. */
FP_INLINE uint64_t to_integral(const struct fp_format *format, uint64_t x,
                               enum fp_rounding rounding, bool exact, uint32_t *fpscr)
{
    const struct fp_unpacked a = fp_unpack(format, x, fpscr);
    uint64_t rest;

    if (fp_is_nan(&a))
        return fp_process_nan(format, &a, fpscr);
    if (a.class == FP_CLASS_INFINITY || a.class == FP_CLASS_ZERO)
        return a.class == FP_CLASS_ZERO ? fp_zero(format, a.sign) : x;
    if (a.exponent >= (int)format->fraction - 63) /* it has no fraction */
        return x;
    uint64_t magnitude = split(&a, a.exponent, &rest);
    magnitude += fp_rounds_up(chosen(rounding, *fpscr), a.sign, magnitude & 1u, rest,
                              UINT64_C(1) << 63);
    if (rest != 0 && exact)
        *fpscr |= FPSCR_IXC;
    if (magnitude == 0)
        return fp_zero(format, a.sign);
    return fp_round(format, a.sign, 0, magnitude, FP_ZERO, fpscr);
}

/* ---- between formats ---- */

/* A NaN's sign and the highest bits of its fraction, in another format, quiet. */
FP_INLINE uint64_t convert_nan(const struct fp_format *to, const struct fp_format *from,
                               const struct fp_unpacked *x, uint32_t *fpscr)
{
    const uint64_t fraction = x->bits & fp_fraction_mask(from);

    if (x->class == FP_CLASS_SIGNALLING)
        *fpscr |= FPSCR_IOC;
    if (*fpscr & FPSCR_DN)
        return fp_default_nan(to);
    return fp_default_nan(to) | fp_zero(to, x->sign) |
           (to->fraction > from->fraction ? fraction << (to->fraction - from->fraction)
                                          : fraction >> (from->fraction - to->fraction));
}

FP_INLINE uint64_t convert(const struct fp_format *to, const struct fp_format *from, uint64_t x,
                           uint32_t *fpscr)
{
    const struct fp_unpacked a = fp_unpack(from, x, fpscr);

    if (fp_is_nan(&a))
        return convert_nan(to, from, &a, fpscr);
    if (a.class == FP_CLASS_INFINITY)
        return fp_infinity(to, a.sign);
    if (a.class == FP_CLASS_ZERO)
        return fp_zero(to, a.sign);
    return fp_round(to, a.sign, a.exponent, a.significand, fp_rounding_of(*fpscr), fpscr);
}

uint64_t fp32_to_double(uint32_t x, uint32_t *fpscr)
{
    return convert(&FP_DOUBLE, &FP_SINGLE, x, fpscr);
}

uint32_t fp64_to_single(uint64_t x, uint32_t *fpscr)
{
    return (uint32_t)convert(&FP_SINGLE, &FP_DOUBLE, x, fpscr);
}

/* ---- half precision ---- */

FP_INLINE uint64_t from_half(const struct fp_format *to, uint16_t x, uint32_t *fpscr)
{
    const struct fp_format half = {16, HALF_FRACTION, HALF_BIAS};
    const unsigned exponent = x >> HALF_FRACTION & 0x1Fu, fraction = x & 0x3FFu;
    const bool sign = x >> 15;

    if (exponent == 31 && !(*fpscr & FPSCR_AHP)) {
        const struct fp_unpacked nan = {
            .class = fraction & 0x200u ? FP_CLASS_QUIET : FP_CLASS_SIGNALLING,
            .sign = sign,
            .bits = x};

        return fraction == 0 ? fp_infinity(to, sign) : convert_nan(to, &half, &nan, fpscr);
    }
    if (exponent == 0 && fraction == 0)
        return fp_zero(to, sign);
    /* Every half is a normal number of the wider format. */
    return fp_round(to, sign, (exponent == 0 ? 1 : (int)exponent) - HALF_BIAS - HALF_FRACTION,
                    exponent == 0 ? fraction : fraction | 0x400u, FP_ZERO, fpscr);
}

FP_INLINE uint16_t to_half(const struct fp_format *from, uint64_t x, uint32_t *fpscr)
{
    const struct fp_unpacked a = fp_unpack(from, x, fpscr);
    const unsigned sign = a.sign ? HALF_SIGN : 0;
    const bool alternative = *fpscr & FPSCR_AHP;
    const enum fp_rounding rounding = fp_rounding_of(*fpscr);

    if (fp_is_nan(&a)) {
        if (a.class == FP_CLASS_SIGNALLING || alternative)
            *fpscr |= FPSCR_IOC;
        if (alternative)
            return (uint16_t)sign;
        if (*fpscr & FPSCR_DN)
            return HALF_QUIET_NAN;
        return (uint16_t)(sign | HALF_QUIET_NAN |
                          (x >> (from->fraction - HALF_FRACTION) & 0x1FFu));
    }
    if (a.class == FP_CLASS_INFINITY) {
        if (!alternative)
            return (uint16_t)(sign | HALF_INFINITY);
        *fpscr |= FPSCR_IOC;
        return (uint16_t)(sign | HALF_LARGEST);
    }
    if (a.class == FP_CLASS_ZERO)
        return (uint16_t)sign;
    int biased = a.exponent + 63 + HALF_BIAS;
    const bool tiny = biased <= 0;
    uint64_t significand = a.significand;
    if (tiny) {
        significand = fp_shift_right_sticky(significand, (unsigned)(1 - biased));
        biased = 0;
    }
    const uint64_t rest = significand & ((UINT64_C(1) << 53) - 1);
    uint64_t kept = significand >> 53;
    kept += fp_rounds_up(rounding, a.sign, kept & 1u, rest, UINT64_C(1) << 52);
    if (!tiny && kept >> 11) {
        kept >>= 1;
        biased++;
    }
    if (biased >= (alternative ? 32 : 31)) {
        if (alternative) {
            *fpscr |= FPSCR_IOC;
            return (uint16_t)(sign | HALF_LARGEST);
        }
        const bool infinite =
            rounding == FP_NEAREST || rounding == (a.sign ? FP_MINUS_INFINITY : FP_PLUS_INFINITY);
        *fpscr |= FPSCR_OFC | FPSCR_IXC;
        return (uint16_t)(sign | (HALF_INFINITY - (infinite ? 0u : 1u)));
    }
    if (rest != 0)
        *fpscr |= FPSCR_IXC | (tiny ? FPSCR_UFC : 0u);
    if (tiny)
        return (uint16_t)(sign | (unsigned)kept);
    return (uint16_t)(sign | (unsigned)biased << HALF_FRACTION | ((unsigned)kept & 0x3FFu));
}

#define DEFINE(prefix, format, type)                                                           \
    type prefix##_from_integer(int64_t integer, unsigned fraction, enum fp_rounding rounding,  \
                               uint32_t *fpscr)                                                \
    {                                                                                          \
        return (type)from_integer(&(format), integer, fraction, rounding, fpscr);              \
    }                                                                                          \
    uint32_t prefix##_to_integer(type x, struct fp_target target, uint32_t *fpscr)             \
    {                                                                                          \
        return to_integer(&(format), x, target, fpscr);                                        \
    }                                                                                          \
    type prefix##_to_integral(type x, enum fp_rounding rounding, bool exact, uint32_t *fpscr)  \
    {                                                                                          \
        return (type)to_integral(&(format), x, rounding, exact, fpscr);                        \
    }                                                                                          \
    type prefix##_from_half(uint16_t x, uint32_t *fpscr)                                       \
    {                                                                                          \
        return (type)from_half(&(format), x, fpscr);                                           \
    }                                                                                          \
    uint16_t prefix##_to_half(type x, uint32_t *fpscr)                                         \
    {                                                                                          \
        return to_half(&(format), x, fpscr);                                                   \
    }

DEFINE(fp32, FP_SINGLE, uint32_t)
DEFINE(fp64, FP_DOUBLE, uint64_t)
