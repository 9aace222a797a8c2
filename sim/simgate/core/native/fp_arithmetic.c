/* fp_arithmetic.c - see fp_arithmetic.h; names in comments are those of the manual's pseudocode. */
#include "fp_arithmetic.h"

enum { NEAREST, PLUS_INFINITY, MINUS_INFINITY, ZERO };

#define DEFAULT_NAN 0x7FC00000u
#define INFINITY_BITS 0x7F800000u
#define SIGN_BIT 0x80000000u
#define QUIET_BIT 0x00400000u

enum class { CLASS_ZERO, CLASS_NUMBER, CLASS_INFINITY, CLASS_QUIET, CLASS_SIGNALLING };

/* value = significand * 2^exponent, with bit 23 of the significand set when a number. */
struct unpacked {
    enum class class;
    bool sign;
    int exponent;
    uint32_t significand;
    uint32_t bits;
};

/* FPUnpack. */
static struct unpacked unpack(uint32_t bits, uint32_t *fpscr)
{
    struct unpacked out = {.sign = bits >> 31, .bits = bits};
    uint32_t exponent = bits >> 23 & 0xFFu, fraction = bits & 0x7FFFFFu;

    if (exponent == 255) {
        out.class = fraction == 0 ? CLASS_INFINITY
                    : fraction & QUIET_BIT ? CLASS_QUIET : CLASS_SIGNALLING;
    } else if (exponent != 0) {
        out.class = CLASS_NUMBER;
        out.exponent = (int)exponent - 150;
        out.significand = fraction | 0x800000u;
    } else if (fraction == 0) {
        out.class = CLASS_ZERO;
    } else if (*fpscr & FPSCR_FZ) {
        out.class = CLASS_ZERO;
        *fpscr |= FPSCR_IDC;
    } else {
        int shift = __builtin_clz(fraction) - 8;

        out.class = CLASS_NUMBER;
        out.exponent = -149 - shift;
        out.significand = fraction << shift;
    }
    return out;
}

static bool is_nan(const struct unpacked *x)
{
    return x->class >= CLASS_QUIET;
}

static uint32_t invalid(uint32_t *fpscr)
{
    *fpscr |= FPSCR_IOC;
    return DEFAULT_NAN;
}

/* FPProcessNaN. */
static uint32_t process_nan(const struct unpacked *x, uint32_t *fpscr)
{
    if (x->class == CLASS_SIGNALLING)
        *fpscr |= FPSCR_IOC;
    return *fpscr & FPSCR_DN ? DEFAULT_NAN : x->bits | QUIET_BIT;
}

/* FPProcessNaNs: signalling before quiet, first operand before second. false: no NaN among them. */
static bool process_nans(const struct unpacked *const *operands, unsigned count, uint32_t *result,
                         uint32_t *fpscr)
{
    static const enum class order[2] = {CLASS_SIGNALLING, CLASS_QUIET};
    unsigned i, j;

    for (j = 0; j < 2; j++)
        for (i = 0; i < count; i++)
            if (operands[i]->class == order[j]) {
                *result = process_nan(operands[i], fpscr);
                return true;
            }
    return false;
}

static bool process_two(const struct unpacked *x, const struct unpacked *y, uint32_t *result,
                        uint32_t *fpscr)
{
    const struct unpacked *const operands[2] = {x, y};

    return process_nans(operands, 2, result, fpscr);
}

static uint32_t signed_zero(bool sign)
{
    return sign ? SIGN_BIT : 0;
}

static uint32_t signed_infinity(bool sign)
{
    return signed_zero(sign) | INFINITY_BITS;
}

/* Bits that fall out on the right leave a one behind. */
static uint64_t shift_right_sticky(uint64_t x, unsigned n)
{
    if (n == 0)
        return x;
    if (n > 63)
        return x != 0;
    return x >> n | (x << (64 - n) != 0);
}

static bool rounds_up(unsigned mode, bool sign, uint64_t odd, uint64_t rest, uint64_t half)
{
    switch (mode) {
    case NEAREST: return rest > half || (rest == half && odd);
    case PLUS_INFINITY: return rest != 0 && !sign;
    case MINUS_INFINITY: return rest != 0 && sign;
    default: return false;
    }
}

