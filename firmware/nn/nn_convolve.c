#include "nn_convolve.h"

#include "nn_dot.h"
#include "nn_tile.h"

enum { TILE = 3 }; /* pixels computed together, where there are as many */

static void clamp_tile(int8_t *tile, int32_t count, int32_t minimum, int32_t maximum)
{
    for (int32_t i = 0; i < count; i++) {
        tile[i] = (int8_t)nn_clamp(tile[i], minimum, maximum);
    }
}

/* The channels from `first` (even) of one to three pixels, one pair by one pixel at a time. */
static void multiply_rest(const struct nn_convolution *layer, const uint32_t *columns,
                          uint32_t blocks, int32_t first, int8_t *output, int32_t pixels)
{
    const struct nn_requantisation *how = &layer->requantisation;
    const int32_t channels = layer->output_channels;
    for (int32_t channel = first; channel < channels; channel += 2) {
        const int8_t *weights = layer->weights + 4 * (uint32_t)channel * blocks;
        for (int32_t pixel = 0; pixel < pixels; pixel++) {
            int32_t sums[2];
            nn_dot_column(weights, columns + pixel, how->bias + channel, sums, blocks);
            for (int32_t i = 0; i < 2 && channel + i < channels; i++) {
                output[pixel * channels + channel + i] =
                    (int8_t)nn_requantise(sums[i], how, channel + i);
            }
        }
    }
}

/* All channels of one to three pixels whose columns are expanded. */
static void multiply(const struct nn_convolution *layer, const uint32_t *columns, uint32_t blocks,
                     int8_t *output, int32_t pixels)
{
    const struct nn_requantisation *how = &layer->requantisation;
    int32_t done = 0;
    if (how->narrow && pixels == TILE && layer->output_channels > 1) {
        done = layer->output_channels & ~1;
        const struct nn_tile tile = {
            .weights = layer->weights,
            .columns = columns,
            .bias = how->bias,
            .multiplier = how->multiplier,
            .shift = how->shift,
            .output = output,
            .stride = layer->output_channels,
            .zero_point = how->zero_point,
            .blocks = blocks,
            .pairs = (uint32_t)done / 2,
        };
        nn_compute_tile(&tile);
    }
    multiply_rest(layer, columns, blocks, done, output, pixels);
    if (how->clamp) {
        clamp_tile(output, layer->output_channels * pixels, how->minimum, how->maximum);
    }
}

void nn_convolve(const struct nn_convolution *layer, const int8_t *input, int8_t *output,
                 uint32_t *scratch)
{
    const struct nn_window *window = &layer->window;
    const int32_t channels = layer->input_channels;
    const int32_t taps = window->kernel_height * window->kernel_width * channels;
    const uint32_t blocks = ((uint32_t)taps + 3) / 4;
    /* A kernel of one pixel that never looks beyond the edge reads its taps where they lie. */
    const int in_place = window->kernel_height * window->kernel_width == 1 &&
                         window->pad_top == 0 && window->pad_left == 0;
    int8_t *patch = (int8_t *)(scratch + 2 * TILE * blocks);
    const int8_t padding = (int8_t)-layer->input_offset;
    const int32_t pixels = window->output_height * window->output_width;
    int32_t row = 0;
    int32_t column = 0;
    for (int32_t pixel = 0; pixel < pixels; pixel += TILE) {
        const int32_t count = pixels - pixel < TILE ? pixels - pixel : TILE;
        for (int32_t i = 0; i < count; i++) {
            const int8_t *taps_at = patch;
            if (in_place) {
                taps_at = input + (row * window->stride_height * window->input_width +
                                   column * window->stride_width) * channels;
            } else {
                nn_gather(window, channels, input, row, column, padding, patch);
            }
            nn_expand(taps_at, taps, layer->input_offset, scratch + i, TILE, 2 * TILE);
            if (++column == window->output_width) {
                column = 0;
                row++;
            }
        }
        multiply(layer, scratch, blocks, output, count);
        output += count * layer->output_channels;
    }
}
