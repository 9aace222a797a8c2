/* A tile: three columns by all pairs of output channels, from weights to int8 outputs. */
#ifndef NN_TILE_H
#define NN_TILE_H

#include "nn_requantise.h"

/* What one tile needs.
 *
 * weights:    as nn_dot.h packs them; pairs * blocks * 8 bytes, 4-byte aligned.
 * columns:    blocks * 6 words, 4-byte aligned: for each block of four taps {0,2} of the three
 *             columns, then {1,3}.
 * bias, multiplier, shift: 2 * pairs entries, of a layer that is `narrow`.
 * output:     channel 0 of the first column's pixel; `stride` bytes to the next pixel.
 * zero_point: of the output; no activation limit is applied.
 * blocks, pairs: at least 1.
 */
struct nn_tile {
    const int8_t *weights;
    const uint32_t *columns;
    const int32_t *bias;
    const int32_t *multiplier;
    const int8_t *shift;
    int8_t *output;
    int32_t stride;
    int32_t zero_point;
    uint32_t blocks;
    uint32_t pairs;
};

void nn_compute_tile(const struct nn_tile *tile);

#endif
