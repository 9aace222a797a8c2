#include "nn_depthwise_rows.h"

void nn_depthwise_rows_3x3(const struct nn_depthwise *layer, const nn_lane *plane, int32_t channel,
                           int8_t *to, int32_t channels, uint32_t *scratch)
{
    (void)scratch;
    const struct nn_requantisation *how = &layer->requantisation;
    const struct nn_kernel_3x3 kernel = nn_kernel_3x3(layer->weights + 9 * channel);
    const struct nn_narrow narrow = nn_narrow(how, channel);
    const int32_t bias = how->bias[channel];
    const int32_t down = layer->window.dilation_height * layer->plane_stride;
    const int32_t step = layer->window.stride_height * layer->plane_stride;
    const int32_t width = layer->window.output_width;
    for (int32_t y = layer->window.output_height; y > 0; y--) {
        const uint32_t *line = (const uint32_t *)plane;
        for (int32_t x = width; x > 0; x -= 2) {
            int32_t even = bias;
            int32_t odd = bias;
            const uint32_t *at = line;
#pragma GCC unroll 3
            for (int row = 0; row < 3; row++) {
                const uint32_t first = at[0];
                const uint32_t second = at[1];
                at += down >> 1;
                even = nn_dot(first, kernel.left[row], even);
                even = nn_bottom_by_top(second, kernel.right[row], even);
                odd = nn_top_by_bottom(first, kernel.left[row], odd);
                odd = nn_dot(second, kernel.right[row], odd);
            }
            line++;
            *to = (int8_t)nn_requantise_narrow(even, narrow);
            to += channels;
            if (x > 1) {
                *to = (int8_t)nn_requantise_narrow(odd, narrow);
                to += channels;
            }
        }
        plane += step;
    }
}
