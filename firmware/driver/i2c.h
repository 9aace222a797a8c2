#ifndef DRIVER_I2C_H
#define DRIVER_I2C_H

/*
 * Controller on I2C1 at 400 kHz, PB8 (SCL) and PB9 (SDA), polled. A transfer ends with a stop in any
 * case. Nothing waits for ever: a bus that does not move gives I2C_TIMEOUT.
 */

#include <stdint.h>

enum i2c_status {
    I2C_OK,
    I2C_NACK,    /* nobody has the address, or a byte was refused */
    I2C_BUSY,    /* the bus is not free before the start */
    I2C_LOST,    /* another controller won, or SDA is held low */
    I2C_TIMEOUT, /* a flag did not come */
};

/* Pins and timing, from the clock of the I2C (PCLK1). Also after i2c_free_bus. */
void i2c_start(uint32_t clock_hz);

/* Sends size bytes, 0 to 255; with 0 it asks whether somebody has the address. */
enum i2c_status i2c_write(uint8_t address, const uint8_t *bytes, uint32_t size);

/* Writes the register's number, then reads size bytes, 1 to 255, after a repeated start. */
enum i2c_status i2c_read(uint8_t address, uint8_t number, uint8_t *bytes, uint32_t size);

/* Reads size bytes, 1 to 255, of a target that has no registers. */
enum i2c_status i2c_receive(uint8_t address, uint8_t *bytes, uint32_t size);

/* As i2c_read, the bytes by DMA_LINE_I2C1_RX (dma_lines.h) into whole cache lines; size 2 to 255. */
enum i2c_status i2c_read_by_dma(uint8_t address, uint8_t number, uint8_t *bytes, uint32_t size);

/* Whether somebody has the address, by I2C1's interrupts, which the driver handles. */
enum i2c_status i2c_probe_by_interrupt(uint8_t address);

/*
 * Nine clocks and a stop on the pins as GPIO, for a target that holds SDA low in the middle of a
 * byte (UM10204 3.1.16); then the controller is reset. Returns how many clocks it took, or 10 where
 * SDA is still low.
 */
uint32_t i2c_free_bus(uint32_t clock_hz);

#endif