static unsigned rounding_mode(uint32_t fpscr)
{
    return fpscr >> 22 & 3u;
}

/* FPRound of significand * 2^exponent; significand is not 0, its lowest bit may be sticky. Tininess is
 * detected before rounding. */
static uint32_t round_pack(bool sign, int exponent, uint64_t significand, unsigned mode,
                           uint32_t *fpscr)
{
    int zeros = __builtin_clzll(significand), biased = exponent + 63 - zeros + 127;
    bool tiny = biased <= 0;

    significand <<= zeros;
    if (tiny) {
        if (*fpscr & FPSCR_FZ) {
            *fpscr |= FPSCR_UFC;
            return signed_zero(sign);
        }
        significand = shift_right_sticky(significand, (unsigned)(1 - biased));
        biased = 0;
    }
    uint64_t kept = significand >> 40, rest = significand & ((1ull << 40) - 1);
    if (rest != 0)
        *fpscr |= FPSCR_IXC | (tiny ? FPSCR_UFC : 0);
    kept += rounds_up(mode, sign, kept & 1u, rest, 1ull << 39);
    if (tiny) /* a carry makes it the smallest normal number by itself */
        return signed_zero(sign) | (uint32_t)kept;
    if (kept >> 24) {
        kept >>= 1;
        biased++;
    }
    if (biased >= 255) {
        bool infinite = mode == NEAREST || mode == (sign ? MINUS_INFINITY : PLUS_INFINITY);

        *fpscr |= FPSCR_OFC | FPSCR_IXC;
        return infinite ? signed_infinity(sign) : signed_infinity(sign) - 1;
    }
    return signed_zero(sign) | (uint32_t)biased << 23 | ((uint32_t)kept & 0x7FFFFFu);
}

/* Sign of an exact zero sum of operands with unlike signs. */
static uint32_t cancelled(uint32_t fpscr)
{
    return signed_zero(rounding_mode(fpscr) == MINUS_INFINITY);
}

/* The sum of two terms, each significand * 2^exponent, at most 62 bits wide. */
static uint32_t add_terms(bool x_sign, int x_exponent, unsigned __int128 x, bool y_sign,
                          int y_exponent, unsigned __int128 y, uint32_t *fpscr)
{
    /* Both to bit 120 or so, then the one with the lower exponent to the right. */
    x <<= 64;
    y <<= 64;
    x_exponent -= 64;
    y_exponent -= 64;
    bool x_lower = x_exponent < y_exponent;
    unsigned distance = (unsigned)(x_lower ? y_exponent - x_exponent : x_exponent - y_exponent);
    unsigned __int128 *low = x_lower ? &x : &y;
    int exponent = x_lower ? y_exponent : x_exponent;

    if (distance > 127)
        *low = *low != 0;
    else if (distance != 0)
        *low = *low >> distance | (*low << (128 - distance) != 0);
    unsigned __int128 sum;
    bool sign = x_sign;
    if (x_sign == y_sign) {
        sum = x + y;
    } else if (x >= y) {
        sum = x - y;
    } else {
        sum = y - x;
        sign = y_sign;
    }
    if (sum == 0)
        return cancelled(*fpscr);
    uint64_t high = (uint64_t)(sum >> 64);
    if (high != 0) {
        int zeros = __builtin_clzll(high);

        sum <<= zeros;
        high = (uint64_t)(sum >> 64) | ((uint64_t)sum != 0);
        return round_pack(sign, exponent + 64 - zeros, high, rounding_mode(*fpscr), fpscr);
    }
    return round_pack(sign, exponent, (uint64_t)sum, rounding_mode(*fpscr), fpscr);
}

