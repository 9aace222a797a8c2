/* Flash by pages of 2 KiB in two banks, programmed by double words: G4 (RM0440 section 3.3). */

#include "flash_store.h"

#include <stdbool.h>

#include "board/wait_until.h"
#include "flash_swap.h"
#include "register/flash_pages.h"

#define POLLS 40000000u /* a poll takes more than 10 ns: 0.4 s, an erasing takes 25 ms */

static enum flash_status finish(void)
{
    if (!wait_until(&FLASH_PAGES->SR, FLASH_SR_BSY, 0, POLLS)) {
        return FLASH_TIMEOUT;
    }
    const uint32_t errors = FLASH_PAGES->SR & FLASH_SR_ERRORS;
    FLASH_PAGES->SR = errors; /* each is cleared by writing 1 */
    if ((errors & FLASH_SR_WRPERR) != 0u) {
        return FLASH_PROTECTED;
    }
    if ((errors & FLASH_SR_PROGERR) != 0u) {
        return FLASH_NOT_ERASED;
    }
    return errors != 0u ? FLASH_REFUSED : FLASH_DONE;
}

void flash_store_unlock(void)
{
    if ((FLASH_PAGES->CR & FLASH_CR_LOCK) != 0u) {
        FLASH_PAGES->KEYR = 0x45670123u;
        FLASH_PAGES->KEYR = 0xCDEF89ABu;
    }
}

void flash_store_lock(void)
{
    FLASH_PAGES->CR |= FLASH_CR_LOCK;
}

enum flash_status flash_store_erase(uint32_t address)
{
    const uint32_t offset = address - FLASH_BASE;
    /* BKER names the bank of the silicon, wherever it lies. */
    const bool upper = offset / FLASH_BANK_BYTES != 0u;
    const bool bank2 = upper != flash_swapped();
    const uint32_t page = offset % FLASH_BANK_BYTES / FLASH_PAGE_BYTES;
    const uint32_t control = FLASH_CR_PER | FLASH_CR_PNB(page) | (bank2 ? FLASH_CR_BKER : 0u);
    FLASH_PAGES->CR = control;
    FLASH_PAGES->CR = control | FLASH_CR_STRT;
    const enum flash_status status = finish();
    FLASH_PAGES->CR = 0;
    return status;
}

enum flash_status flash_store_program(uint32_t address, const uint32_t *words)
{
    volatile uint32_t *cells = (volatile uint32_t *)(uintptr_t)address;
    enum flash_status status = FLASH_DONE;
    FLASH_PAGES->CR = FLASH_CR_PG;
    for (uint32_t i = 0; i < FLASH_STORE_UNIT_BYTES / 4u && status == FLASH_DONE; i += 2u) {
        cells[i] = words[i];
        __asm volatile("isb" ::: "memory"); /* the two in this order (RM0440 section 3.3.7) */
        cells[i + 1u] = words[i + 1u];
        status = finish();
    }
    FLASH_PAGES->CR = 0;
    return status;
}
