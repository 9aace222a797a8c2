#ifndef DRIVER_SPI_PINS_H
#define DRIVER_SPI_PINS_H

/* What both generations of the driver share: the pins of SPI1 on every board, and its DMA lines. */

#include "board/armv7m/cache.h"
#include "clock_gates.h"
#include "dma_lines.h"
#include "driver/dma.h"
#include "driver/dma_clock.h"
#include "driver/pin.h"

#define SPI_CHIP_SELECT 4u
#define SPI_SCK 5u
#define SPI_MOSI 7u
#define AF5_SPI1 5u /* alternate function tables of DS8626, DS12288, DS10916 and DS12110 */

static inline void spi_connect_pins(void)
{
    clock_gate_open(CLOCK_GPIOA);
    pin_write(GPIOA, SPI_CHIP_SELECT, true); /* before it is driven: no select by accident */
    pin_mode(GPIOA, SPI_CHIP_SELECT, GPIO_MODER_OUTPUT);
    for (uint32_t pin = SPI_SCK; pin <= SPI_MOSI; pin++) {
        pin_connect(GPIOA, pin, AF5_SPI1);
    }
    dma_clock_open(CLOCK_DMA2);
}

/* Both lines, the receiving one first, as the manuals want. */
static inline void spi_start_dma(volatile const void *to, volatile const void *from,
                                 const uint8_t *out, uint8_t *in, uint32_t size)
{
    cache_clean(out, size);
    cache_clean(in, size); /* no line of it may be written back into what DMA has put there */
    const struct dma_transfer receive = {.line = DMA_LINE_SPI1_RX,
                                         .direction = DMA_TO_MEMORY,
                                         .peripheral = from,
                                         .memory = in,
                                         .count = (uint16_t)size,
                                         .size = DMA_BYTE};
    const struct dma_transfer send = {.line = DMA_LINE_SPI1_TX,
                                      .direction = DMA_TO_PERIPHERAL,
                                      .peripheral = to,
                                      .memory = (volatile void *)(uintptr_t)out,
                                      .count = (uint16_t)size,
                                      .size = DMA_BYTE};
    dma_start(&receive);
    dma_start(&send);
}

static inline bool spi_wait_for_dma(uint8_t *in, uint32_t size)
{
    const uint32_t events = dma_wait(DMA_LINE_SPI1_RX);
    dma_stop(DMA_LINE_SPI1_TX);
    dma_stop(DMA_LINE_SPI1_RX);
    cache_invalidate(in, size);
    return (events & DMA_ERROR) == 0u;
}

#endif
