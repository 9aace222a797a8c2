/* SOFTMAX, int8 in and out, in integers only. */
#ifndef NN_SOFTMAX_H
#define NN_SOFTMAX_H

#include <stdint.h>

/* One layer: `rows` vectors of `depth` values (1..4095).
 *
 * multiplier, left_shift: take the difference of two inputs to 5 integer and 26 fractional bits.
 * least_difference: below it, an input's share is nothing (negative or zero).
 * The output's scale is 1/256 and its zero point -128.
 */
struct nn_softmax {
    int32_t rows;
    int32_t depth;
    int32_t multiplier;
    int32_t left_shift;
    int32_t least_difference;
};

/* input, output: rows * depth bytes; they may be the same. */
void nn_softmax(const struct nn_softmax *layer, const int8_t *input, int8_t *output);

#endif
