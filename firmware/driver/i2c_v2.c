/* I2C of the STM32F7, G4 and H7: NBYTES counts, the hardware sends start, address and stop. */

#include "driver/i2c.h"

#include <stdbool.h>

#include "board/armv7m/system_control.h"
#include "board/wait_until.h"
#include "driver/i2c_pins.h"
#include "interrupts.h"
#include "register/i2c_v2.h"

#define TURNS 100000u /* at least 0.8 ms; a byte takes 23 us */
#define CLEAR_ALL (I2C_ISR_NACKF | I2C_ISR_STOPF | I2C_ISR_ARLO)

static volatile uint32_t outcome; /* ISR at the end of a probe; 0 before it */

void I2C1_EV_IRQHandler(void)
{
    outcome = I2C1->ISR;
    I2C1->ICR = I2C_ISR_NACKF | I2C_ISR_STOPF;
}

/* Waits for a flag, or for a refusal, after which the hardware makes a stop by itself. */
static enum i2c_status event(uint32_t flag)
{
    for (uint32_t turns = TURNS; turns != 0u; turns--) {
        const uint32_t status = I2C1->ISR;
        if ((status & I2C_ISR_NACKF) != 0u) {
            (void)wait_until(&I2C1->ISR, I2C_ISR_STOPF, I2C_ISR_STOPF, TURNS);
            return I2C_NACK;
        }
        if ((status & I2C_ISR_ARLO) != 0u) {
            return I2C_LOST;
        }
        if ((status & flag) != 0u) {
            return I2C_OK;
        }
    }
    return I2C_TIMEOUT;
}

static enum i2c_status end(enum i2c_status status)
{
    I2C1->ICR = CLEAR_ALL;
    if (status == I2C_NACK) {
        I2C1->ISR = I2C_ISR_TXE; /* drops a byte that was not sent */
    }
    return status;
}

static bool is_free(void)
{
    return wait_until(&I2C1->ISR, I2C_ISR_BUSY, 0, TURNS);
}

static enum i2c_status send(const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        const enum i2c_status status = event(I2C_ISR_TXIS);
        if (status != I2C_OK) {
            return status;
        }
        I2C1->TXDR = bytes[i];
    }
    return I2C_OK;
}

void i2c_start(uint32_t clock_hz)
{
    clock_gate_open(CLOCK_I2C1);
    i2c_connect_pins();
    I2C1->CR1 = 0;
    /* 400 ns of set-up time in 16 prescaled clocks at most; low and high are 2 : 1 */
    const uint32_t divider = clock_hz / 40000000u + 1u;
    const uint32_t counts = clock_hz / divider / I2C_HZ;
    const uint32_t low = counts * 2u / 3u;
    I2C1->TIMINGR = I2C_TIMINGR_VALUE(divider - 1u, 15u, counts - low - 1u, low - 1u);
    I2C1->CR1 = I2C_CR1_PE;
}

enum i2c_status i2c_write(uint8_t address, const uint8_t *bytes, uint32_t size)
{
    if (!is_free()) {
        return I2C_BUSY;
    }
    I2C1->CR2 = (uint32_t)address << 1 | I2C_CR2_NBYTES(size) | I2C_CR2_AUTOEND | I2C_CR2_START;
    enum i2c_status status = send(bytes, size);
    if (status == I2C_OK) {
        status = event(I2C_ISR_STOPF);
    }
    return end(status);
}

static void start_reading(uint8_t address, uint32_t size)
{
    I2C1->CR2 = (uint32_t)address << 1 | I2C_CR2_NBYTES(size) | I2C_CR2_AUTOEND | I2C_CR2_RD_WRN |
                I2C_CR2_START;
}

/* The bytes of a read that was started, up to its stop. */
static enum i2c_status receive(uint8_t *bytes, uint32_t size)
{
    enum i2c_status status = I2C_OK;
    for (uint32_t i = 0; i < size && status == I2C_OK; i++) {
        status = event(I2C_ISR_RXNE);
        bytes[i] = (uint8_t)I2C1->RXDR;
    }
    return status == I2C_OK ? event(I2C_ISR_STOPF) : status;
}

/* Up to the start of a read of size bytes. */
static enum i2c_status begin_read(uint8_t address, uint8_t number, uint32_t size)
{
    if (!is_free()) {
        return I2C_BUSY;
    }
    I2C1->CR2 = (uint32_t)address << 1 | I2C_CR2_NBYTES(1u) | I2C_CR2_START;
    enum i2c_status status = send(&number, 1);
    if (status == I2C_OK) {
        status = event(I2C_ISR_TC);
    }
    if (status == I2C_OK) {
        start_reading(address, size);
    }
    return status;
}

enum i2c_status i2c_read(uint8_t address, uint8_t number, uint8_t *bytes, uint32_t size)
{
    const enum i2c_status status = begin_read(address, number, size);
    return end(status == I2C_OK ? receive(bytes, size) : status);
}

enum i2c_status i2c_receive(uint8_t address, uint8_t *bytes, uint32_t size)
{
    if (!is_free()) {
        return I2C_BUSY;
    }
    start_reading(address, size);
    return end(receive(bytes, size));
}

enum i2c_status i2c_read_by_dma(uint8_t address, uint8_t number, uint8_t *bytes, uint32_t size)
{
    i2c_start_dma(&I2C1->RXDR, bytes, size);
    I2C1->CR1 |= I2C_CR1_RXDMAEN;
    enum i2c_status status = begin_read(address, number, size);
    if (status == I2C_OK) {
        status = i2c_wait_for_dma(bytes, size) ? event(I2C_ISR_STOPF) : I2C_TIMEOUT;
    }
    dma_stop(DMA_LINE_I2C1_RX);
    I2C1->CR1 &= ~I2C_CR1_RXDMAEN;
    return end(status);
}

enum i2c_status i2c_probe_by_interrupt(uint8_t address)
{
    outcome = 0;
    nvic_enable(INTERRUPT_I2C1_EV);
    I2C1->CR1 |= I2C_CR1_STOPIE;
    I2C1->CR2 = (uint32_t)address << 1 | I2C_CR2_AUTOEND | I2C_CR2_START;
    while (outcome == 0u) {
        wait_for_interrupt();
    }
    I2C1->CR1 &= ~I2C_CR1_STOPIE;
    return (outcome & I2C_ISR_NACKF) != 0u ? I2C_NACK : I2C_OK;
}

uint32_t i2c_free_bus(uint32_t clock_hz)
{
    I2C1->CR1 = 0;
    const uint32_t clocks = i2c_clock_pins();
    i2c_start(clock_hz);
    return clocks;
}
