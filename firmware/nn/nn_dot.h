/* Dot products of packed int8 weights with expanded columns.
 *
 * Weights come in pairs of channels: for each block of four taps first four bytes of the even
 * channel, then four of the odd one. Columns are int16, four taps of a block as the two pairs
 * {tap 0, tap 2} and {tap 1, tap 3}, which is how sign extension of bytes by pairs leaves them.
 */
#ifndef NN_DOT_H
#define NN_DOT_H

#include <stdint.h>

/* Two channels by one column, fast.
 *
 * weights: blocks * 8 bytes, 4-byte aligned.
 * column:  blocks * 2 words, 4-byte aligned.
 * bias, sums: two values each.
 * blocks:  even, at least 2.
 */
void nn_dot_2x1(const int8_t *weights, const uint32_t *column, const int32_t *bias,
                int32_t *sums, uint32_t blocks);

/* Two channels by one of the three columns that lie interleaved in a tile (nn_tile.h), for what a
 * whole tile does not fit.
 *
 * column: the tile's columns, plus 0, 1 or 2 words.
 * blocks: at least 1.
 */
void nn_dot_column(const int8_t *weights, const uint32_t *column, const int32_t *bias,
                   int32_t *sums, uint32_t blocks);

#endif
