/* Flash by sectors, programmed by words: F405/407 (RM0090 section 3.6), F74x (RM0385 section 3.5). */

#include "flash_store.h"

#include <stdbool.h>

#include "board/armv7m/cache.h"
#include "board/wait_until.h"
#include "register/flash_sectors.h"

#define POLLS 400000000u /* a poll takes more than 10 ns: 4 s, twice the longest erasing */

static enum flash_status finish(void)
{
    if (!wait_until(&FLASH_SECTORS->SR, FLASH_SR_BSY, 0, POLLS)) {
        return FLASH_TIMEOUT;
    }
    const uint32_t errors = FLASH_SECTORS->SR & FLASH_SR_ERRORS;
    FLASH_SECTORS->SR = errors; /* each is cleared by writing 1 */
    if ((errors & FLASH_SR_WRPERR) != 0u) {
        return FLASH_PROTECTED;
    }
    return errors != 0u ? FLASH_REFUSED : FLASH_DONE;
}

static uint32_t sector_of(uint32_t address)
{
    uint32_t end = FLASH_BASE;
    uint32_t sector = 0;
    while ((end += FLASH_SECTOR_BYTES(sector)) <= address) {
        sector++;
    }
    return sector;
}

void flash_store_unlock(void)
{
    if ((FLASH_SECTORS->CR & FLASH_CR_LOCK) != 0u) {
        FLASH_SECTORS->KEYR = 0x45670123u;
        FLASH_SECTORS->KEYR = 0xCDEF89ABu;
    }
}

void flash_store_lock(void)
{
    FLASH_SECTORS->CR |= FLASH_CR_LOCK;
}

enum flash_status flash_store_erase(uint32_t address)
{
    const uint32_t control = FLASH_CR_SER | FLASH_CR_PSIZE_WORD | FLASH_CR_SNB(sector_of(address));
    FLASH_SECTORS->CR = control;
    FLASH_SECTORS->CR = control | FLASH_CR_STRT;
    const enum flash_status status = finish();
    FLASH_SECTORS->CR = 0;
    cache_invalidate((const void *)(uintptr_t)address, FLASH_STORE_UNIT_BYTES);
    return status;
}

enum flash_status flash_store_program(uint32_t address, const uint32_t *words)
{
    volatile uint32_t *cells = (volatile uint32_t *)(uintptr_t)address;
    enum flash_status status = FLASH_DONE;
    FLASH_SECTORS->CR = FLASH_CR_PG | FLASH_CR_PSIZE_WORD;
    for (uint32_t i = 0; i < FLASH_STORE_UNIT_BYTES / 4u && status == FLASH_DONE; i++) {
        cells[i] = words[i];
        __asm volatile("dsb" ::: "memory");
        status = finish();
    }
    FLASH_SECTORS->CR = 0;
    cache_invalidate(cells, FLASH_STORE_UNIT_BYTES);
    for (uint32_t i = 0; i < FLASH_STORE_UNIT_BYTES / 4u && status == FLASH_DONE; i++) {
        status = cells[i] == words[i] ? FLASH_DONE : FLASH_NOT_ERASED;
    }
    return status;
}
