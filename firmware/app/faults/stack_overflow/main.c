/*
 * What is wrong: the linker reserves 1 KiB of stack, and the spectrum of a window needs about 3 KiB.
 * Silicon: the stack lies at the start of SRAM and nothing lies below it, so the first store there
 * is a BusFault; there is no stack to enter its handler with, and the processor locks up. With the
 * more common layout, variables below the stack, it overwrites them and goes on.
 */

#include "board.h"
#include "driver/console.h"

#define SAMPLES 256u
#define BANDS 640u

__attribute__((noipa)) static void read_samples(int16_t *samples, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        samples[i] = (int16_t)(i * 2654435u >> 8);
    }
}

__attribute__((noipa)) static void add_energy(int32_t *bands, const int16_t *samples)
{
    for (uint32_t i = 0; i < BANDS; i++) {
        bands[i] = samples[i % SAMPLES] * samples[(i * 7u) % SAMPLES];
    }
}

__attribute__((noipa)) static uint32_t loudest_band(const int16_t *samples)
{ /* faults here */
    int32_t bands[BANDS];
    uint32_t loudest = 0;
    add_energy(bands, samples);
    for (uint32_t i = 1; i < BANDS; i++) {
        loudest = bands[i] > bands[loudest] ? i : loudest;
    }
    return loudest;
}

__attribute__((noipa)) static uint32_t classify_window(void)
{
    int16_t samples[SAMPLES];
    read_samples(samples, SAMPLES);
    return loudest_band(samples) + (uint32_t)(samples[0] & 1);
}

int main(void)
{
    (void)board_start();
    console_text("classifying\n");
    console_unsigned(classify_window());
    console_text("\nPASS\n");
    for (;;) {
    }
}