static uint32_t add(const struct unpacked *x, const struct unpacked *y, uint32_t *fpscr)
{
    uint32_t result;

    if (process_two(x, y, &result, fpscr))
        return result;
    if (x->class == CLASS_INFINITY || y->class == CLASS_INFINITY) {
        if (x->class == y->class && x->sign != y->sign)
            return invalid(fpscr);
        return signed_infinity(x->class == CLASS_INFINITY ? x->sign : y->sign);
    }
    if (x->class == CLASS_ZERO && y->class == CLASS_ZERO)
        return x->sign == y->sign ? signed_zero(x->sign) : cancelled(*fpscr);
    if (x->class == CLASS_ZERO)
        return round_pack(y->sign, y->exponent, y->significand, rounding_mode(*fpscr), fpscr);
    if (y->class == CLASS_ZERO)
        return round_pack(x->sign, x->exponent, x->significand, rounding_mode(*fpscr), fpscr);
    return add_terms(x->sign, x->exponent, x->significand, y->sign, y->exponent, y->significand,
                     fpscr);
}

uint32_t fp_add(uint32_t x, uint32_t y, uint32_t *fpscr)
{
    struct unpacked a = unpack(x, fpscr), b = unpack(y, fpscr);

    return add(&a, &b, fpscr);
}

uint32_t fp_subtract(uint32_t x, uint32_t y, uint32_t *fpscr)
{
    struct unpacked a = unpack(x, fpscr), b = unpack(y, fpscr);

    if (!is_nan(&b))
        b.sign = !b.sign;
    return add(&a, &b, fpscr);
}

uint32_t fp_multiply(uint32_t x, uint32_t y, uint32_t *fpscr)
{
    struct unpacked a = unpack(x, fpscr), b = unpack(y, fpscr);
    bool sign = a.sign != b.sign;
    uint32_t result;

    if (process_two(&a, &b, &result, fpscr))
        return result;
    if (a.class == CLASS_INFINITY || b.class == CLASS_INFINITY)
        return a.class == CLASS_ZERO || b.class == CLASS_ZERO ? invalid(fpscr)
                                                              : signed_infinity(sign);
    if (a.class == CLASS_ZERO || b.class == CLASS_ZERO)
        return signed_zero(sign);
    return round_pack(sign, a.exponent + b.exponent, (uint64_t)a.significand * b.significand,
                      rounding_mode(*fpscr), fpscr);
}

uint32_t fp_multiply_add(uint32_t addend, uint32_t x, uint32_t y, uint32_t *fpscr)
{
    struct unpacked c = unpack(addend, fpscr), a = unpack(x, fpscr), b = unpack(y, fpscr);
    const struct unpacked *const operands[3] = {&c, &a, &b};
    bool sign = a.sign != b.sign;
    bool meaningless = (a.class == CLASS_INFINITY && b.class == CLASS_ZERO) ||
                       (a.class == CLASS_ZERO && b.class == CLASS_INFINITY);
    bool infinite = a.class == CLASS_INFINITY || b.class == CLASS_INFINITY;
    uint32_t result;

    if (process_nans(operands, 3, &result, fpscr))
        return c.class == CLASS_QUIET && meaningless ? invalid(fpscr) : result;
    if (meaningless || (infinite && c.class == CLASS_INFINITY && c.sign != sign))
        return invalid(fpscr);
    if (infinite)
        return signed_infinity(sign);
    if (c.class == CLASS_INFINITY)
        return signed_infinity(c.sign);
    if (a.class == CLASS_ZERO || b.class == CLASS_ZERO) {
        if (c.class == CLASS_ZERO)
            return c.sign == sign ? signed_zero(sign) : cancelled(*fpscr);
        return round_pack(c.sign, c.exponent, c.significand, rounding_mode(*fpscr), fpscr);
    }
    uint64_t product = (uint64_t)a.significand * b.significand;
    int exponent = a.exponent + b.exponent;
    if (c.class == CLASS_ZERO)
        return round_pack(sign, exponent, product, rounding_mode(*fpscr), fpscr);
    return add_terms(c.sign, c.exponent - 23, (uint64_t)c.significand << 23, sign, exponent,
                     product, fpscr);
}

