/* Laying out one output pixel's taps for the dot products of nn_dot.h. */
#ifndef NN_COLUMNS_H
#define NN_COLUMNS_H

#include "nn_primitives.h"

/* The window of a convolution or pooling: where each output pixel looks. All sizes 1..32767. */
struct nn_window {
    int16_t input_height;
    int16_t input_width;
    int16_t output_height;
    int16_t output_width;
    int16_t kernel_height;
    int16_t kernel_width;
    int16_t stride_height;
    int16_t stride_width;
    int16_t dilation_height;
    int16_t dilation_width;
    int16_t pad_top;
    int16_t pad_left;
};

/* Write `taps` int8 values at `from`, each plus `offset` (-255..255), as pairs: of every four taps
 * {0,2} to `to[0]` and {1,3} to `to[second]`; then `to` advances by `step` words. A last block of
 * fewer than four is filled up with `offset`: the weights there are zero.
 */
void nn_expand(const int8_t *from, int32_t taps, int32_t offset, uint32_t *to, int32_t second,
               int32_t step);

/* Copy what the output pixel (row, column) sees of `input` (height, width, channels) to `patch`:
 * kernel_height * kernel_width * channels bytes, `padding` where it looks beyond the edge.
 */
void nn_gather(const struct nn_window *window, int32_t channels, const int8_t *input, int32_t row,
               int32_t column, int8_t padding, int8_t *patch);

#endif
