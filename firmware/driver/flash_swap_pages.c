/* Bank swap of the G4 by the option BFB2 (RM0440 sections 2.6.1 and 3.4): the boot loader obeys it. */

#include "flash_swap.h"

#include "board/wait_until.h"
#include "register/flash_pages.h"

#define POLLS 40000000u /* a poll takes more than 10 ns: 0.4 s, options take 25 ms */

bool flash_swapped(void)
{
    return (FLASH_PAGES->OPTR & FLASH_OPTR_BFB2) != 0u;
}

void flash_swap_and_reset(void)
{
    if (!wait_until(&FLASH_PAGES->SR, FLASH_SR_BSY, 0, POLLS)) {
        return;
    }
    FLASH_PAGES->OPTKEYR = 0x08192A3Bu;
    FLASH_PAGES->OPTKEYR = 0x4C5D6E7Fu;
    FLASH_PAGES->OPTR ^= FLASH_OPTR_BFB2;
    FLASH_PAGES->CR |= FLASH_CR_OPTSTRT;
    if (wait_until(&FLASH_PAGES->SR, FLASH_SR_BSY, 0, POLLS)) {
        FLASH_PAGES->CR |= FLASH_CR_OBL_LAUNCH; /* loads the options and resets */
    }
}
