#include "nn_convolve.h"

#include "nn_dot.h"

enum { TILE = 3 }; /* pixels computed together */

/* Write one channel of up to three neighbouring pixels. */
NN_INLINE void write_narrow(int8_t *to, int32_t stride, const int32_t *sums,
                            struct nn_narrow channel, int32_t pixels)
{
    to[0] = (int8_t)nn_requantise_narrow(sums[0], channel);
    if (pixels > 1) {
        to[stride] = (int8_t)nn_requantise_narrow(sums[1], channel);
    }
    if (pixels > 2) {
        to[2 * stride] = (int8_t)nn_requantise_narrow(sums[2], channel);
    }
}

NN_INLINE void write_any(int8_t *to, int32_t stride, const int32_t *sums,
                         const struct nn_requantisation *how, int32_t channel, int32_t pixels)
{
    for (int32_t i = 0; i < pixels; i++) {
        to[i * stride] = (int8_t)nn_requantise(sums[i], how, channel);
    }
}

static void clamp_tile(int8_t *tile, int32_t count, int32_t minimum, int32_t maximum)
{
    for (int32_t i = 0; i < count; i++) {
        tile[i] = (int8_t)nn_clamp(tile[i], minimum, maximum);
    }
}

/* All channels of a tile of one to three pixels whose columns are expanded. */
static void multiply_tile(const struct nn_convolution *layer, const uint32_t *columns,
                          uint32_t blocks, int8_t *output, int32_t pixels)
{
    const struct nn_requantisation *how = &layer->requantisation;
    const int32_t channels = layer->output_channels;
    const int8_t *weights = layer->weights;
    for (int32_t channel = 0; channel < channels; channel += 2) {
        int32_t sums[2 * TILE];
        nn_dot_2x3(weights, columns, how->bias + channel, sums, blocks);
        weights += 8 * blocks;
        int8_t *to = output + channel;
        if (how->narrow && pixels == TILE && channel + 1 < channels) {
            write_narrow(to, channels, sums, nn_narrow(how, channel), TILE);
            write_narrow(to + 1, channels, sums + TILE, nn_narrow(how, channel + 1), TILE);
            continue;
        }
        for (int32_t i = 0; i < 2 && channel + i < channels; i++) {
            if (how->narrow) {
                write_narrow(to + i, channels, sums + TILE * i, nn_narrow(how, channel + i),
                             pixels);
            } else {
                write_any(to + i, channels, sums + TILE * i, how, channel + i, pixels);
            }
        }
    }
    if (how->clamp) {
        clamp_tile(output, channels * pixels, how->minimum, how->maximum);
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
        multiply_tile(layer, scratch, blocks, output, count);
        output += count * layer->output_channels;
    }
}
