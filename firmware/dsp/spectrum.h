#ifndef DSP_SPECTRUM_H
#define DSP_SPECTRUM_H

/*
 * Power spectrum of one frame of FRONT_END_FFT_POINTS real samples, in place, by a complex
 * transform of half as many points. Integers throughout; equal to steps 2 to 4 of
 * simgate.reference.front_end.
 */

#include <stdint.h>

#include "front_end_tables.h"

#define SPECTRUM_POINTS (FRONT_END_FFT_POINTS / 2)

struct complex32 {
    int32_t re;
    int32_t im;
};

union spectrum_cell {
    struct complex32 z; /* going in: sample 2n and sample 2n + 1, |value| < 2^30 */
    uint64_t power;     /* coming out */
};

/*
 * cells [SPECTRUM_POINTS]: going in, pair n of samples stands at cell
 * front_end_digit_reversal[n]; coming out, cell k holds the power of bin k, but bin 0 (not used).
 */
void spectrum_power(union spectrum_cell *cells);

#endif
