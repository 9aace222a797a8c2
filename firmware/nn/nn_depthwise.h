/* DEPTHWISE_CONV_2D, int8. */
#ifndef NN_DEPTHWISE_H
#define NN_DEPTHWISE_H

#include "nn_columns.h"
#include "nn_requantise.h"

/* One layer.
 *
 * window:  any strides, dilations and padding.
 * weights: for each output channel its kernel_height * kernel_width taps, then four bytes more
 *          behind the last channel (words are read across the end).
 * input_offset: minus the input's zero point, -127..128.
 * multiplier_of_depth: output channels for each input channel, at least 1.
 * plane_height, plane_stride: rows, and int16 elements in a row, of a padded plane: every pixel
 *          that the window can look at. plane_stride is even, and leaves room for
 *          nn_depthwise_rows_*, which look up to three elements beyond the last output.
 */
struct nn_depthwise {
    struct nn_window window;
    struct nn_requantisation requantisation;
    const int8_t *weights;
    int16_t input_channels;
    int16_t multiplier_of_depth;
    int16_t input_offset;
    int16_t plane_height;
    int16_t plane_stride;
};

/* input:   input_height * input_width * input_channels bytes.
 * output:  output_height * output_width * input_channels * multiplier_of_depth bytes. It may be
 *          `input` itself where multiplier_of_depth is 1 and there are no more output pixels than
 *          input pixels: each group of channels is read as a whole before any of it is written.
 * scratch: four planes, and 2 * kernel_height * (kernel_width rounded up to even) bytes;
 *          4-byte aligned.
 */
void nn_convolve_depthwise(const struct nn_depthwise *layer, const int8_t *input, int8_t *output,
                           uint32_t *scratch);

#endif
