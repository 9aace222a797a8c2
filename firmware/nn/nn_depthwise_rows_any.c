#include "nn_depthwise_rows.h"

/* The taps as int16, each row filled up with a zero to an even number. */
static void widen(const int8_t *taps, int32_t height, int32_t width, int32_t dilation,
                  nn_lane *to)
{
    for (int32_t i = 0; i < height; i++) {
        for (int32_t j = 0; j < width; j++) {
            *to++ = *taps++;
        }
        if ((width & 1) != 0 && dilation == 1) {
            *to++ = 0;
        }
    }
}

void nn_depthwise_rows_any(const struct nn_depthwise *layer, const nn_lane *plane, int32_t channel,
                           int8_t *to, int32_t channels, uint32_t *scratch)
{
    const struct nn_window *window = &layer->window;
    const struct nn_requantisation *how = &layer->requantisation;
    const int32_t height = window->kernel_height;
    const int32_t width = window->kernel_width;
    const int32_t dilation = window->dilation_width;
    const struct nn_narrow narrow = how->narrow ? nn_narrow(how, channel) : (struct nn_narrow){0};
    nn_lane *taps = (nn_lane *)scratch;
    widen(layer->weights + height * width * channel, height, width, dilation, taps);
    for (int32_t y = 0; y < window->output_height; y++) {
        const nn_lane *line = plane + y * window->stride_height * layer->plane_stride;
        for (int32_t x = 0; x < window->output_width; x++) {
            int32_t sum = how->bias[channel];
            const nn_lane *tap = taps;
            const nn_lane *at = line;
            for (int32_t i = 0; i < height; i++) {
                if (dilation == 1) {
                    for (int32_t j = 0; j < width; j += 2) {
                        sum = nn_dot(nn_load(at + j), nn_load(tap), sum);
                        tap += 2;
                    }
                } else {
                    for (int32_t j = 0; j < width; j++) {
                        sum += at[j * dilation] * *tap++;
                    }
                }
                at += window->dilation_height * layer->plane_stride;
            }
            *to = (int8_t)(how->narrow ? nn_requantise_narrow(sum, narrow)
                                       : nn_requantise(sum, how, channel));
            to += channels;
            line += window->stride_width;
        }
    }
}
