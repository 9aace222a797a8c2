#ifndef REGISTER_I2C_V1_H
#define REGISTER_I2C_V1_H

/* I2C of the STM32F4 (RM0090 section 27.6). */

#include <stdint.h>

#include "memory_map.h"

struct i2c_registers {
    volatile uint32_t CR1;   /* 0x00 */
    volatile uint32_t CR2;   /* 0x04 */
    volatile uint32_t OAR1;  /* 0x08 */
    volatile uint32_t OAR2;  /* 0x0C */
    volatile uint32_t DR;    /* 0x10 */
    volatile uint32_t SR1;   /* 0x14 */
    volatile uint32_t SR2;   /* 0x18 */
    volatile uint32_t CCR;   /* 0x1C */
    volatile uint32_t TRISE; /* 0x20 */
};

_Static_assert(sizeof(struct i2c_registers) == 0x24, "I2C layout");

#define I2C1 ((struct i2c_registers *)I2C1_BASE)

/* I2C_CR1 */
#define I2C_CR1_PE (1u << 0)
#define I2C_CR1_START (1u << 8)
#define I2C_CR1_STOP (1u << 9)
#define I2C_CR1_ACK (1u << 10)
#define I2C_CR1_POS (1u << 11)
#define I2C_CR1_SWRST (1u << 15)

/* I2C_CR2; FREQ in bits 5:0, in MHz */
#define I2C_CR2_ITERREN (1u << 8)
#define I2C_CR2_ITEVTEN (1u << 9)
#define I2C_CR2_DMAEN (1u << 11)
#define I2C_CR2_LAST (1u << 12)

/* I2C_SR1 */
#define I2C_SR1_SB (1u << 0)
#define I2C_SR1_ADDR (1u << 1)
#define I2C_SR1_BTF (1u << 2)
#define I2C_SR1_RXNE (1u << 6)
#define I2C_SR1_TXE (1u << 7)
#define I2C_SR1_ARLO (1u << 9)
#define I2C_SR1_AF (1u << 10)

/* I2C_SR2 */
#define I2C_SR2_BUSY (1u << 1)

/* I2C_CCR: fast mode with a duty of 1 : 2 */
#define I2C_CCR_FS (1u << 15)

#endif
