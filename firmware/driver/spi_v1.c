/* SPI of the STM32F4 (generation 1), and of the F7 and G4 (generation 2: FIFO and CR2.DS). */

#include "driver/spi.h"

#include "board/armv7m/system_control.h"
#include "driver/spi_pins.h"
#include "interrupts.h"
#include "register/spi_v1.h"

#if SPI_GENERATION == 1
#define BYTES 0u
#define WIDE 0u
#define CR1_WIDE SPI_CR1_DFF
#define EXPONENT 3u /* 84 MHz / 8 = 10.5 MHz */
#else
#define BYTES (SPI_CR2_DS(8u) | SPI_CR2_FRXTH)
#define WIDE SPI_CR2_DS(16u)
#define CR1_WIDE 0u
#define EXPONENT 4u /* 108 or 170 MHz / 16 */
#endif
#define MASTER (SPI_CR1_MSTR | SPI_CR1_SSM | SPI_CR1_SSI | SPI_CR1_BR(EXPONENT))

/* A byte access, lest the FIFO takes one frame for two. */
#define DR_BYTE (*(volatile uint8_t *)&SPI1->DR)
#define DR_HALFWORD (*(volatile uint16_t *)&SPI1->DR)

static volatile uint8_t received;
static volatile bool arrived;

void SPI1_IRQHandler(void)
{
    received = DR_BYTE;
    arrived = true;
}

static void reconfigure(uint32_t cr1, uint32_t cr2)
{
    SPI1->CR1 = MASTER;
    SPI1->CR2 = cr2;
    SPI1->CR1 = MASTER | cr1;
    SPI1->CR1 = MASTER | cr1 | SPI_CR1_SPE;
}

void spi_start(void)
{
    clock_gate_open(CLOCK_SPI1);
    spi_connect_pins();
    reconfigure(0, BYTES);
    nvic_enable(INTERRUPT_SPI1);
}

void spi_select(bool on)
{
    while ((SPI1->SR & SPI_SR_BSY) != 0u) {
    }
    pin_write(GPIOA, SPI_CHIP_SELECT, !on);
}

uint8_t spi_exchange(uint8_t byte)
{
    while ((SPI1->SR & SPI_SR_TXE) == 0u) {
    }
    DR_BYTE = byte;
    while ((SPI1->SR & SPI_SR_RXNE) == 0u) {
    }
    return DR_BYTE;
}

uint8_t spi_exchange_by_interrupt(uint8_t byte)
{
    arrived = false;
    SPI1->CR2 = BYTES | SPI_CR2_RXNEIE;
    DR_BYTE = byte;
    while (!arrived) {
    }
    SPI1->CR2 = BYTES;
    return received;
}

uint16_t spi_exchange_wide(uint16_t frame)
{
    reconfigure(CR1_WIDE, WIDE);
    DR_HALFWORD = frame;
    while ((SPI1->SR & SPI_SR_RXNE) == 0u) {
    }
    const uint16_t answer = DR_HALFWORD;
    while ((SPI1->SR & SPI_SR_BSY) != 0u) {
    }
    reconfigure(0, BYTES);
    return answer;
}

bool spi_transfer(const uint8_t *out, uint8_t *in, uint32_t size)
{
    SPI1->CR2 = BYTES | SPI_CR2_RXDMAEN;
    spi_start_dma(&SPI1->DR, &SPI1->DR, out, in, size);
    SPI1->CR2 = BYTES | SPI_CR2_RXDMAEN | SPI_CR2_TXDMAEN;
    const bool good = spi_wait_for_dma(in, size);
    SPI1->CR2 = BYTES;
    return good;
}
