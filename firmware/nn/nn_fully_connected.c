#include "nn_fully_connected.h"

#include "nn_columns.h"
#include "nn_dot.h"

void nn_fully_connect(const struct nn_fully_connected *layer, const int8_t *input, int8_t *output,
                      uint32_t *scratch)
{
    const struct nn_requantisation *how = &layer->requantisation;
    const int32_t channels = layer->output_channels;
    const uint32_t blocks = (((uint32_t)layer->taps + 7) / 8) * 2;
    /* Where the taps end within the first half of the last eight, its second half meets zero
     * weights, but must not be left undefined.
     */
    scratch[2 * blocks - 2] = 0;
    scratch[2 * blocks - 1] = 0;
    for (int32_t row = 0; row < layer->rows; row++) {
        nn_expand(input, layer->taps, layer->input_offset, scratch, 1, 2);
        input += layer->taps;
        const int8_t *weights = layer->weights;
        for (int32_t channel = 0; channel < channels; channel += 2) {
            int32_t sums[2];
            nn_dot_2x1(weights, scratch, how->bias + channel, sums, blocks);
            weights += 8 * blocks;
            for (int32_t i = 0; i < 2 && channel + i < channels; i++) {
                const int32_t value =
                    how->narrow ? nn_requantise_narrow(sums[i], nn_narrow(how, channel + i))
                                : nn_requantise(sums[i], how, channel + i);
                *output++ = (int8_t)nn_clamp(value, how->minimum, how->maximum);
            }
        }
    }
}