uint32_t fp_divide(uint32_t x, uint32_t y, uint32_t *fpscr)
{
    struct unpacked a = unpack(x, fpscr), b = unpack(y, fpscr);
    bool sign = a.sign != b.sign;
    uint32_t result;

    if (process_two(&a, &b, &result, fpscr))
        return result;
    if (a.class == b.class && a.class != CLASS_NUMBER)
        return invalid(fpscr); /* 0 / 0, infinity / infinity */
    if (a.class == CLASS_INFINITY)
        return signed_infinity(sign);
    if (b.class == CLASS_ZERO) {
        *fpscr |= FPSCR_DZC;
        return signed_infinity(sign);
    }
    if (a.class == CLASS_ZERO || b.class == CLASS_INFINITY)
        return signed_zero(sign);
    uint64_t dividend = (uint64_t)a.significand << 39;
    uint64_t quotient = dividend / b.significand | (dividend % b.significand != 0);
    return round_pack(sign, a.exponent - b.exponent - 39, quotient, rounding_mode(*fpscr), fpscr);
}

uint32_t fp_square_root(uint32_t x, uint32_t *fpscr)
{
    struct unpacked a = unpack(x, fpscr);
    uint64_t root = 0, bit;

    if (is_nan(&a))
        return process_nan(&a, fpscr);
    if (a.class == CLASS_ZERO)
        return signed_zero(a.sign);
    if (a.sign)
        return invalid(fpscr);
    if (a.class == CLASS_INFINITY)
        return INFINITY_BITS;
    /* An even exponent, and 61 or 62 bits under the root. */
    unsigned shift = 38 - (unsigned)(a.exponent & 1);
    uint64_t rest = (uint64_t)a.significand << shift;
    for (bit = 1ull << 62; bit != 0; bit >>= 2) {
        if (rest >= root + bit) {
            rest -= root + bit;
            root = root >> 1 | bit;
        } else
            root >>= 1;
    }
    return round_pack(false, (a.exponent - (int)shift) / 2 - 1, root << 1 | (rest != 0),
                      rounding_mode(*fpscr), fpscr);
}

uint32_t fp_compare(uint32_t x, uint32_t y, bool signals, uint32_t *fpscr)
{
    struct unpacked a = unpack(x, fpscr), b = unpack(y, fpscr);

    if (is_nan(&a) || is_nan(&b)) {
        if (signals || a.class == CLASS_SIGNALLING || b.class == CLASS_SIGNALLING)
            *fpscr |= FPSCR_IOC;
        return 3u << 28;
    }
    /* Flushed operands compare as zero; both zeros are equal. */
    int64_t left = a.class == CLASS_ZERO ? 0 : (int64_t)(x & ~SIGN_BIT) * (a.sign ? -1 : 1);
    int64_t right = b.class == CLASS_ZERO ? 0 : (int64_t)(y & ~SIGN_BIT) * (b.sign ? -1 : 1);
    return left == right ? 6u << 28 : left < right ? 8u << 28 : 2u << 28;
}

uint32_t fp_from_integer(int64_t integer, unsigned fraction, bool nearest, uint32_t *fpscr)
{
    uint64_t magnitude = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

    if (integer == 0)
        return 0;
    return round_pack(integer < 0, -(int)fraction, magnitude,
                      nearest ? NEAREST : rounding_mode(*fpscr), fpscr);
}

uint32_t fp_to_integer(uint32_t x, unsigned fraction, unsigned width, bool is_signed,
                       bool toward_zero, uint32_t *fpscr)
{
    struct unpacked a = unpack(x, fpscr);
    unsigned mode = toward_zero ? ZERO : rounding_mode(*fpscr);
    int64_t highest = is_signed ? (1ll << (width - 1)) - 1 : (1ll << width) - 1;
    int64_t lowest = is_signed ? -(1ll << (width - 1)) : 0;
    int exponent = a.exponent + (int)fraction;
    uint64_t magnitude;
    bool inexact = false;

    if (a.class == CLASS_ZERO)
        return 0;
    if (is_nan(&a)) {
        *fpscr |= FPSCR_IOC;
        return 0;
    }
    if (a.class == CLASS_INFINITY || exponent > 32) {
        magnitude = 1ull << 62;
    } else if (exponent >= 0) {
        magnitude = (uint64_t)a.significand << exponent;
    } else {
        /* 24 bits above a fraction of 32, the lowest of which is sticky */
        uint64_t wide = shift_right_sticky((uint64_t)a.significand << 32, (unsigned)-exponent);
        uint64_t rest = wide & 0xFFFFFFFFu;

        magnitude = wide >> 32;
        magnitude += rounds_up(mode, a.sign, magnitude & 1u, rest, 1ull << 31);
        inexact = rest != 0;
    }
    int64_t value = a.sign ? -(int64_t)magnitude : (int64_t)magnitude;
    if (value > highest || value < lowest) {
        *fpscr |= FPSCR_IOC;
        value = value > highest ? highest : lowest;
    } else if (inexact)
        *fpscr |= FPSCR_IXC;
    return (uint32_t)value;
}

