#ifndef DRIVER_I2S_PINS_H
#define DRIVER_I2S_PINS_H

/* What both generations of the driver share: the pins of I2S2 on every board, and its ring. */

#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "dma_lines.h"
#include "driver/dma.h"
#include "driver/dma_clock.h"
#include "driver/pin.h"
#include "i2s_clock.h"
#include "interrupts.h"

#define I2S_WS 12u
#define I2S_CK 13u
#define I2S_SD 15u
#define AF5_I2S2 5u /* alternate function tables of DS8626, DS12288, DS10916 and DS12110 */

static inline void i2s_connect_pins(void)
{
    clock_gate_open(CLOCK_GPIOB);
    pin_connect(GPIOB, I2S_WS, AF5_I2S2);
    pin_connect(GPIOB, I2S_CK, AF5_I2S2);
    pin_connect(GPIOB, I2S_SD, AF5_I2S2);
}

static inline void i2s_start_ring(volatile const void *from, volatile int16_t *ring, uint32_t count)
{
    dma_clock_open(CLOCK_DMA1);
    const struct dma_transfer receive = {.line = DMA_LINE_SPI2_RX,
                                         .direction = DMA_TO_MEMORY,
                                         .peripheral = from,
                                         .memory = ring,
                                         .count = (uint16_t)count,
                                         .size = DMA_HALFWORD,
                                         .circular = true,
                                         .interrupt = true};
    dma_start(&receive);
    nvic_enable(INTERRUPT_DMA_SPI2_RX);
}

#endif
