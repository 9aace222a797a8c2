#ifndef REGISTER_FLASH_PAGES_H
#define REGISTER_FLASH_PAGES_H

/* Flash interface of the STM32G4, category 3 (RM0440 section 3.7). */

#include <stdint.h>

#include "memory_map.h"

struct flash_page_registers {
    volatile uint32_t ACR;      /* 0x00 */
    volatile uint32_t PDKEYR;   /* 0x04 */
    volatile uint32_t KEYR;     /* 0x08 */
    volatile uint32_t OPTKEYR;  /* 0x0C */
    volatile uint32_t SR;       /* 0x10 */
    volatile uint32_t CR;       /* 0x14 */
    volatile uint32_t ECCR;     /* 0x18 */
    uint32_t reserved;
    volatile uint32_t OPTR;     /* 0x20 */
};

_Static_assert(sizeof(struct flash_page_registers) == 0x24, "FLASH layout");

#define FLASH_PAGES ((struct flash_page_registers *)FLASH_R_BASE)

#define FLASH_PAGE_BYTES 2048u
#define FLASH_BANK_BYTES (256u * 1024u)

/* FLASH_SR, 3.7.5 */
#define FLASH_SR_PROGERR (1u << 3)
#define FLASH_SR_WRPERR (1u << 4)
#define FLASH_SR_ERRORS 0x3FAu
#define FLASH_SR_BSY (1u << 16)

/* FLASH_CR, 3.7.6 */
#define FLASH_CR_PG (1u << 0)
#define FLASH_CR_PER (1u << 1)
#define FLASH_CR_PNB(page) ((uint32_t)(page) << 3)
#define FLASH_CR_BKER (1u << 11)
#define FLASH_CR_STRT (1u << 16)
#define FLASH_CR_OPTSTRT (1u << 17)
#define FLASH_CR_OBL_LAUNCH (1u << 27)
#define FLASH_CR_OPTLOCK (1u << 30)
#define FLASH_CR_LOCK (1u << 31)

/* FLASH_OPTR, 3.7.8 */
#define FLASH_OPTR_BFB2 (1u << 20)

#endif
