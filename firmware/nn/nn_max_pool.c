#include "nn_pool.h"
#include "nn_requantise.h"

static int8_t largest_one(const struct nn_pool *layer, struct nn_view view)
{
    const int32_t channels = layer->channels;
    const int32_t line = layer->window.input_width * channels;
    int8_t largest = INT8_MIN;
    for (int32_t y = 0; y < view.height; y++) {
        const int8_t *from = view.first + y * line;
        for (int32_t x = 0; x < view.width; x++) {
            largest = *from > largest ? *from : largest;
            from += channels;
        }
    }
    return largest;
}

/* Four neighbouring channels, a word at a time. */
static uint32_t largest_four(const struct nn_pool *layer, struct nn_view view)
{
    const int32_t channels = layer->channels;
    const int32_t line = layer->window.input_width * channels;
    uint32_t largest = 0x80808080u;
    for (int32_t y = 0; y < view.height; y++) {
        const int8_t *from = view.first + y * line;
        for (int32_t x = view.width; x > 0; x--) {
            largest = nn_larger_bytes(nn_load(from), largest);
            from += channels;
        }
    }
    return largest;
}

void nn_max_pool(const struct nn_pool *layer, const int8_t *input, int8_t *output)
{
    const int32_t channels = layer->channels;
    for (int32_t row = 0; row < layer->window.output_height; row++) {
        for (int32_t column = 0; column < layer->window.output_width; column++) {
            struct nn_view view = nn_view(layer, input, row, column);
            int32_t channel = 0;
            for (; channel + 4 <= channels; channel += 4) {
                nn_store(output + channel, largest_four(layer, view));
                view.first += 4;
            }
            for (; channel < channels; channel++) {
                output[channel] = largest_one(layer, view);
                view.first += 1;
            }
            for (channel = 0; channel < channels; channel++) {
                output[channel] =
                    (int8_t)nn_clamp(output[channel], layer->minimum, layer->maximum);
            }
            output += channels;
        }
    }
}
