/* fp_arithmetic.c - sums, products, quotients, roots and comparisons: see fp_arithmetic.h. */
#include "fp_arithmetic.h"

#include "fp_format.h"

/* Sign of an exact zero sum of operands with unlike signs. */
FP_INLINE uint64_t cancelled(const struct fp_format *format, uint32_t fpscr)
{
    return fp_zero(format, fp_rounding_of(fpscr) == FP_MINUS_INFINITY);
}

/* significand * 2^exponent, with bit 126 or 125 of the significand the highest. */
struct term {
    bool sign;
    int exponent;
    unsigned __int128 significand;
};

FP_INLINE struct term term_of(const struct fp_unpacked *x)
{
    return (struct term){x->sign, x->exponent - 63, (unsigned __int128)x->significand << 63};
}

FP_INLINE uint64_t add_terms(const struct fp_format *format, struct term x, struct term y,
                             uint32_t *fpscr)
{
    if (x.exponent < y.exponent) {
        const struct term lower = x;

        x = y;
        y = lower;
    }
    /* A shift that drops bits is so long that no more than three of the sum's highest cancel. */
    const unsigned distance = (unsigned)(x.exponent - y.exponent);
    if (distance > 127)
        y.significand = 1;
    else if (distance != 0)
        y.significand = y.significand >> distance | (y.significand << (128 - distance) != 0);
    unsigned __int128 sum;
    bool sign = x.sign;
    if (x.sign == y.sign) {
        sum = x.significand + y.significand;
    } else if (x.significand >= y.significand) {
        sum = x.significand - y.significand;
    } else {
        sum = y.significand - x.significand;
        sign = y.sign;
    }
    if (sum == 0)
        return cancelled(format, *fpscr);
    if (sum >> 64 == 0)
        return fp_round(format, sign, x.exponent, (uint64_t)sum, fp_rounding_of(*fpscr), fpscr);
    const int zeros = __builtin_clzll((uint64_t)(sum >> 64));
    sum <<= zeros;
    return fp_round(format, sign, x.exponent + 64 - zeros,
                    (uint64_t)(sum >> 64) | ((uint64_t)sum != 0), fp_rounding_of(*fpscr), fpscr);
}

/* A number as it is, but for what rounding makes of a subnormal one with flush-to-zero. */
FP_INLINE uint64_t same(const struct fp_format *format, const struct fp_unpacked *x,
                        uint32_t *fpscr)
{
    return fp_round(format, x->sign, x->exponent, x->significand, fp_rounding_of(*fpscr), fpscr);
}

FP_INLINE uint64_t add(const struct fp_format *format, uint64_t x, uint64_t y, bool subtract,
                       uint32_t *fpscr)
{
    struct fp_unpacked a = fp_unpack(format, x, fpscr), b = fp_unpack(format, y, fpscr);
    uint64_t result;

    if (fp_process_two(format, &a, &b, &result, fpscr))
        return result;
    b.sign ^= subtract;
    if (a.class == FP_CLASS_INFINITY || b.class == FP_CLASS_INFINITY) {
        if (a.class == b.class && a.sign != b.sign)
            return fp_invalid(format, fpscr);
        return fp_infinity(format, a.class == FP_CLASS_INFINITY ? a.sign : b.sign);
    }
    if (a.class == FP_CLASS_ZERO && b.class == FP_CLASS_ZERO)
        return a.sign == b.sign ? fp_zero(format, a.sign) : cancelled(format, *fpscr);
    if (a.class == FP_CLASS_ZERO)
        return same(format, &b, fpscr);
    if (b.class == FP_CLASS_ZERO)
        return same(format, &a, fpscr);
    return add_terms(format, term_of(&a), term_of(&b), fpscr);
}

FP_INLINE uint64_t multiply(const struct fp_format *format, uint64_t x, uint64_t y,
                            uint32_t *fpscr)
{
    const struct fp_unpacked a = fp_unpack(format, x, fpscr), b = fp_unpack(format, y, fpscr);
    const bool sign = a.sign != b.sign;
    uint64_t result;

    if (fp_process_two(format, &a, &b, &result, fpscr))
        return result;
    if (a.class == FP_CLASS_INFINITY || b.class == FP_CLASS_INFINITY)
        return a.class == FP_CLASS_ZERO || b.class == FP_CLASS_ZERO ? fp_invalid(format, fpscr)
                                                                    : fp_infinity(format, sign);
    if (a.class == FP_CLASS_ZERO || b.class == FP_CLASS_ZERO)
        return fp_zero(format, sign);
    const unsigned __int128 product = (unsigned __int128)a.significand * b.significand;
    return fp_round(format, sign, a.exponent + b.exponent + 64,
                    (uint64_t)(product >> 64) | ((uint64_t)product != 0), fp_rounding_of(*fpscr),
                    fpscr);
}

