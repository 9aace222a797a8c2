/* CONV_2D, int8. */
#ifndef NN_CONVOLVE_H
#define NN_CONVOLVE_H

#include "nn_columns.h"
#include "nn_requantise.h"

/* One layer.
 *
 * window:   any strides, dilations and padding.
 * weights:  packed for nn_dot.h: pairs of output channels, blocks of four taps in the order
 *           (kernel row, kernel column, input channel); taps and channels filled up with zeros.
 * requantisation: bias, multiplier and shift for every output channel, bias filled up to an even
 *           number of channels.
 * input_offset: minus the input's zero point, -127..128.
 */
struct nn_convolution {
    struct nn_window window;
    struct nn_requantisation requantisation;
    const int8_t *weights;
    int16_t input_channels;
    int16_t output_channels;
    int16_t input_offset;
};

/* input:   input_height * input_width * input_channels bytes.
 * output:  output_height * output_width * output_channels bytes. It may be `input` itself where
 *          the kernel is 1 by 1 with stride 1, no padding, and output_channels <= input_channels.
 * scratch: 24 bytes for each block of four taps, and four more for each such block unless the
 *          kernel is 1 by 1 without padding; 4-byte aligned.
 */
void nn_convolve(const struct nn_convolution *layer, const int8_t *input, int8_t *output,
                 uint32_t *scratch);

#endif
