#include "nn_requantise.h"

/* (a * b * 2 + 2^31) >> 32; b is never negative, so the product of two minima cannot occur. */
static int32_t doubled_high(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

int32_t nn_requantise(int32_t sum, const struct nn_requantisation *to, int32_t channel)
{
    const int32_t shift = to->shift[channel];
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    const int32_t high =
        doubled_high((int32_t)((uint32_t)sum << left), to->multiplier[channel]);
    int64_t value = high;
    if (right > 0) {
        value = (value + (high >> 31) + ((int64_t)1 << (right - 1))) >> right;
    }
    value += to->zero_point;
    return value < -128 ? -128 : value > 127 ? 127 : (int32_t)value;
}
