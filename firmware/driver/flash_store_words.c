/* Flash by sectors of 128 KiB in two banks, programmed by words of 32 bytes: H7 (RM0433 section 4.3). */

#include "flash_store.h"

#include <stdbool.h>

#include "board/armv7m/cache.h"
#include "board/wait_until.h"
#include "register/flash_words.h"

#define POLLS 400000000u /* a poll takes more than 10 ns: 4 s, twice a typical erasing */

static struct flash_bank_registers *bank_of(uint32_t address)
{
    return FLASH_BANK((address - FLASH_BANK1_BASE) / FLASH_BANK_BYTES);
}

static enum flash_status finish(struct flash_bank_registers *bank)
{
    if (!wait_until(&bank->SR, FLASH_SR_BSY | FLASH_SR_QW, 0, POLLS)) {
        return FLASH_TIMEOUT;
    }
    const uint32_t flags = bank->SR & (FLASH_SR_ERRORS | FLASH_SR_EOP);
    bank->CCR = flags;
    if ((flags & FLASH_SR_WRPERR) != 0u) {
        return FLASH_PROTECTED;
    }
    return (flags & FLASH_SR_ERRORS) != 0u ? FLASH_REFUSED : FLASH_DONE;
}

void flash_store_unlock(void)
{
    for (uint32_t number = 0; number < 2u; number++) {
        struct flash_bank_registers *bank = FLASH_BANK(number);
        if ((bank->CR & FLASH_CR_LOCK) != 0u) {
            bank->KEYR = 0x45670123u;
            bank->KEYR = 0xCDEF89ABu;
        }
    }
}

void flash_store_lock(void)
{
    FLASH_BANK(0)->CR |= FLASH_CR_LOCK;
    FLASH_BANK(1)->CR |= FLASH_CR_LOCK;
}

enum flash_status flash_store_erase(uint32_t address)
{
    struct flash_bank_registers *bank = bank_of(address);
    const uint32_t sector = (address - FLASH_BANK1_BASE) % FLASH_BANK_BYTES / FLASH_SECTOR_BYTES;
    const uint32_t control = FLASH_CR_SER | FLASH_CR_PSIZE_64 | FLASH_CR_SNB(sector);
    bank->CR = control;
    bank->CR = control | FLASH_CR_START;
    const enum flash_status status = finish(bank);
    bank->CR = FLASH_CR_PSIZE_64;
    cache_invalidate((const void *)(uintptr_t)address, FLASH_STORE_UNIT_BYTES);
    return status;
}

static bool is_erased(const volatile uint32_t *cells)
{
    for (uint32_t i = 0; i < FLASH_STORE_UNIT_BYTES / 4u; i++) {
        if (cells[i] != UINT32_MAX) {
            return false;
        }
    }
    return true;
}

enum flash_status flash_store_program(uint32_t address, const uint32_t *words)
{
    struct flash_bank_registers *bank = bank_of(address);
    volatile uint32_t *cells = (volatile uint32_t *)(uintptr_t)address;
    if (!is_erased(cells)) {
        return FLASH_NOT_ERASED; /* a second value would not fit its error correction code */
    }
    bank->CR = FLASH_CR_PG | FLASH_CR_PSIZE_64;
    __asm volatile("dsb\n\tisb" ::: "memory");
    for (uint32_t i = 0; i < FLASH_STORE_UNIT_BYTES / 4u; i++) {
        cells[i] = words[i];
    }
    __asm volatile("dsb\n\tisb" ::: "memory");
    const enum flash_status status = finish(bank);
    bank->CR = FLASH_CR_PSIZE_64;
    cache_invalidate(cells, FLASH_STORE_UNIT_BYTES);
    return status;
}
