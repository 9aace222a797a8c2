/* AVERAGE_POOL_2D and MAX_POOL_2D, int8. What lies beyond the edge counts for nothing. */
#ifndef NN_POOL_H
#define NN_POOL_H

#include "nn_columns.h"

/* One layer: any window without dilation that touches at least one pixel everywhere. */
struct nn_pool {
    struct nn_window window;
    int16_t channels;
    int8_t minimum; /* of the output, by its activation */
    int8_t maximum;
};

/* The part of the input that one output pixel sees. */
struct nn_view {
    const int8_t *first; /* its first pixel's channel 0 */
    int32_t height;
    int32_t width;
};

NN_INLINE struct nn_view nn_view(const struct nn_pool *layer, const int8_t *input, int32_t row,
                                 int32_t column)
{
    const struct nn_window *window = &layer->window;
    const int32_t top = row * window->stride_height - window->pad_top;
    const int32_t left = column * window->stride_width - window->pad_left;
    const int32_t bottom = top + window->kernel_height;
    const int32_t right = left + window->kernel_width;
    const int32_t y = top < 0 ? 0 : top;
    const int32_t x = left < 0 ? 0 : left;
    const struct nn_view view = {
        .first = input + (y * window->input_width + x) * layer->channels,
        .height = (bottom < window->input_height ? bottom : window->input_height) - y,
        .width = (right < window->input_width ? right : window->input_width) - x,
    };
    return view;
}

/* input:  input_height * input_width * channels bytes.
 * output: output_height * output_width * channels bytes, apart from `input`.
 */
void nn_average_pool(const struct nn_pool *layer, const int8_t *input, int8_t *output);
void nn_max_pool(const struct nn_pool *layer, const int8_t *input, int8_t *output);

#endif