FP_INLINE uint64_t multiply_add(const struct fp_format *format, uint64_t addend, uint64_t x,
                                uint64_t y, uint32_t *fpscr)
{
    const struct fp_unpacked c = fp_unpack(format, addend, fpscr);
    const struct fp_unpacked a = fp_unpack(format, x, fpscr), b = fp_unpack(format, y, fpscr);
    const struct fp_unpacked *const operands[3] = {&c, &a, &b};
    const bool sign = a.sign != b.sign;
    const bool meaningless = (a.class == FP_CLASS_INFINITY && b.class == FP_CLASS_ZERO) ||
                             (a.class == FP_CLASS_ZERO && b.class == FP_CLASS_INFINITY);
    const bool infinite = a.class == FP_CLASS_INFINITY || b.class == FP_CLASS_INFINITY;
    uint64_t result;

    if (fp_process_nans(format, operands, 3, &result, fpscr))
        return c.class == FP_CLASS_QUIET && meaningless ? fp_invalid(format, fpscr) : result;
    if (meaningless || (infinite && c.class == FP_CLASS_INFINITY && c.sign != sign))
        return fp_invalid(format, fpscr);
    if (infinite)
        return fp_infinity(format, sign);
    if (c.class == FP_CLASS_INFINITY)
        return fp_infinity(format, c.sign);
    if (a.class == FP_CLASS_ZERO || b.class == FP_CLASS_ZERO) {
        if (c.class == FP_CLASS_ZERO)
            return c.sign == sign ? fp_zero(format, sign) : cancelled(format, *fpscr);
        return same(format, &c, fpscr);
    }
    /* The lowest 2 * (63 - fraction) bits of the product are zero. */
    const struct term product = {sign, a.exponent + b.exponent + 1,
                                 (unsigned __int128)a.significand * b.significand >> 1};
    if (c.class == FP_CLASS_ZERO)
        return fp_round(format, sign, product.exponent + 64,
                        (uint64_t)(product.significand >> 64) |
                            ((uint64_t)product.significand != 0),
                        fp_rounding_of(*fpscr), fpscr);
    return add_terms(format, term_of(&c), product, fpscr);
}

FP_INLINE uint64_t divide(const struct fp_format *format, uint64_t x, uint64_t y, uint32_t *fpscr)
{
    const struct fp_unpacked a = fp_unpack(format, x, fpscr), b = fp_unpack(format, y, fpscr);
    const bool sign = a.sign != b.sign;
    uint64_t result;

    if (fp_process_two(format, &a, &b, &result, fpscr))
        return result;
    if (a.class == b.class && a.class != FP_CLASS_NUMBER)
        return fp_invalid(format, fpscr); /* 0 / 0, infinity / infinity */
    if (a.class == FP_CLASS_INFINITY)
        return fp_infinity(format, sign);
    if (b.class == FP_CLASS_ZERO) {
        *fpscr |= FPSCR_DZC;
        return fp_infinity(format, sign);
    }
    if (a.class == FP_CLASS_ZERO || b.class == FP_CLASS_INFINITY)
        return fp_zero(format, sign);
    const unsigned __int128 dividend = (unsigned __int128)a.significand << 63;
    const uint64_t quotient = (uint64_t)(dividend / b.significand); /* 63 or 64 bits */
    return fp_round(format, sign, a.exponent - b.exponent - 63,
                    quotient | ((unsigned __int128)quotient * b.significand != dividend),
                    fp_rounding_of(*fpscr), fpscr);
}

/* The integer root of a square of 126 or 127 bits. The host's root has 50 good bits; a step of Newton's
 * doubles them, and leaves the last one to be tried. */
static uint64_t root_of(unsigned __int128 square)
{
    const double guess = __builtin_sqrt((double)(uint64_t)(square >> 64)) * 4294967296.0;
    uint64_t root = (uint64_t)guess;

    root = (uint64_t)((square / root + root) >> 1);
    while ((unsigned __int128)root * root > square)
        root--;
    while ((unsigned __int128)(root + 1) * (root + 1) <= square)
        root++;
    return root;
}

FP_INLINE uint64_t square_root(const struct fp_format *format, uint64_t x, uint32_t *fpscr)
{
    const struct fp_unpacked a = fp_unpack(format, x, fpscr);
    const int odd = a.exponent & 1;

    if (fp_is_nan(&a))
        return fp_process_nan(format, &a, fpscr);
    if (a.class == FP_CLASS_ZERO)
        return fp_zero(format, a.sign);
    if (a.sign)
        return fp_invalid(format, fpscr);
    if (a.class == FP_CLASS_INFINITY)
        return fp_infinity(format, false);
    const unsigned __int128 square = (unsigned __int128)a.significand << (62 + odd);
    const uint64_t root = root_of(square);
    return fp_round(format, false, (a.exponent - odd - 62) / 2,
                    root | ((unsigned __int128)root * root != square), fp_rounding_of(*fpscr),
                    fpscr);
}

