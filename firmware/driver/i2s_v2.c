/* I2S of the STM32H7: a mode of the SPI, received through its FIFO (RM0433 50.9). */

#include "driver/i2s.h"

#include "driver/i2s_pins.h"
#include "register/spi_v2.h"

#define BITS 32u /* two channels of 16 */

uint32_t i2s_start(uint32_t rate_hz, volatile int16_t *ring, uint32_t count)
{
    clock_gate_open(CLOCK_SPI2);
    if (!i2s_clock_start()) {
        return 0;
    }
    i2s_connect_pins();
    const uint32_t divider = (I2S_CLOCK_HZ + BITS * rate_hz / 2u) / (BITS * rate_hz);
    SPI2->CR1 = 0;
    SPI2->CFG1 = SPI_CFG1_DSIZE(16u) | SPI_CFG1_RXDMAEN;
    SPI2->I2SCFGR =
        SPI_I2SCFGR_I2SMOD | SPI_I2SCFGR_MASTER_RECEIVE | SPI_I2SCFGR_DIVIDER(divider);
    i2s_start_ring(&SPI2->RXDR, ring, count);
    SPI2->CR1 = SPI_CR1_SPE;
    SPI2->CR1 = SPI_CR1_SPE | SPI_CR1_CSTART;
    return (uint32_t)((uint64_t)I2S_CLOCK_HZ * 1000u / (BITS * divider));
}

void i2s_stop(void)
{
    SPI2->CR1 = 0;
    SPI2->CFG1 = SPI_CFG1_DSIZE(16u);
    dma_stop(DMA_LINE_SPI2_RX);
}
