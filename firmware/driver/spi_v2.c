/* SPI of the STM32H7: TSIZE frames a transfer, or none counted while CSTART stays. */

#include "driver/spi.h"

#include "board/armv7m/system_control.h"
#include "driver/spi_pins.h"
#include "interrupts.h"
#include "register/spi_v2.h"

#define SPEED SPI_CFG1_MBR(3u) /* 96 MHz / 8 = 12 MHz */
#define CLEAR_ALL (SPI_SR_EOT | SPI_SR_TXTF | SPI_SR_OVR | SPI_SR_SUSP)

#define TXDR_BYTE (*(volatile uint8_t *)&SPI1->TXDR)
#define RXDR_BYTE (*(volatile uint8_t *)&SPI1->RXDR)
#define TXDR_HALFWORD (*(volatile uint16_t *)&SPI1->TXDR)
#define RXDR_HALFWORD (*(volatile uint16_t *)&SPI1->RXDR)

static volatile uint8_t received;
static volatile bool arrived;

void SPI1_IRQHandler(void)
{
    received = RXDR_BYTE;
    arrived = true;
}

static void off(void)
{
    SPI1->CR1 = SPI_CR1_SSI;
    SPI1->IFCR = CLEAR_ALL;
}

static void begin(uint32_t frames)
{
    SPI1->CR2 = frames;
    SPI1->CR1 = SPI_CR1_SSI | SPI_CR1_SPE;
    SPI1->CR1 = SPI_CR1_SSI | SPI_CR1_SPE | SPI_CR1_CSTART;
}

void spi_start(void)
{
    clock_gate_open(CLOCK_SPI1);
    spi_connect_pins();
    off();
    SPI1->CFG1 = SPEED | SPI_CFG1_DSIZE(8u);
    SPI1->CFG2 = SPI_CFG2_MASTER | SPI_CFG2_SSM;
    begin(0);
    nvic_enable(INTERRUPT_SPI1);
}

void spi_select(bool on)
{
    pin_write(GPIOA, SPI_CHIP_SELECT, !on); /* every byte was read, so none is on its way */
}

uint8_t spi_exchange(uint8_t byte)
{
    while ((SPI1->SR & SPI_SR_TXP) == 0u) {
    }
    TXDR_BYTE = byte;
    while ((SPI1->SR & SPI_SR_RXP) == 0u) {
    }
    return RXDR_BYTE;
}

uint8_t spi_exchange_by_interrupt(uint8_t byte)
{
    arrived = false;
    SPI1->IER = SPI_SR_RXP;
    TXDR_BYTE = byte;
    while (!arrived) {
    }
    SPI1->IER = 0;
    return received;
}

uint16_t spi_exchange_wide(uint16_t frame)
{
    off();
    SPI1->CFG1 = SPEED | SPI_CFG1_DSIZE(16u);
    begin(1);
    TXDR_HALFWORD = frame;
    while ((SPI1->SR & SPI_SR_EOT) == 0u) {
    }
    const uint16_t answer = RXDR_HALFWORD;
    off();
    SPI1->CFG1 = SPEED | SPI_CFG1_DSIZE(8u);
    begin(0);
    return answer;
}

bool spi_transfer(const uint8_t *out, uint8_t *in, uint32_t size)
{
    off();
    SPI1->CFG1 = SPEED | SPI_CFG1_DSIZE(8u) | SPI_CFG1_RXDMAEN;
    spi_start_dma(&SPI1->TXDR, &SPI1->RXDR, out, in, size);
    SPI1->CFG1 = SPEED | SPI_CFG1_DSIZE(8u) | SPI_CFG1_RXDMAEN | SPI_CFG1_TXDMAEN;
    begin(size);
    const bool good = spi_wait_for_dma(in, size);
    while ((SPI1->SR & SPI_SR_EOT) == 0u) {
    }
    off();
    SPI1->CFG1 = SPEED | SPI_CFG1_DSIZE(8u);
    begin(0);
    return good;
}
