#include "nn_depthwise.h"

#include "nn_depthwise_rows.h"

enum { GROUP = 4 }; /* channels spread into planes together: one word of the input */

/* Spread `group` neighbouring channels of `input` into as many planes, zero point removed. The
 * planes' borders are zero already, and stay so.
 */
static void spread(const struct nn_depthwise *layer, const int8_t *input, int32_t group,
                   nn_lane *planes, int32_t plane_size)
{
    const struct nn_window *window = &layer->window;
    const int32_t channels = layer->input_channels;
    const int32_t offset = layer->input_offset;
    const uint32_t offsets = nn_pair(offset, offset);
    const int32_t stride = layer->plane_stride;
    /* What strides leave unread at the bottom and right need not fit into the plane. */
    const int32_t rows = layer->plane_height - window->pad_top < window->input_height
                             ? layer->plane_height - window->pad_top
                             : window->input_height;
    const int32_t columns = stride - window->pad_left < window->input_width
                                ? stride - window->pad_left
                                : window->input_width;
    planes += window->pad_top * stride + window->pad_left;
    for (int32_t y = 0; y < rows; y++) {
        const int8_t *from = input;
        nn_lane *to = planes;
        if (group == GROUP) {
            for (int32_t x = columns; x > 0; x--) {
                const uint32_t bytes = nn_load(from);
                from += channels;
                const uint32_t even = nn_add_even_bytes(offsets, bytes);
                const uint32_t odd = nn_add_odd_bytes(offsets, bytes);
                to[0] = (int16_t)even;
                to[plane_size] = (int16_t)odd;
                to[2 * plane_size] = (int16_t)(even >> 16);
                to[3 * plane_size] = (int16_t)(odd >> 16);
                to++;
            }
        } else {
            for (int32_t x = columns; x > 0; x--) {
                for (int32_t i = 0; i < group; i++) {
                    to[i * plane_size] = (int16_t)(from[i] + offset);
                }
                from += channels;
                to++;
            }
        }
        input += window->input_width * channels;
        planes += stride;
    }
}

static nn_depthwise_rows *choose(const struct nn_depthwise *layer)
{
    const struct nn_window *window = &layer->window;
    if (layer->requantisation.narrow && window->kernel_height == 3 && window->kernel_width == 3 &&
        window->dilation_width == 1) {
        if (window->stride_width == 1) {
            return nn_depthwise_rows_3x3;
        }
        if (window->stride_width == 2) {
            return nn_depthwise_rows_3x3_stride_2;
        }
    }
    return nn_depthwise_rows_any;
}

void nn_convolve_depthwise(const struct nn_depthwise *layer, const int8_t *input, int8_t *output,
                           uint32_t *scratch)
{
    const struct nn_requantisation *how = &layer->requantisation;
    const int32_t plane_size = layer->plane_height * layer->plane_stride;
    const int32_t multiplier = layer->multiplier_of_depth;
    const int32_t channels = layer->input_channels * multiplier;
    nn_lane *planes = (nn_lane *)scratch;
    uint32_t *rest = scratch + GROUP * plane_size / 2;
    nn_depthwise_rows *rows = choose(layer);
    for (int32_t i = 0; i < GROUP * plane_size / 2; i++) {
        scratch[i] = 0;
    }
    for (int32_t first = 0; first < layer->input_channels; first += GROUP) {
        const int32_t left = layer->input_channels - first;
        const int32_t group = left < GROUP ? left : GROUP;
        spread(layer, input + first, group, planes, plane_size);
        for (int32_t i = 0; i < group * multiplier; i++) {
            const int32_t channel = first * multiplier + i;
            rows(layer, planes + i / multiplier * plane_size, channel, output + channel, channels,
                 rest);
        }
    }
    if (how->clamp) {
        const int32_t size =
            layer->window.output_height * layer->window.output_width * channels;
        for (int32_t i = 0; i < size; i++) {
            output[i] = (int8_t)nn_clamp(output[i], how->minimum, how->maximum);
        }
    }
}
