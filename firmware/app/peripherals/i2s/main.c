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
#include "driver/console.h"
#include "driver/i2s.h"
#include "driver/usart.h"

#define RATE_HZ 8000u
#define FRAMES 64u /* of the ring */
#define STEP 3
#define SAMPLES 2048u

static DMA_BUFFER volatile int16_t ring[2u * FRAMES];

static volatile uint32_t halves, heard, breaks, right_not_zero, lost;
static volatile int16_t first, last;

static void say(const char *key, int32_t value)
{
    console_text(key);
    console_text("=");
    console_signed(value);
    console_text("\n");
}

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
    uint8_t byte;
    (void)board_start();
    console_text("wait=sound\n");
    while (usart_receive(&byte) == USART_NOTHING) {
    }
    say("rate_mhz", (int32_t)i2s_start(RATE_HZ, ring, 2u * FRAMES));
    while (heard < SAMPLES) {
        wait_for_interrupt();
    }
    say("halves", (int32_t)halves);
    i2s_stop();
    const uint32_t stopped = halves; /* one more where a stream tells of being stopped (TCIF) */
    say("breaks", (int32_t)breaks);
    say("first", first);
    say("last", last);
    say("right_not_zero", (int32_t)right_not_zero);
    say("lost", (int32_t)lost);
    for (uint32_t i = 0; i < 20u; i++) {
        wait_for_interrupt(); /* the tick's: nothing comes any more */
    }
    say("after_stop", (int32_t)(halves - stopped));
    console_text("done\n");
    for (;;) {
        wait_for_interrupt();
    }
}
