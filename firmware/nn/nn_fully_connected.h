/* FULLY_CONNECTED, int8. */
#ifndef NN_FULLY_CONNECTED_H
#define NN_FULLY_CONNECTED_H

#include "nn_requantise.h"

/* One layer.
 *
 * weights: packed for nn_dot.h, taps filled up with zeros to a multiple of eight, channels to an
 *          even number; bias likewise filled up to an even number.
 * rows:    how many input vectors there are.
 * input_offset: minus the input's zero point, -127..128.
 */
struct nn_fully_connected {
    struct nn_requantisation requantisation;
    const int8_t *weights;
    int32_t taps;
    int32_t output_channels;
    int32_t rows;
    int16_t input_offset;
};

/* input:   rows * taps bytes.
 * output:  rows * output_channels bytes, apart from `input`.
 * scratch: two bytes for each tap, taps rounded up to a multiple of eight; 4-byte aligned.
 */
void nn_fully_connect(const struct nn_fully_connected *layer, const int8_t *input, int8_t *output,
                      uint32_t *scratch);

#endif
