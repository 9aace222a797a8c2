#ifndef DRIVER_I2C_PINS_H
#define DRIVER_I2C_PINS_H

/*
 * What both generations of the driver share: the pins of I2C1, PB8 and PB9 on every board, and its
 * DMA line.
 */

#include "board/armv7m/cache.h"
#include "clock_gates.h"
#include "dma_lines.h"
#include "driver/cycle_counter.h"
#include "driver/dma.h"
#include "driver/dma_clock.h"
#include "driver/pin.h"

#define I2C_SCL 8u
#define I2C_SDA 9u
#define AF4_I2C1 4u /* alternate function tables of DS8626, DS12288, DS10916 and DS12110 */
#define I2C_HZ 400000u

static inline void i2c_connect_pins(void)
{
    clock_gate_open(CLOCK_GPIOB);
    for (uint32_t pin = I2C_SCL; pin <= I2C_SDA; pin++) {
        pin_open_drain(GPIOB, pin);
        pin_pull_up(GPIOB, pin);
        pin_connect(GPIOB, pin, AF4_I2C1);
    }
}

static inline void i2c_start_dma(volatile const void *from, uint8_t *bytes, uint32_t size)
{
    dma_clock_open(CLOCK_DMA1);
    cache_clean(bytes, size); /* no line of it may be written back into what DMA has put there */
    const struct dma_transfer receive = {.line = DMA_LINE_I2C1_RX,
                                         .direction = DMA_TO_MEMORY,
                                         .peripheral = from,
                                         .memory = bytes,
                                         .count = (uint16_t)size,
                                         .size = DMA_BYTE};
    dma_start(&receive);
}

static inline bool i2c_wait_for_dma(uint8_t *bytes, uint32_t size)
{
    const uint32_t events = dma_wait(DMA_LINE_I2C1_RX);
    dma_stop(DMA_LINE_I2C1_RX);
    cache_invalidate(bytes, size);
    return (events & DMA_ERROR) == 0u;
}

static inline void i2c_half_clock(void)
{
    const uint32_t start = cycle_counter_read();
    while (cycle_counter_read() - start < 2500u) { /* 5 us at the fastest core's 480 MHz */
    }
}

/* Clocks SCL by hand until SDA is high, nine times at most, and makes a stop. */
static inline uint32_t i2c_clock_pins(void)
{
    pin_write(GPIOB, I2C_SCL, true);
    pin_write(GPIOB, I2C_SDA, true);
    pin_mode(GPIOB, I2C_SCL, GPIO_MODER_OUTPUT);
    pin_mode(GPIOB, I2C_SDA, GPIO_MODER_OUTPUT);
    uint32_t clocks = 0;
    while (!pin_read(GPIOB, I2C_SDA)) {
        if (clocks++ == 9u) {
            return clocks;
        }
        pin_write(GPIOB, I2C_SCL, false);
        i2c_half_clock();
        pin_write(GPIOB, I2C_SCL, true);
        i2c_half_clock();
    }
    pin_write(GPIOB, I2C_SCL, false);
    pin_write(GPIOB, I2C_SDA, false);
    i2c_half_clock();
    pin_write(GPIOB, I2C_SCL, true);
    i2c_half_clock();
    pin_write(GPIOB, I2C_SDA, true);
    i2c_half_clock();
    return clocks;
}

#endif
