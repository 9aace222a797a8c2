#ifndef DRIVER_FLASH_STORE_H
#define DRIVER_FLASH_STORE_H

/*
 * Erasing and programming the chip's own Flash. One implementation a generation of the interface:
 * flash_store_sectors.c (F4, F7), flash_store_pages.c (G4), flash_store_words.c (H7).
 *
 * While the bank that code runs from is busy the core waits at its next fetch from it; interrupts
 * whose handlers lie there wait, too. Every wait is bounded.
 */

#include <stdint.h>

enum flash_status {
    FLASH_DONE,
    FLASH_PROTECTED,  /* the sector is write-protected by option bytes */
    FLASH_NOT_ERASED, /* programmed over something else */
    FLASH_REFUSED,    /* a wrong sequence, size or alignment */
    FLASH_TIMEOUT,    /* the controller stayed busy */
};

/* One programming operation; addresses are multiples of it. */
#define FLASH_STORE_UNIT_BYTES 32u

/* FLASH_LAST_SECTOR (memory_map.h) is where the last sector or page begins. */

void flash_store_unlock(void);
void flash_store_lock(void);

/* Erases the sector or page that holds the address: up to 4 s. */
enum flash_status flash_store_erase(uint32_t address);

/* Programs FLASH_STORE_UNIT_BYTES. */
enum flash_status flash_store_program(uint32_t address, const uint32_t *words);

#endif
