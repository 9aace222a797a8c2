#ifndef DRIVER_SPI_H
#define DRIVER_SPI_H

/*
 * Master on SPI1, mode 0, 12 MHz at most: PA5 (SCK), PA6 (MISO), PA7 (MOSI), chip select on PA4.
 * The transfers by DMA take DMA_LINE_SPI1_RX and _TX (dma_lines.h); their buffers are cleaned and
 * invalidated here (board/placement.h), so they must be whole cache lines.
 */

#include <stdbool.h>
#include <stdint.h>

void spi_start(void);

void spi_select(bool on);

/* One byte out, one in. */
uint8_t spi_exchange(uint8_t byte);

/* One byte by interrupt: SPI1's, which the driver handles. */
uint8_t spi_exchange_by_interrupt(uint8_t byte);

/* One frame of 16 bits out, one in. */
uint16_t spi_exchange_wide(uint16_t frame);

/* size bytes, 1 to 65535, out of and into buffers; false when DMA failed. */
bool spi_transfer(const uint8_t *out, uint8_t *in, uint32_t size);

#endif
