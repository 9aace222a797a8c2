#include "nn_depthwise_rows.h"

void nn_depthwise_rows_3x3_stride_2(const struct nn_depthwise *layer, const nn_lane *plane,
                                    int32_t channel, int8_t *to, int32_t channels,
                                    uint32_t *scratch)
{
    (void)scratch;
    const struct nn_requantisation *how = &layer->requantisation;
    const struct nn_kernel_3x3 kernel = nn_kernel_3x3(layer->weights + 9 * channel);
    const struct nn_narrow narrow = nn_narrow(how, channel);
    const int32_t bias = how->bias[channel];
    const int32_t down = layer->window.dilation_height * layer->plane_stride;
    const int32_t step = layer->window.stride_height * layer->plane_stride;
    for (int32_t y = layer->window.output_height; y > 0; y--) {
        const uint32_t *line = (const uint32_t *)plane;
        for (int32_t x = layer->window.output_width; x > 0; x--) {
            int32_t sum = bias;
            const uint32_t *at = line;
#pragma GCC unroll 3
            for (int row = 0; row < 3; row++) {
                sum = nn_dot(at[0], kernel.left[row], sum);
                sum = nn_bottom_by_top(at[1], kernel.right[row], sum);
                at += down >> 1;
            }
            line++;
            *to = (int8_t)nn_requantise_narrow(sum, narrow);
            to += channels;
        }
        plane += step;
    }
}
