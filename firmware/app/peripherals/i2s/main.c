/*
 * A microphone on I2S2 at 8 kHz through a ring of DMA. What it hears in the first 2048 samples is
 * compared with a ramp that rises by STEP a sample: where it breaks, where it begins and ends.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/cache.h"
#include "board/armv7m/system_control.h"
#include "board/placement.h"
#include "dma_lines.h"
#include "driver/i2s.h"
#include "driver/report.h"

#define RATE_HZ 8000u
#define FRAMES 64u /* of the ring */
#define STEP 3
#define SAMPLES 2048u

static DMA_BUFFER volatile int16_t ring[2u * FRAMES];

static volatile uint32_t halves, heard, breaks, right_not_zero, lost;
static volatile int16_t first, last;

static void hear(int16_t sample)
{
    if (heard == 0u) {
        first = sample;
    } else if (sample != (int16_t)(last + STEP)) {
        breaks++;
    }
    last = sample;
    heard++;
}

void DMA_SPI2_RX_IRQHandler(void)
{
    const uint32_t events = dma_events(DMA_LINE_SPI2_RX);
    dma_clear(DMA_LINE_SPI2_RX, events);
    const volatile int16_t *half = &ring[(events & DMA_HALF) != 0u ? 0u : FRAMES];
    lost += (events & (DMA_HALF | DMA_COMPLETE)) == (DMA_HALF | DMA_COMPLETE);
    cache_invalidate(half, FRAMES * sizeof half[0]);
    for (uint32_t i = 0; i < FRAMES && heard < SAMPLES; i += 2u) {
        hear(half[i]);
        right_not_zero += half[i + 1u] != 0;
    }
    halves++;
}

int main(void)
{
    (void)board_start();
    report_wait("sound");
    report_signed("rate_mhz", (int32_t)i2s_start(RATE_HZ, ring, 2u * FRAMES));
    while (heard < SAMPLES) {
        wait_for_interrupt();
    }
    report_signed("halves", (int32_t)halves);
    i2s_stop();
    const uint32_t stopped = halves; /* one more where a stream tells of being stopped (TCIF) */
    report_signed("breaks", (int32_t)breaks);
    report_signed("first", first);
    report_signed("last", last);
    report_signed("right_not_zero", (int32_t)right_not_zero);
    report_signed("lost", (int32_t)lost);
    for (uint32_t i = 0; i < 20u; i++) {
        wait_for_interrupt(); /* the tick's: nothing comes any more */
    }
    report_signed("after_stop", (int32_t)(halves - stopped));
    report_done();
}
