#include "nn_dot.h"

#include "nn_primitives.h"

void nn_dot_column(const int8_t *weights, const uint32_t *column, const int32_t *bias,
                   int32_t *sums, uint32_t blocks)
{
    int32_t even = bias[0];
    int32_t odd = bias[1];
    for (; blocks > 0; blocks--) {
        const uint32_t even_taps = nn_load(weights);
        const uint32_t odd_taps = nn_load(weights + 4);
        weights += 8;
        even = nn_dot(column[0], nn_even_bytes(even_taps), even);
        even = nn_dot(column[3], nn_odd_bytes(even_taps), even);
        odd = nn_dot(column[0], nn_even_bytes(odd_taps), odd);
        odd = nn_dot(column[3], nn_odd_bytes(odd_taps), odd);
        column += 6;
    }
    sums[0] = even;
    sums[1] = odd;
}
