/* I2S of the STM32F4, F7 and G4: a mode of the SPI with registers of its own (RM0090 28.4). */

#include "driver/i2s.h"

#include "driver/i2s_pins.h"
#include "register/spi_v1.h"

#define MOST 511u
#define CONFIGURATION (SPI_I2SCFGR_I2SMOD | SPI_I2SCFGR_MASTER_RECEIVE)

uint32_t i2s_start(uint32_t rate_hz, volatile int16_t *ring, uint32_t count)
{
    clock_gate_open(CLOCK_SPI2);
    if (!i2s_clock_start()) {
        return 0;
    }
    i2s_connect_pins();
    /* two channels of 16 bits, or, where the divider does not reach, of 32 with 16 unused */
    uint32_t bits = 32;
    uint32_t divider = (I2S_CLOCK_HZ + bits * rate_hz / 2u) / (bits * rate_hz);
    if (divider > MOST) {
        bits = 64;
        divider = (I2S_CLOCK_HZ + bits * rate_hz / 2u) / (bits * rate_hz);
    }
    const uint32_t mode = CONFIGURATION | (bits == 64u ? SPI_I2SCFGR_CHLEN_32 : 0u);
    SPI2->I2SCFGR = mode;
    SPI2->I2SPR = SPI_I2SPR_DIVIDER(divider);
    SPI2->CR2 = SPI_CR2_RXDMAEN;
    i2s_start_ring(&SPI2->DR, ring, count);
    SPI2->I2SCFGR = mode | SPI_I2SCFGR_I2SE;
    return (uint32_t)((uint64_t)I2S_CLOCK_HZ * 1000u / (bits * divider));
}

void i2s_stop(void)
{
    SPI2->I2SCFGR = CONFIGURATION;
    SPI2->CR2 = 0;
    dma_stop(DMA_LINE_SPI2_RX);
}
