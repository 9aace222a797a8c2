#include "nn_columns.h"

void nn_expand(const int8_t *from, int32_t taps, int32_t offset, uint32_t *to, int32_t second,
               int32_t step)
{
    const uint32_t offsets = nn_pair(offset, offset);
    for (int32_t blocks = taps >> 2; blocks > 0; blocks--) {
        const uint32_t bytes = nn_load(from);
        from += 4;
        to[0] = nn_add_even_bytes(offsets, bytes);
        to[second] = nn_add_odd_bytes(offsets, bytes);
        to += step;
    }
    if ((taps & 3) != 0) {
        uint32_t bytes = 0;
        for (int32_t i = (taps & 3) - 1; i >= 0; i--) {
            bytes = (bytes << 8) | (uint8_t)from[i];
        }
        to[0] = nn_add_even_bytes(offsets, bytes);
        to[second] = nn_add_odd_bytes(offsets, bytes);
    }
}

NN_INLINE int8_t *copy(int8_t *to, const int8_t *from, int32_t count)
{
    for (; count >= 4; count -= 4) {
        nn_store(to, nn_load(from));
        to += 4;
        from += 4;
    }
    for (; count > 0; count--) {
        *to++ = *from++;
    }
    return to;
}

NN_INLINE int8_t *fill(int8_t *to, int8_t value, int32_t count)
{
    const uint32_t word = (uint8_t)value * 0x01010101u;
    for (; count >= 4; count -= 4) {
        nn_store(to, word);
        to += 4;
    }
    for (; count > 0; count--) {
        *to++ = value;
    }
    return to;
}

void nn_gather(const struct nn_window *window, int32_t channels, const int8_t *input, int32_t row,
               int32_t column, int8_t padding, int8_t *patch)
{
    const int32_t width = window->input_width;
    const int32_t top = row * window->stride_height - window->pad_top;
    const int32_t left = column * window->stride_width - window->pad_left;
    const int32_t kernel_width = window->kernel_width;
    /* Without dilation a row of the window is one run of bytes, cut at the image's edges. */
    const int32_t before = left < 0 ? -left : 0;
    const int32_t inside_end = width - left < kernel_width ? width - left : kernel_width;
    for (int32_t i = 0; i < window->kernel_height; i++) {
        const int32_t y = top + i * window->dilation_height;
        if (y < 0 || y >= window->input_height) {
            patch = fill(patch, padding, kernel_width * channels);
            continue;
        }
        const int8_t *line = input + (y * width + left) * channels;
        if (window->dilation_width == 1 && before < inside_end) {
            patch = fill(patch, padding, before * channels);
            patch = copy(patch, line + before * channels, (inside_end - before) * channels);
            patch = fill(patch, padding, (kernel_width - inside_end) * channels);
            continue;
        }
        for (int32_t j = 0; j < kernel_width; j++) {
            const int32_t x = left + j * window->dilation_width;
            if (x < 0 || x >= width) {
                patch = fill(patch, padding, channels);
            } else {
                patch = copy(patch, input + (y * width + x) * channels, channels);
            }
        }
    }
}
