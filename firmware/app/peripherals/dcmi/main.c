/*
 * A camera of 32 x 24 bytes on the DCMI: one picture, a window cut out of one, and a film of three,
 * each by DMA, with the interrupt at a frame's end; then a picture that nobody fetches.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/cache.h"
#include "board/armv7m/system_control.h"
#include "board/placement.h"
#include "clock_gates.h"
#include "dma_lines.h"
#include "driver/dma.h"
#include "driver/dma_clock.h"
#include "driver/pin.h"
#include "driver/report.h"
#include "interrupts.h"
#include "register/dcmi.h"

#define WIDTH 32u
#define HEIGHT 24u
#define BYTES (WIDTH * HEIGHT)
#define FILM 3u
#define AF13_DCMI 13u /* alternate function tables of DS8626, DS10916 and DS12110 */
#define MODE (DCMI_CR_PCKPOL | DCMI_CR_ENABLE)

static DMA_BUFFER uint8_t picture[BYTES];
static volatile uint32_t frames;

void DCMI_IRQHandler(void)
{
    DCMI->ICR = DCMI_FRAME;
    frames++;
}

static void connect_pins(void)
{
    clock_gate_open(CLOCK_GPIOA);
    clock_gate_open(CLOCK_GPIOB);
    clock_gate_open(CLOCK_GPIOC);
    clock_gate_open(CLOCK_GPIOE);
    pin_connect(GPIOA, 4, AF13_DCMI); /* HSYNC */
    pin_connect(GPIOA, 6, AF13_DCMI); /* PIXCLK */
    pin_connect(GPIOB, 7, AF13_DCMI); /* VSYNC */
    pin_connect(GPIOC, 6, AF13_DCMI); /* D0 to D7 */
    pin_connect(GPIOC, 7, AF13_DCMI);
    pin_connect(GPIOC, 8, AF13_DCMI);
    pin_connect(GPIOC, 9, AF13_DCMI);
    pin_connect(GPIOC, 11, AF13_DCMI);
    pin_connect(GPIOB, 6, AF13_DCMI);
    pin_connect(GPIOE, 5, AF13_DCMI);
    pin_connect(GPIOE, 6, AF13_DCMI);
}

static void start_dma(uint32_t bytes, bool circular)
{
    cache_clean(picture, sizeof picture);
    const struct dma_transfer transfer = {.line = DMA_LINE_DCMI,
                                          .direction = DMA_TO_MEMORY,
                                          .peripheral = &DCMI->DR,
                                          .memory = picture,
                                          .count = (uint16_t)(bytes / 4u),
                                          .size = DMA_WORD,
                                          .circular = circular};
    dma_start(&transfer);
}

static void wait_for_frames(uint32_t count)
{
    while (frames < count) {
        wait_for_interrupt();
    }
}

/* A sum that depends on every byte's place. */
static uint32_t checksum(uint32_t bytes)
{
    cache_invalidate(picture, sizeof picture);
    uint32_t sum = 0;
    for (uint32_t i = 0; i < bytes; i++) {
        sum = sum * 31u + picture[i];
    }
    return sum;
}

int main(void)
{
    (void)board_start();
    clock_gate_open(CLOCK_DCMI);
    dma_clock_open(CLOCK_DMA2);
    connect_pins();
    report_wait("picture");
    nvic_enable(INTERRUPT_DCMI);
    DCMI->CR = MODE;
    DCMI->IER = DCMI_FRAME;

    start_dma(BYTES, false);
    DCMI->CR = MODE | DCMI_CR_SNAPSHOT | DCMI_CR_CAPTURE;
    wait_for_frames(1);
    report("capture_after", DCMI->CR & DCMI_CR_CAPTURE);
    report("left", dma_remaining(DMA_LINE_DCMI));
    report("picture", checksum(BYTES));

    DCMI->CWSTRT = DCMI_CWSTRT_VALUE(8u, 4u);
    DCMI->CWSIZE = DCMI_CWSIZE_VALUE(16u, 8u);
    start_dma(16u * 8u, false);
    DCMI->CR = MODE | DCMI_CR_CROP | DCMI_CR_SNAPSHOT | DCMI_CR_CAPTURE;
    wait_for_frames(2);
    report("left", dma_remaining(DMA_LINE_DCMI));
    report("window", checksum(16u * 8u));

    start_dma(BYTES, true);
    DCMI->CR = MODE;
    DCMI->CR = MODE | DCMI_CR_CAPTURE;
    wait_for_frames(2u + FILM);
    DCMI->CR = MODE; /* between two pictures: the next one is not taken */
    report("film", checksum(BYTES));
    report("frames", frames);
    report("overrun", (DCMI->RISR & DCMI_OVR) != 0u);
    dma_stop(DMA_LINE_DCMI);

    DCMI->CR = MODE | DCMI_CR_SNAPSHOT | DCMI_CR_CAPTURE;
    wait_for_frames(2u + FILM + 1u);
    report("unfetched_overrun", (DCMI->RISR & DCMI_OVR) != 0u);
    report_done();
}
