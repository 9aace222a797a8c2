/* rate.c - counters that run at a clock of their own, exactly, in integers.
 *
 * A counter of `hz` counts a second advances numerator/denominator counts a tick. `phase`, below
 * the denominator, is the part of a count that is already gone.
 */
#include "system.h"

static uint32_t greatest_common_divisor(uint32_t a, uint32_t b)
{
    while (b != 0) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct rate rate_of(uint32_t hz, uint32_t tick_hz)
{
    const uint32_t common = greatest_common_divisor(hz, tick_hz);

    return (struct rate){hz / common, tick_hz / common};
}

uint64_t rate_counts(struct rate rate, uint64_t ticks, uint64_t *phase)
{
    /* Whole denominators apart, the rest is below 2^32 and its product below 2^64. */
    const uint64_t whole = ticks / rate.denominator;
    const uint64_t rest = (ticks % rate.denominator) * rate.numerator + *phase;

    *phase = rest % rate.denominator;
    return whole * rate.numerator + rest / rate.denominator;
}

uint64_t rate_ticks(struct rate rate, uint64_t counts, uint64_t phase)
{
    /* counts <= 2^25 here, denominator < 2^32: no overflow. */
    const uint64_t need = counts * rate.denominator - phase;

    return (need + rate.numerator - 1) / rate.numerator;
}
