#include "nn_pool.h"
#include "nn_requantise.h"

/* Halves round away from zero. */
NN_INLINE int8_t average(const struct nn_pool *layer, int32_t sum, int32_t count)
{
    const int32_t half = count / 2;
    const int32_t mean = (sum > 0 ? sum + half : sum - half) / count;
    return (int8_t)nn_clamp(mean, layer->minimum, layer->maximum);
}

static void average_one(const struct nn_pool *layer, struct nn_view view, int8_t *to)
{
    const int32_t channels = layer->channels;
    const int32_t line = layer->window.input_width * channels;
    int32_t sum = 0;
    for (int32_t y = 0; y < view.height; y++) {
        const int8_t *from = view.first + y * line;
        for (int32_t x = 0; x < view.width; x++) {
            sum += *from;
            from += channels;
        }
    }
    *to = average(layer, sum, view.height * view.width);
}

/* Four neighbouring channels, a word at a time. */
static void average_four(const struct nn_pool *layer, struct nn_view view, int8_t *to)
{
    const int32_t channels = layer->channels;
    const int32_t line = layer->window.input_width * channels;
    const int32_t count = view.height * view.width;
    int32_t sum[4] = {0, 0, 0, 0};
    for (int32_t y = 0; y < view.height; y++) {
        const int8_t *from = view.first + y * line;
        for (int32_t x = view.width; x > 0; x--) {
            const uint32_t bytes = nn_load(from);
            from += channels;
            sum[0] += (int8_t)bytes;
            sum[1] += (int8_t)(bytes >> 8);
            sum[2] += (int8_t)(bytes >> 16);
            sum[3] += (int8_t)(bytes >> 24);
        }
    }
    for (int i = 0; i < 4; i++) {
        to[i] = average(layer, sum[i], count);
    }
}

void nn_average_pool(const struct nn_pool *layer, const int8_t *input, int8_t *output)
{
    for (int32_t row = 0; row < layer->window.output_height; row++) {
        for (int32_t column = 0; column < layer->window.output_width; column++) {
            struct nn_view view = nn_view(layer, input, row, column);
            int32_t channel = 0;
            for (; channel + 4 <= layer->channels; channel += 4) {
                average_four(layer, view, output + channel);
                view.first += 4;
            }
            for (; channel < layer->channels; channel++) {
                average_one(layer, view, output + channel);
                view.first += 1;
            }
            output += layer->channels;
        }
    }
}
