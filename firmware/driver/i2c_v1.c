/* I2C of the STM32F4: events EV5 to EV8_2 as RM0090 section 27.3.3 draws them. */

#include "driver/i2c.h"

#include <stdbool.h>

#include "board/armv7m/system_control.h"
#include "board/wait_until.h"
#include "driver/i2c_pins.h"
#include "interrupts.h"
#include "register/i2c_v1.h"

#define TURNS 100000u /* at least 0.8 ms; a byte takes 23 us */
#define RISE_NS 300u  /* the most that fast mode allows (UM10204) */

static volatile enum i2c_status outcome;
static volatile bool is_over;
static volatile uint8_t probed;

static void end_probe(enum i2c_status status)
{
    I2C1->CR1 |= I2C_CR1_STOP;
    outcome = status;
    is_over = true;
}

void I2C1_EV_IRQHandler(void)
{
    const uint32_t status = I2C1->SR1;
    if ((status & I2C_SR1_SB) != 0u) {
        I2C1->DR = (uint32_t)probed << 1;
    } else if ((status & I2C_SR1_ADDR) != 0u) {
        (void)I2C1->SR2;
        end_probe(I2C_OK);
    }
}

void I2C1_ER_IRQHandler(void)
{
    I2C1->SR1 = ~(uint32_t)I2C_SR1_AF & 0xFFFFu;
    end_probe(I2C_NACK);
}

static enum i2c_status fail(enum i2c_status status)
{
    I2C1->SR1 = ~(uint32_t)(I2C_SR1_AF | I2C_SR1_ARLO) & 0xFFFFu;
    if (status != I2C_LOST) {
        I2C1->CR1 |= I2C_CR1_STOP;
        (void)wait_until(&I2C1->SR2, I2C_SR2_BUSY, 0, TURNS);
    }
    return status;
}

/* Waits for a flag of SR1, or for a refusal. */
static enum i2c_status event(uint32_t flag)
{
    for (uint32_t turns = TURNS; turns != 0u; turns--) {
        const uint32_t status = I2C1->SR1;
        if ((status & I2C_SR1_AF) != 0u) {
            return I2C_NACK;
        }
        if ((status & I2C_SR1_ARLO) != 0u) {
            return I2C_LOST;
        }
        if ((status & flag) != 0u) {
            return I2C_OK;
        }
    }
    return I2C_TIMEOUT;
}

/* A start, or repeated start, and the address; ADDR is set when it returns I2C_OK. */
static enum i2c_status call(uint8_t address, bool reading)
{
    I2C1->CR1 |= I2C_CR1_START;
    enum i2c_status status = event(I2C_SR1_SB);
    if (status == I2C_OK) {
        I2C1->DR = (uint32_t)address << 1 | (reading ? 1u : 0u);
        status = event(I2C_SR1_ADDR);
    }
    return status;
}

static void clear_addr(void)
{
    (void)I2C1->SR1;
    (void)I2C1->SR2;
}

void i2c_start(uint32_t clock_hz)
{
    clock_gate_open(CLOCK_I2C1);
    i2c_connect_pins();
    I2C1->CR1 = I2C_CR1_SWRST; /* BUSY may be stuck from before the pins were ours */
    I2C1->CR1 = 0;
    I2C1->CR2 = clock_hz / 1000000u;
    I2C1->CCR = I2C_CCR_FS | (clock_hz + 3u * I2C_HZ - 1u) / (3u * I2C_HZ);
    I2C1->TRISE = clock_hz / 1000000u * RISE_NS / 1000u + 1u;
    I2C1->CR1 = I2C_CR1_PE;
}

enum i2c_status i2c_write(uint8_t address, const uint8_t *bytes, uint32_t size)
{
    if (!wait_until(&I2C1->SR2, I2C_SR2_BUSY, 0, TURNS)) {
        return I2C_BUSY;
    }
    enum i2c_status status = call(address, false);
    if (status != I2C_OK) {
        return fail(status);
    }
    clear_addr();
    for (uint32_t i = 0; i < size; i++) {
        status = event(I2C_SR1_TXE);
        if (status != I2C_OK) {
            return fail(status);
        }
        I2C1->DR = bytes[i];
    }
    if (size != 0u) {
        status = event(I2C_SR1_BTF);
        if (status != I2C_OK) {
            return fail(status);
        }
    }
    I2C1->CR1 |= I2C_CR1_STOP;
    return wait_until(&I2C1->SR2, I2C_SR2_BUSY, 0, TURNS) ? I2C_OK : I2C_TIMEOUT;
}

static enum i2c_status receive_one(uint8_t *bytes)
{
    I2C1->CR1 &= ~I2C_CR1_ACK;
    clear_addr();
    I2C1->CR1 |= I2C_CR1_STOP;
    const enum i2c_status status = event(I2C_SR1_RXNE);
    bytes[0] = (uint8_t)I2C1->DR;
    return status;
}

