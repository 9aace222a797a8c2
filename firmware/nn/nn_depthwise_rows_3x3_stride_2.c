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
        const uint32_t *top = (const uint32_t *)plane;
        const uint32_t *middle = top + (down >> 1);
        const uint32_t *bottom = middle + (down >> 1);
        for (int32_t x = layer->window.output_width; x > 0; x--) {
            uint32_t first;
            uint32_t second;
            nn_slide(&top, &first, &second);
            int32_t sum = nn_dot(first, kernel.left[0], bias);
            sum = nn_bottom_by_top(second, kernel.right[0], sum);
            nn_slide(&middle, &first, &second);
            sum = nn_dot(first, kernel.left[1], sum);
            sum = nn_bottom_by_top(second, kernel.right[1], sum);
            nn_slide(&bottom, &first, &second);
            sum = nn_dot(first, kernel.left[2], sum);
            sum = nn_bottom_by_top(second, kernel.right[2], sum);
            *to = (int8_t)nn_requantise_narrow(sum, narrow);
            to += channels;
        }
        plane += step;
    }
}
