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
        const uint32_t *top = (const uint32_t *)plane;
        const uint32_t *middle = top + (down >> 1);
        const uint32_t *bottom = middle + (down >> 1);
        for (int32_t x = width >> 1; x > 0; x--) {
            uint32_t first;
            uint32_t second;
            nn_slide(&top, &first, &second);
            int32_t even = nn_dot(first, kernel.left[0], bias);
            int32_t odd = nn_top_by_bottom(first, kernel.left[0], bias);
            even = nn_bottom_by_top(second, kernel.right[0], even);
            odd = nn_dot(second, kernel.right[0], odd);
            nn_slide(&middle, &first, &second);
            even = nn_dot(first, kernel.left[1], even);
            odd = nn_top_by_bottom(first, kernel.left[1], odd);
            even = nn_bottom_by_top(second, kernel.right[1], even);
            odd = nn_dot(second, kernel.right[1], odd);
            nn_slide(&bottom, &first, &second);
            even = nn_dot(first, kernel.left[2], even);
            odd = nn_top_by_bottom(first, kernel.left[2], odd);
            even = nn_bottom_by_top(second, kernel.right[2], even);
            odd = nn_dot(second, kernel.right[2], odd);
            to[0] = (int8_t)nn_requantise_narrow(even, narrow);
            to[channels] = (int8_t)nn_requantise_narrow(odd, narrow);
            to += 2 * channels;
        }
        if ((width & 1) != 0) {
            int32_t sum = nn_dot(top[0], kernel.left[0], bias);
            sum = nn_bottom_by_top(top[1], kernel.right[0], sum);
            sum = nn_dot(middle[0], kernel.left[1], sum);
            sum = nn_bottom_by_top(middle[1], kernel.right[1], sum);
            sum = nn_dot(bottom[0], kernel.left[2], sum);
            sum = nn_bottom_by_top(bottom[1], kernel.right[2], sum);
            *to = (int8_t)nn_requantise_narrow(sum, narrow);
            to += channels;
        }
        plane += step;
    }
}
