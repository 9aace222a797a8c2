/* From a 32-bit accumulator to an int8 output, rounding twice exactly as TFLite Micro does.
 *
 * real multiplier = multiplier / 2^31 * 2^shift, multiplier in 0 or 2^30 .. 2^31-1, shift -31..30.
 * First the rounded high half of the doubled product, then a division by a power of two that
 * rounds halves away from zero.
 */
#ifndef NN_REQUANTISE_H
#define NN_REQUANTISE_H

#include "nn_primitives.h"

/* How one layer's accumulators become its outputs; one entry a channel in each array.
 *
 * `narrow` is set by the compiler where, for every channel, shift is -1..-20 and no accumulator can
 * reach 2^30: then doubling cannot overflow and one short sequence is exact.
 */
struct nn_requantisation {
    const int32_t *bias;
    const int32_t *multiplier;
    const int8_t *shift;
    int16_t zero_point; /* of the output, -128..127 */
    int8_t minimum;     /* of the output, by its activation */
    int8_t maximum;
    uint8_t narrow;
    uint8_t clamp; /* minimum > -128 or maximum < 127 */
};

/* The constants of one channel for nn_requantise_narrow. */
struct nn_narrow {
    int32_t multiplier;
    int32_t addend; /* half of the divisor, and the output's zero point times the divisor */
    int32_t right_shift;
};

NN_INLINE struct nn_narrow nn_narrow(const struct nn_requantisation *to, int32_t channel)
{
    const int32_t right_shift = -to->shift[channel];
    const int32_t doubled = 2 * to->zero_point + 1;
    const struct nn_narrow narrow = {
        .multiplier = to->multiplier[channel],
        .addend = (int32_t)((uint32_t)doubled << (right_shift - 1)),
        .right_shift = right_shift,
    };
    return narrow;
}

/* Zero point included, saturated to int8. */
NN_INLINE int32_t nn_requantise_narrow(int32_t sum, struct nn_narrow channel)
{
    const int32_t high = nn_multiply_high((int32_t)((uint32_t)sum << 1), channel.multiplier);
    /* Adding -1 to what is negative makes halves round away from zero. */
    return nn_saturate((high + (high >> 31) + channel.addend) >> channel.right_shift);
}

NN_INLINE int32_t nn_clamp(int32_t value, int32_t minimum, int32_t maximum)
{
    return value < minimum ? minimum : value > maximum ? maximum : value;
}

/* Any accumulator, any shift; zero point included, saturated to int8. */
int32_t nn_requantise(int32_t sum, const struct nn_requantisation *to, int32_t channel);

#endif
