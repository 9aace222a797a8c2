#ifndef REGISTER_SPI_V2_H
#define REGISTER_SPI_V2_H

/* SPI and I2S of the STM32H7 (RM0433 section 50.11). */

#include <stdint.h>

#include "memory_map.h"

struct spi_registers {
    volatile uint32_t CR1;     /* 0x00 */
    volatile uint32_t CR2;     /* 0x04 */
    volatile uint32_t CFG1;    /* 0x08 */
    volatile uint32_t CFG2;    /* 0x0C */
    volatile uint32_t IER;     /* 0x10 */
    volatile uint32_t SR;      /* 0x14 */
    volatile uint32_t IFCR;    /* 0x18 */
    uint32_t reserved0;
    volatile uint32_t TXDR;    /* 0x20 */
    uint32_t reserved1[3];
    volatile uint32_t RXDR;    /* 0x30 */
    uint32_t reserved2[3];
    volatile uint32_t CRCPOLY; /* 0x40 */
    volatile uint32_t TXCRC;   /* 0x44 */
    volatile uint32_t RXCRC;   /* 0x48 */
    volatile uint32_t UDRDR;   /* 0x4C */
    volatile uint32_t I2SCFGR; /* 0x50 */
};

_Static_assert(sizeof(struct spi_registers) == 0x54, "SPI layout");

#define SPI1 ((struct spi_registers *)SPI1_BASE)
#define SPI2 ((struct spi_registers *)SPI2_BASE)

/* SPI_CR1 */
#define SPI_CR1_SPE (1u << 0)
#define SPI_CR1_CSTART (1u << 9)
#define SPI_CR1_CSUSP (1u << 10)
#define SPI_CR1_SSI (1u << 12)

/* SPI_CFG1 */
#define SPI_CFG1_DSIZE(bits) ((bits) - 1u)
#define SPI_CFG1_RXDMAEN (1u << 14)
#define SPI_CFG1_TXDMAEN (1u << 15)
#define SPI_CFG1_MBR(exponent) (((exponent) - 1u) << 28) /* the clock divided by 2^exponent */

/* SPI_CFG2 */
#define SPI_CFG2_MASTER (1u << 22)
#define SPI_CFG2_SSM (1u << 26)

/* SPI_SR, SPI_IER; the flags from EOT to SUSP are cleared by the same bits of SPI_IFCR */
#define SPI_SR_RXP (1u << 0)
#define SPI_SR_TXP (1u << 1)
#define SPI_SR_EOT (1u << 3)
#define SPI_SR_TXTF (1u << 4)
#define SPI_SR_OVR (1u << 6)
#define SPI_SR_SUSP (1u << 11)

/* SPI_I2SCFGR */
#define SPI_I2SCFGR_I2SMOD (1u << 0)
#define SPI_I2SCFGR_MASTER_RECEIVE (3u << 1)
/* the clock of a bit is the kernel's divided by this */
#define SPI_I2SCFGR_DIVIDER(divider) (((divider) >> 1) << 16 | ((divider) & 1u) << 24)

#endif
