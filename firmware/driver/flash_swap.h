#ifndef DRIVER_FLASH_SWAP_H
#define DRIVER_FLASH_SWAP_H

/* Two banks of Flash that exchange their addresses: G4 (flash_swap_pages.c), H7 (flash_swap_words.c). */

#include <stdbool.h>

/* Whether bank 2 lies at 0x08000000 now. */
bool flash_swapped(void);

/*
 * Has the chip start from the other bank, which must hold an image, and resets it. The Flash must be
 * unlocked (flash_store_unlock). Returns only when the option could not be programmed.
 */
void flash_swap_and_reset(void);

#endif