static enum i2c_status receive_two(uint8_t *bytes)
{
    I2C1->CR1 |= I2C_CR1_POS; /* ACK is for the byte after the next from here on */
    clear_addr();
    I2C1->CR1 &= ~I2C_CR1_ACK;
    const enum i2c_status status = event(I2C_SR1_BTF);
    I2C1->CR1 |= I2C_CR1_STOP;
    bytes[0] = (uint8_t)I2C1->DR;
    bytes[1] = (uint8_t)I2C1->DR;
    I2C1->CR1 &= ~I2C_CR1_POS;
    return status;
}

static enum i2c_status receive_many(uint8_t *bytes, uint32_t size)
{
    clear_addr();
    uint32_t i = 0;
    for (; i + 3u < size; i++) {
        const enum i2c_status status = event(I2C_SR1_RXNE);
        if (status != I2C_OK) {
            return status;
        }
        bytes[i] = (uint8_t)I2C1->DR;
    }
    /* byte N-2 waits in DR and N-1 behind it: the clock stands still while ACK changes */
    enum i2c_status status = event(I2C_SR1_BTF);
    I2C1->CR1 &= ~I2C_CR1_ACK;
    bytes[i] = (uint8_t)I2C1->DR;
    if (status == I2C_OK) {
        status = event(I2C_SR1_BTF);
    }
    I2C1->CR1 |= I2C_CR1_STOP;
    bytes[i + 1u] = (uint8_t)I2C1->DR;
    bytes[i + 2u] = (uint8_t)I2C1->DR;
    return status;
}

/* The bytes of a read whose address is acknowledged. */
static enum i2c_status receive(uint8_t *bytes, uint32_t size)
{
    const enum i2c_status status = size == 1u   ? receive_one(bytes)
                                   : size == 2u ? receive_two(bytes)
                                                : receive_many(bytes, size);
    (void)wait_until(&I2C1->SR2, I2C_SR2_BUSY, 0, TURNS);
    return status;
}

/* Up to the address of a read, which is acknowledged when it returns I2C_OK. */
static enum i2c_status begin_read(uint8_t address, uint8_t number)
{
    if (!wait_until(&I2C1->SR2, I2C_SR2_BUSY, 0, TURNS)) {
        return I2C_BUSY;
    }
    enum i2c_status status = call(address, false);
    if (status == I2C_OK) {
        clear_addr();
        I2C1->DR = number;
        status = event(I2C_SR1_TXE);
    }
    if (status == I2C_OK) {
        I2C1->CR1 |= I2C_CR1_ACK;
        status = call(address, true);
    }
    return status == I2C_OK ? I2C_OK : fail(status);
}

enum i2c_status i2c_read(uint8_t address, uint8_t number, uint8_t *bytes, uint32_t size)
{
    const enum i2c_status status = begin_read(address, number);
    return status == I2C_OK ? receive(bytes, size) : status;
}

enum i2c_status i2c_receive(uint8_t address, uint8_t *bytes, uint32_t size)
{
    if (!wait_until(&I2C1->SR2, I2C_SR2_BUSY, 0, TURNS)) {
        return I2C_BUSY;
    }
    I2C1->CR1 |= I2C_CR1_ACK;
    const enum i2c_status status = call(address, true);
    return status == I2C_OK ? receive(bytes, size) : fail(status);
}

enum i2c_status i2c_read_by_dma(uint8_t address, uint8_t number, uint8_t *bytes, uint32_t size)
{
    const enum i2c_status status = begin_read(address, number);
    if (status != I2C_OK) {
        return status;
    }
    i2c_start_dma(&I2C1->DR, bytes, size);
    I2C1->CR2 |= I2C_CR2_DMAEN | I2C_CR2_LAST;
    clear_addr();
    const bool good = i2c_wait_for_dma(bytes, size);
    I2C1->CR1 |= I2C_CR1_STOP;
    I2C1->CR2 &= ~(I2C_CR2_DMAEN | I2C_CR2_LAST);
    (void)wait_until(&I2C1->SR2, I2C_SR2_BUSY, 0, TURNS);
    return good ? I2C_OK : I2C_TIMEOUT;
}

enum i2c_status i2c_probe_by_interrupt(uint8_t address)
{
    probed = address;
    is_over = false;
    nvic_enable(INTERRUPT_I2C1_EV);
    nvic_enable(INTERRUPT_I2C1_ER);
    I2C1->CR2 |= I2C_CR2_ITEVTEN | I2C_CR2_ITERREN;
    I2C1->CR1 |= I2C_CR1_START;
    while (!is_over) {
        wait_for_interrupt();
    }
    I2C1->CR2 &= ~(I2C_CR2_ITEVTEN | I2C_CR2_ITERREN);
    (void)wait_until(&I2C1->SR2, I2C_SR2_BUSY, 0, TURNS);
    return outcome;
}

uint32_t i2c_free_bus(uint32_t clock_hz)
{
    const uint32_t clocks = i2c_clock_pins();
    i2c_start(clock_hz);
    return clocks;
}
