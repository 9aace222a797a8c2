#ifndef REGISTER_FLASH_SECTORS_H
#define REGISTER_FLASH_SECTORS_H

/* Flash interface of the F405/407 (RM0090 section 3.9) and of the F74x (RM0385 section 3.7). */

#include <stdint.h>

#include "memory_map.h"

struct flash_sector_registers {
    volatile uint32_t ACR;     /* 0x00 */
    volatile uint32_t KEYR;    /* 0x04 */
    volatile uint32_t OPTKEYR; /* 0x08 */
    volatile uint32_t SR;      /* 0x0C */
    volatile uint32_t CR;      /* 0x10 */
    volatile uint32_t OPTCR;   /* 0x14 */
};

_Static_assert(sizeof(struct flash_sector_registers) == 0x18, "FLASH layout");

#define FLASH_SECTORS ((struct flash_sector_registers *)FLASH_R_BASE)

/* FLASH_SR; bit 7 is PGSERR on the F4, ERSERR on the F7 */
#define FLASH_SR_WRPERR (1u << 4)
#define FLASH_SR_ERRORS 0xF0u
#define FLASH_SR_BSY (1u << 16)

/* FLASH_CR */
#define FLASH_CR_PG (1u << 0)
#define FLASH_CR_SER (1u << 1)
#define FLASH_CR_SNB(sector) ((uint32_t)(sector) << 3)
#define FLASH_CR_PSIZE_WORD (2u << 8) /* 2.7 to 3.6 V */
#define FLASH_CR_STRT (1u << 16)
#define FLASH_CR_LOCK (1u << 31)

/* Four sectors of a unit, one of four units, then of eight: the unit is 16 KiB or 32 KiB. */
#define FLASH_SECTOR_BYTES(sector) \
    ((sector) < 4u ? FLASH_SECTOR_UNIT : (sector) == 4u ? 4u * FLASH_SECTOR_UNIT : 8u * FLASH_SECTOR_UNIT)

#endif