/* ---- half precision; flush-to-zero does not concern it ---- */

uint32_t fp_from_half(uint16_t x, uint32_t *fpscr)
{
    uint32_t sign = (uint32_t)(x >> 15) << 31, exponent = x >> 10 & 0x1Fu, fraction = x & 0x3FFu;

    if (exponent == 31 && !(*fpscr & FPSCR_AHP)) {
        if (fraction == 0)
            return sign | INFINITY_BITS;
        if (!(fraction & 0x200u))
            *fpscr |= FPSCR_IOC;
        return *fpscr & FPSCR_DN ? DEFAULT_NAN : sign | INFINITY_BITS | QUIET_BIT | fraction << 13;
    }
    if (exponent == 0) {
        if (fraction == 0)
            return sign;
        unsigned shift = (unsigned)__builtin_clz(fraction) - 21;

        return sign | (113 - shift) << 23 | (fraction << shift & 0x3FFu) << 13;
    }
    return sign | (exponent + 112) << 23 | fraction << 13;
}

uint16_t fp_to_half(uint32_t x, uint32_t *fpscr)
{
    struct unpacked a = unpack(x, fpscr);
    uint32_t sign = a.sign ? 0x8000u : 0;
    bool alternative = (*fpscr & FPSCR_AHP) != 0;
    unsigned mode = rounding_mode(*fpscr);

    if (is_nan(&a)) {
        if (a.class == CLASS_SIGNALLING || alternative)
            *fpscr |= FPSCR_IOC;
        if (alternative)
            return (uint16_t)sign;
        if (*fpscr & FPSCR_DN)
            return 0x7E00u;
        return (uint16_t)(sign | 0x7E00u | (x >> 13 & 0x1FFu));
    }
    if (a.class == CLASS_INFINITY) {
        if (!alternative)
            return (uint16_t)(sign | 0x7C00u);
        *fpscr |= FPSCR_IOC;
        return (uint16_t)(sign | 0x7FFFu);
    }
    if (a.class == CLASS_ZERO)
        return (uint16_t)sign;
    int biased = a.exponent + 23 + 15;
    uint64_t significand = (uint64_t)a.significand << 40; /* bit 63 is the first */
    bool tiny = biased <= 0;
    if (tiny) {
        significand = shift_right_sticky(significand, (unsigned)(1 - biased));
        biased = 0;
    }
    uint64_t kept = significand >> 53, rest = significand & ((1ull << 53) - 1);
    kept += rounds_up(mode, a.sign, kept & 1u, rest, 1ull << 52);
    if (!tiny && kept >> 11) {
        kept >>= 1;
        biased++;
    }
    if (biased >= (alternative ? 32 : 31)) {
        if (alternative) {
            *fpscr |= FPSCR_IOC;
            return (uint16_t)(sign | 0x7FFFu);
        }
        bool infinite = mode == NEAREST || mode == (a.sign ? MINUS_INFINITY : PLUS_INFINITY);
        *fpscr |= FPSCR_OFC | FPSCR_IXC;
        return (uint16_t)(sign | (infinite ? 0x7C00u : 0x7BFFu));
    }
    if (rest != 0)
        *fpscr |= FPSCR_IXC | (tiny ? FPSCR_UFC : 0);
    if (tiny)
        return (uint16_t)(sign | (uint32_t)kept);
    return (uint16_t)(sign | (uint32_t)biased << 10 | ((uint32_t)kept & 0x3FFu));
}
