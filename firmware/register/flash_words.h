#ifndef REGISTER_FLASH_WORDS_H
#define REGISTER_FLASH_WORDS_H

/* Flash interface of the STM32H743 (RM0433 section 4.9): registers of one bank; the other's follow. */

#include <stdint.h>

#include "memory_map.h"

struct flash_bank_registers {
    volatile uint32_t ACR;       /* 0x00 */
    volatile uint32_t KEYR;      /* 0x04 */
    volatile uint32_t OPTKEYR;   /* 0x08 */
    volatile uint32_t CR;        /* 0x0C */
    volatile uint32_t SR;        /* 0x10 */
    volatile uint32_t CCR;       /* 0x14 */
    volatile uint32_t OPTCR;     /* 0x18 */
    volatile uint32_t OPTSR_CUR; /* 0x1C */
    volatile uint32_t OPTSR_PRG; /* 0x20 */
};

_Static_assert(sizeof(struct flash_bank_registers) == 0x24, "FLASH layout");

#define FLASH_BANK(number) ((struct flash_bank_registers *)(FLASH_R_BASE + 0x100u * (number)))

#define FLASH_SECTOR_BYTES (128u * 1024u)
#define FLASH_BANK_BYTES (1024u * 1024u)

/* FLASH_SR, 4.9.5 */
#define FLASH_SR_BSY (1u << 0)
#define FLASH_SR_QW (1u << 2)
#define FLASH_SR_EOP (1u << 16)
#define FLASH_SR_WRPERR (1u << 17)
#define FLASH_SR_ERRORS 0x07EE0000u

/* FLASH_CR, 4.9.4 */
#define FLASH_CR_LOCK (1u << 0)
#define FLASH_CR_PG (1u << 1)
#define FLASH_CR_SER (1u << 2)
#define FLASH_CR_PSIZE_64 (3u << 4)
#define FLASH_CR_START (1u << 7)
#define FLASH_CR_SNB(sector) ((uint32_t)(sector) << 8)

/* FLASH_OPTCR, 4.9.7; FLASH_OPTSR, 4.9.8 */
#define FLASH_OPTCR_OPTLOCK (1u << 0)
#define FLASH_OPTCR_OPTSTART (1u << 1)
#define FLASH_OPTCR_SWAP_BANK (1u << 31)
#define FLASH_OPTSR_OPT_BUSY (1u << 0)
#define FLASH_OPTSR_SWAP_BANK_OPT (1u << 31)

#endif
