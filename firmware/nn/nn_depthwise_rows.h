/* One output channel of a depthwise convolution from its padded plane. */
#ifndef NN_DEPTHWISE_ROWS_H
#define NN_DEPTHWISE_ROWS_H

#include "nn_depthwise.h"

/* Arguments of all: the layer (requantisation.narrow is set for the 3x3 ones), the plane, the
 * output channel, and where its first output goes; outputs are `channels` bytes apart. Activation
 * limits are applied by the caller.
 */
typedef void nn_depthwise_rows(const struct nn_depthwise *layer, const nn_lane *plane,
                               int32_t channel, int8_t *to, int32_t channels, uint32_t *scratch);

/* 3x3, horizontal stride 1, no horizontal dilation. */
nn_depthwise_rows nn_depthwise_rows_3x3;
/* 3x3, horizontal stride 2, no horizontal dilation. */
nn_depthwise_rows nn_depthwise_rows_3x3_stride_2;
/* Everything. scratch: 2 * kernel_height * (kernel_width rounded up to even) bytes. */
nn_depthwise_rows nn_depthwise_rows_any;

/* A 3x3 kernel as pairs: for each row {0,1} and {1,2}. */
struct nn_kernel_3x3 {
    uint32_t left[3];
    uint32_t right[3];
};

NN_INLINE struct nn_kernel_3x3 nn_kernel_3x3(const int8_t *taps)
{
    struct nn_kernel_3x3 kernel;
    for (int row = 0; row < 3; row++) {
        const uint32_t bytes = nn_load(taps + 3 * row);
        const uint32_t outer = nn_even_bytes(bytes); /* {0,2} */
        const uint32_t middle = nn_odd_bytes(bytes); /* {1,-} */
        kernel.left[row] = (outer & 0xFFFFu) | (middle << 16);
        kernel.right[row] = nn_bottom_top(middle, outer);
    }
    return kernel;
}

#endif
