#include "audio_front_end.h"

#include "high_word.h"
#include "spectrum.h"

/* Pre-emphasis: y[n] = 32 x[n] - 31 x[n - 1], scaled to fill a word. */
#define NEW_GAIN (1 << FRONT_END_EMPHASIS_SHIFT)
#define OLD_GAIN (NEW_GAIN - 1)
#define EMPHASIS_SCALE (1 << 10)

static int16_t logs_q8[FRONT_END_FRAMES * FRONT_END_MEL_BINS];

/* Sample n of the frame, emphasised and windowed; previous is sample n - 1. */
static inline int32_t windowed(int32_t sample, int32_t previous, int32_t window_q15)
{
    const int32_t emphasised = NEW_GAIN * sample - OLD_GAIN * previous;
    return high_word(emphasised * EMPHASIS_SCALE, (int32_t)((uint32_t)window_q15 << 16));
}

/* Samples 2n and 2n + 1 go to cell digit_reversal[n]. The window's second half is the mirror. */
static void window_frame(const int16_t *pcm, union spectrum_cell *cells)
{
    const uint8_t *to = front_end_digit_reversal;
    const int16_t *window = front_end_window_q15;
    int32_t previous = 0; /* the window is 0 at sample 0, whatever stands here */
    for (uint32_t half = 0; half < 2u; half++) {
        const int32_t direction = half == 0u ? 1 : -1;
        for (uint32_t n = 0; n < SPECTRUM_POINTS / 2u; n++) {
            const int32_t even = *pcm++;
            const int32_t odd = *pcm++;
            struct complex32 *z = &cells[*to++].z;
            z->re = windowed(even, previous, window[0]);
            z->im = windowed(odd, even, window[direction]);
            window += 2 * direction;
            previous = odd;
        }
    }
}

/* log2 in Q8 of a value of at least 256. */
static inline int32_t log2_q8(uint64_t value)
{
    const uint32_t exponent = 63u - (uint32_t)__builtin_clzll(value);
    return (int32_t)(exponent << 8) + front_end_log2_q8[(uint32_t)(value >> (exponent - 8u)) & 255u];
}

/* What the FFT bins between two neighbouring bands' centres give to each of the two. */
struct shares {
    uint64_t lower;
    uint64_t upper;
};

/* Kept out of its caller, so that the sums stay in registers. */
__attribute__((noinline)) static struct shares share(const union spectrum_cell *cell,
                                                     const int16_t *rise_q15, uint32_t bins)
{
    uint64_t both = 0;
    uint64_t upper = 0;
    for (const int16_t *end = rise_q15 + bins; rise_q15 < end; rise_q15++, cell++) {
        both += cell->power;
        upper += (cell->power * (uint32_t)*rise_q15) >> FRONT_END_MEL_WEIGHT_BITS;
    }
    return (struct shares){.lower = both - upper, .upper = upper};
}

/* The logarithms of the bands' powers. Returns the sum of the powers themselves. */
static uint64_t mel_logs(const union spectrum_cell *cells, int16_t *logs)
{
    const uint8_t *const bands = front_end_mel_band; /* the upper of the two bands, a bin */
    const uint32_t bins = FRONT_END_LAST_BIN - FRONT_END_FIRST_BIN + 1;
    uint64_t total = 0;
    uint64_t from_below = 0;
    uint32_t first = 0;
    for (uint32_t upper = 0; upper <= FRONT_END_MEL_BINS; upper++) {
        uint32_t end = first;
        while (end < bins && bands[end] == upper) {
            end++;
        }
        const struct shares sums = share(&cells[FRONT_END_FIRST_BIN + first],
                                         &front_end_mel_rise_q15[first], end - first);
        if (upper > 0u) { /* nothing is kept below the first band or above the last */
            const uint64_t power = from_below + sums.lower + FRONT_END_MEL_FLOOR;
            *logs++ = (int16_t)log2_q8(power);
            total += power;
        }
        from_below = sums.upper;
        first = end;
    }
    return total;
}

static inline int8_t feature_of(int32_t log_q8, int32_t reference_q8)
{
    const int32_t scaled = (log_q8 - reference_q8) * FRONT_END_FEATURE_GAIN;
    const int32_t half = 1 << (FRONT_END_FEATURE_SHIFT - 1);
    const int32_t value = ((scaled + half) >> FRONT_END_FEATURE_SHIFT) + FRONT_END_FEATURE_OFFSET;
    return (int8_t)(value < INT8_MIN ? INT8_MIN : value > INT8_MAX ? INT8_MAX : value);
}

__attribute__((noinline)) void audio_front_end_run(const int16_t *pcm, int8_t *features)
{
    union spectrum_cell cells[SPECTRUM_POINTS]; /* 2 KiB: nobody else needs them afterwards */
    uint64_t total = 0;
    for (uint32_t frame = 0; frame < FRONT_END_FRAMES; frame++) {
        window_frame(pcm + frame * FRONT_END_HOP_SAMPLES, cells);
        spectrum_power(cells);
        total += mel_logs(cells, logs_q8 + frame * FRONT_END_MEL_BINS);
    }
    const int32_t reference_q8 = log2_q8(total) - FRONT_END_LOG_COUNT;
    for (uint32_t i = 0; i < FRONT_END_FRAMES * FRONT_END_MEL_BINS; i++) {
        features[i] = feature_of(logs_q8[i], reference_q8);
    }
}
