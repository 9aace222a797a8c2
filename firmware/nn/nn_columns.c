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

/* Four bytes at a time; what is left over, by one more word that overlaps the last. */
NN_INLINE void copy(int8_t *to, const int8_t *from, int32_t count)
{
    if (count < 4) {
        for (int32_t i = 0; i < count; i++) {
            to[i] = from[i];
        }
        return;
    }
    int32_t done = 0;
    for (; done + 4 <= count; done += 4) {
        nn_store(to + done, nn_load(from + done));
    }
    if (done < count) {
        nn_store(to + count - 4, nn_load(from + count - 4));
    }
}

NN_INLINE void fill(int8_t *to, int8_t value, int32_t count)
{
    const uint32_t word = (uint8_t)value * 0x01010101u;
    for (; count >= 4; count -= 4) {
        nn_store(to, word);
        to += 4;
    }
    for (; count > 0; count--) {
        *to++ = value;
    }
}

void nn_gather(const struct nn_window *window, int32_t channels, const int8_t *input, int32_t row,
               int32_t column, int8_t padding, int8_t *patch)
{
    const int32_t width = window->input_width;
    const int32_t height = window->input_height;
    const int32_t top = row * window->stride_height - window->pad_top;
    const int32_t left = column * window->stride_width - window->pad_left;
    const int32_t kernel_width = window->kernel_width;
    const int32_t run = kernel_width * channels;
    /* Without dilation a row of the window is one run of bytes, cut at the image's edges. */
    const int32_t whole = window->dilation_width == 1;
    const int32_t before = left < 0 ? -left : 0;
    const int32_t inside = (width - left < kernel_width ? width - left : kernel_width) - before;
    int32_t y = top;
    for (int32_t i = window->kernel_height; i > 0; i--) {
        const int8_t *line = input + (y * width + left) * channels;
        if (y < 0 || y >= height) {
            fill(patch, padding, run);
        } else if (whole && inside == kernel_width) {
            copy(patch, line, run);
        } else if (whole && inside > 0) {
            fill(patch, padding, run);
            copy(patch + before * channels, line + before * channels, inside * channels);
        } else {
            int8_t *to = patch;
            int32_t x = left;
            for (int32_t j = kernel_width; j > 0; j--) {
                if (x < 0 || x >= width) {
                    fill(to, padding, channels);
                } else {
                    copy(to, input + (y * width + x) * channels, channels);
                }
                to += channels;
                x += window->dilation_width;
            }
        }
        patch += run;
        y += window->dilation_height;
    }
}
