#ifndef REGISTER_I2C_V2_H
#define REGISTER_I2C_V2_H

/* I2C of the STM32F7, G4 and H7 (RM0385 30.7, RM0440 41.9, RM0433 47.7). */

#include <stdint.h>

#include "memory_map.h"

struct i2c_registers {
    volatile uint32_t CR1;      /* 0x00 */
    volatile uint32_t CR2;      /* 0x04 */
    volatile uint32_t OAR1;     /* 0x08 */
    volatile uint32_t OAR2;     /* 0x0C */
    volatile uint32_t TIMINGR;  /* 0x10 */
    volatile uint32_t TIMEOUTR; /* 0x14 */
    volatile uint32_t ISR;      /* 0x18 */
    volatile uint32_t ICR;      /* 0x1C */
    volatile uint32_t PECR;     /* 0x20 */
    volatile uint32_t RXDR;     /* 0x24 */
    volatile uint32_t TXDR;     /* 0x28 */
};

_Static_assert(sizeof(struct i2c_registers) == 0x2C, "I2C layout");

#define I2C1 ((struct i2c_registers *)I2C1_BASE)

/* I2C_CR1 */
#define I2C_CR1_PE (1u << 0)
#define I2C_CR1_STOPIE (1u << 5)
#define I2C_CR1_TXDMAEN (1u << 14)
#define I2C_CR1_RXDMAEN (1u << 15)

/* I2C_CR2; the address, shifted left by one, in bits 7:1 */
#define I2C_CR2_RD_WRN (1u << 10)
#define I2C_CR2_START (1u << 13)
#define I2C_CR2_STOP (1u << 14)
#define I2C_CR2_NBYTES(n) ((n) << 16)
#define I2C_CR2_RELOAD (1u << 24)
#define I2C_CR2_AUTOEND (1u << 25)

/* I2C_ISR; NACKF, STOPF and the errors are cleared by the same bits of I2C_ICR */
#define I2C_ISR_TXE (1u << 0)
#define I2C_ISR_TXIS (1u << 1)
#define I2C_ISR_RXNE (1u << 2)
#define I2C_ISR_NACKF (1u << 4)
#define I2C_ISR_STOPF (1u << 5)
#define I2C_ISR_TC (1u << 6)
#define I2C_ISR_TCR (1u << 7)
#define I2C_ISR_ARLO (1u << 9)
#define I2C_ISR_BUSY (1u << 15)

/* I2C_TIMINGR */
#define I2C_TIMINGR_VALUE(presc, scldel, sclh, scll) \
    ((presc) << 28 | (scldel) << 20 | (sclh) << 8 | (scll))

#endif
