#include "nn_softmax.h"

/* Fixed-point numbers are named for their integer bits: in q5 one is 2^26, in q0 it is the largest
 * int32. The constants are the roundings of the real numbers beside them.
 */

static int32_t saturate(int64_t x)
{
    return x < INT32_MIN ? INT32_MIN : x > INT32_MAX ? INT32_MAX : (int32_t)x;
}

/* Product of two fixed-point numbers; their integer bits add up. */
static int32_t multiply(int32_t a, int32_t b)
{
    return saturate(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* x / 2^exponent, halves away from zero; exponent 1..31 */
static int32_t divide_by_power(int32_t x, int32_t exponent)
{
    return (int32_t)(((int64_t)x - (x < 0) + ((int64_t)1 << (exponent - 1))) >> exponent);
}

/* exp(x) in q0 for x in q0 from -1/4 (included) to 0 (excluded): Taylor's series around -1/8. */
static int32_t exponential_of_quarter(int32_t x)
{
    const int32_t at_centre = 1895147668; /* exp(-1/8) */
    const int32_t third = 715827883;      /* 1/3 */
    const int32_t d = x + (1 << 28);
    const int32_t d2 = multiply(d, d);
    const int32_t d3 = multiply(d2, d);
    const int32_t d4_over_4 = divide_by_power(multiply(d2, d2), 2);
    const int32_t rest = divide_by_power(multiply(d4_over_4 + d3, third) + d2, 1);
    return at_centre + multiply(at_centre, d + rest);
}

/* exp(x) in q0 for x <= 0 in q5 */
static int32_t exponential(int32_t x)
{
    /* exp(-1/4), exp(-1/2), exp(-1), ... exp(-16) */
    static const int32_t of_power[7] = {1672461947, 1302514674, 790015084, 290630308,
                                        39332535,   720401,     242};
    const int32_t quarter = 1 << 24;
    if (x == 0) {
        return INT32_MAX;
    }
    const int32_t within = (x & (quarter - 1)) - quarter;
    const int32_t quarters = (within - x) >> 24;
    int32_t result = exponential_of_quarter(within * 32);
    for (int i = 0; i < 7; i++) {
        if ((quarters >> i) & 1) {
            result = multiply(result, of_power[i]);
        }
    }
    return result;
}

/* 1 / (1 + x) in q0 for x in q0 from 0 to 1: three steps of Newton's method in q2. */
static int32_t reciprocal(int32_t x)
{
    const int32_t half = (int32_t)(((int64_t)x + INT32_MAX + 1) / 2);
    int32_t y = 1515870810 + multiply(half, -1010580540); /* 48/17 - 32/17 * half */
    for (int step = 0; step < 3; step++) {
        const int32_t error = (1 << 29) - multiply(half, y);
        y += saturate((int64_t)multiply(y, error) * 4);
    }
    return saturate((int64_t)y * 2);
}

/* exp of the real value of a difference of inputs, in q0 */
static int32_t share(const struct nn_softmax *layer, int32_t difference)
{
    const int32_t raised = (int32_t)((uint32_t)difference << layer->left_shift);
    return exponential(multiply(raised, layer->multiplier));
}

void nn_softmax(const struct nn_softmax *layer, const int8_t *input, int8_t *output)
{
    const int32_t depth = layer->depth;
    for (int32_t row = 0; row < layer->rows; row++) {
        int32_t largest = INT8_MIN;
        for (int32_t i = 0; i < depth; i++) {
            largest = input[i] > largest ? input[i] : largest;
        }
        int32_t sum = 0; /* q12 */
        for (int32_t i = 0; i < depth; i++) {
            if (input[i] - largest >= layer->least_difference) {
                sum += divide_by_power(share(layer, input[i] - largest), 12);
            }
        }
        const int32_t zeros = __builtin_clz((uint32_t)sum);
        const int32_t scale = reciprocal((int32_t)(((uint32_t)sum << zeros) - 0x80000000u));
        const int32_t exponent = 12 - zeros + 31 - 8;
        for (int32_t i = 0; i < depth; i++) {
            int32_t value = 0;
            if (input[i] - largest >= layer->least_difference) {
                value = multiply(scale, share(layer, input[i] - largest));
                value = exponent > 0 ? divide_by_power(value, exponent) : value;
            }
            output[i] = (int8_t)(value > 255 ? 127 : value - 128);
        }
        input += depth;
        output += depth;
    }
}
