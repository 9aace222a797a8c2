#ifndef REGISTER_SPI_V1_H
#define REGISTER_SPI_V1_H

/*
 * SPI and I2S of the STM32F4 (RM0090 section 28.5), and of the F7 and G4 (RM0385 32.9, RM0440 39.9),
 * which have the FIFO bits of CR2 and SR besides, and count a frame's bits in CR2 instead of CR1.
 */

#include <stdint.h>

#include "memory_map.h"

struct spi_registers {
    volatile uint32_t CR1;     /* 0x00 */
    volatile uint32_t CR2;     /* 0x04 */
    volatile uint32_t SR;      /* 0x08 */
    volatile uint32_t DR;      /* 0x0C */
    volatile uint32_t CRCPR;   /* 0x10 */
    volatile uint32_t RXCRCR;  /* 0x14 */
    volatile uint32_t TXCRCR;  /* 0x18 */
    volatile uint32_t I2SCFGR; /* 0x1C */
    volatile uint32_t I2SPR;   /* 0x20 */
};

_Static_assert(sizeof(struct spi_registers) == 0x24, "SPI layout");

#define SPI1 ((struct spi_registers *)SPI1_BASE)
#define SPI2 ((struct spi_registers *)SPI2_BASE)

/* SPI_CR1 */
#define SPI_CR1_MSTR (1u << 2)
#define SPI_CR1_BR(exponent) (((exponent) - 1u) << 3) /* the clock divided by 2^exponent */
#define SPI_CR1_SPE (1u << 6)
#define SPI_CR1_SSI (1u << 8)
#define SPI_CR1_SSM (1u << 9)
#define SPI_CR1_DFF (1u << 11) /* STM32F4: frames of 16 bits */

/* SPI_CR2 */
#define SPI_CR2_RXDMAEN (1u << 0)
#define SPI_CR2_TXDMAEN (1u << 1)
#define SPI_CR2_RXNEIE (1u << 6)
#define SPI_CR2_DS(bits) (((bits) - 1u) << 8) /* STM32F7 and G4 */
#define SPI_CR2_FRXTH (1u << 12)              /* STM32F7 and G4: RXNE from one byte on */

/* SPI_SR */
#define SPI_SR_RXNE (1u << 0)
#define SPI_SR_TXE (1u << 1)
#define SPI_SR_CHSIDE (1u << 2)
#define SPI_SR_OVR (1u << 6)
#define SPI_SR_BSY (1u << 7)

/* SPI_I2SCFGR */
#define SPI_I2SCFGR_CHLEN_32 (1u << 0)
#define SPI_I2SCFGR_MASTER_RECEIVE (3u << 8)
#define SPI_I2SCFGR_I2SE (1u << 10)
#define SPI_I2SCFGR_I2SMOD (1u << 11)

/* SPI_I2SPR: the clock of a bit is the kernel's divided by this, 4 to 511 */
#define SPI_I2SPR_DIVIDER(divider) ((divider) >> 1 | ((divider) & 1u) << 8)

#endif