/* -1, 0 or 1; neither is a NaN. Flushed operands are zeros, and both zeros are equal. */
FP_INLINE int order(const struct fp_format *format, const struct fp_unpacked *a,
                    const struct fp_unpacked *b)
{
    const uint64_t magnitude = fp_zero(format, true) - 1;
    const int64_t left =
        a->class == FP_CLASS_ZERO ? 0 : (int64_t)(a->bits & magnitude) * (a->sign ? -1 : 1);
    const int64_t right =
        b->class == FP_CLASS_ZERO ? 0 : (int64_t)(b->bits & magnitude) * (b->sign ? -1 : 1);

    return (left > right) - (left < right);
}

FP_INLINE uint32_t compare(const struct fp_format *format, uint64_t x, uint64_t y, bool signals,
                           uint32_t *fpscr)
{
    const struct fp_unpacked a = fp_unpack(format, x, fpscr), b = fp_unpack(format, y, fpscr);

    if (fp_is_nan(&a) || fp_is_nan(&b)) {
        if (signals || a.class == FP_CLASS_SIGNALLING || b.class == FP_CLASS_SIGNALLING)
            *fpscr |= FPSCR_IOC;
        return 3u << 28;
    }
    const int sign = order(format, &a, &b);
    return sign == 0 ? 6u << 28 : sign < 0 ? 8u << 28 : 2u << 28;
}

/* FPMaxNum, FPMinNum. */
FP_INLINE uint64_t extreme(const struct fp_format *format, uint64_t x, uint64_t y, bool maximum,
                           uint32_t *fpscr)
{
    const struct fp_unpacked a = fp_unpack(format, x, fpscr), b = fp_unpack(format, y, fpscr);
    const struct fp_unpacked *chosen;
    uint64_t result;

    if (a.class == FP_CLASS_QUIET && !fp_is_nan(&b))
        chosen = &b;
    else if (b.class == FP_CLASS_QUIET && !fp_is_nan(&a))
        chosen = &a;
    else if (fp_process_two(format, &a, &b, &result, fpscr))
        return result;
    else if (a.class == FP_CLASS_ZERO && b.class == FP_CLASS_ZERO)
        return fp_zero(format, maximum ? a.sign && b.sign : a.sign || b.sign);
    else
        chosen = (order(format, &a, &b) > 0) == maximum ? &a : &b;
    return chosen->class == FP_CLASS_ZERO ? fp_zero(format, chosen->sign) : chosen->bits;
}

#define DEFINE(prefix, format, type)                                                          \
    type prefix##_add(type x, type y, uint32_t *fpscr)                                        \
    {                                                                                         \
        return (type)add(&(format), x, y, false, fpscr);                                      \
    }                                                                                         \
    type prefix##_subtract(type x, type y, uint32_t *fpscr)                                   \
    {                                                                                         \
        return (type)add(&(format), x, y, true, fpscr);                                       \
    }                                                                                         \
    type prefix##_multiply(type x, type y, uint32_t *fpscr)                                   \
    {                                                                                         \
        return (type)multiply(&(format), x, y, fpscr);                                        \
    }                                                                                         \
    type prefix##_divide(type x, type y, uint32_t *fpscr)                                     \
    {                                                                                         \
        return (type)divide(&(format), x, y, fpscr);                                          \
    }                                                                                         \
    type prefix##_square_root(type x, uint32_t *fpscr)                                        \
    {                                                                                         \
        return (type)square_root(&(format), x, fpscr);                                        \
    }                                                                                         \
    type prefix##_multiply_add(type addend, type x, type y, uint32_t *fpscr)                  \
    {                                                                                         \
        return (type)multiply_add(&(format), addend, x, y, fpscr);                            \
    }                                                                                         \
    uint32_t prefix##_compare(type x, type y, bool signals, uint32_t *fpscr)                  \
    {                                                                                         \
        return compare(&(format), x, y, signals, fpscr);                                      \
    }                                                                                         \
    type prefix##_maximum(type x, type y, uint32_t *fpscr)                                    \
    {                                                                                         \
        return (type)extreme(&(format), x, y, true, fpscr);                                   \
    }                                                                                         \
    type prefix##_minimum(type x, type y, uint32_t *fpscr)                                    \
    {                                                                                         \
        return (type)extreme(&(format), x, y, false, fpscr);                                  \
    }

DEFINE(fp32, FP_SINGLE, uint32_t)
DEFINE(fp64, FP_DOUBLE, uint64_t)
