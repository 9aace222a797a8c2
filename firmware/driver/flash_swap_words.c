/* Bank swap of the H7 by the option SWAP_BANK_OPT, obeyed at a reset (RM0433 section 4.3.13). */

#include "flash_swap.h"

#include "board/armv7m/system_control.h"
#include "board/wait_until.h"
#include "register/flash_words.h"

#define POLLS 200000000u /* a poll takes more than 10 ns: 2 s */

bool flash_swapped(void)
{
    return (FLASH_BANK(0)->OPTCR & FLASH_OPTCR_SWAP_BANK) != 0u;
}

void flash_swap_and_reset(void)
{
    struct flash_bank_registers *shared = FLASH_BANK(0);
    shared->OPTKEYR = 0x08192A3Bu;
    shared->OPTKEYR = 0x4C5D6E7Fu;
    shared->OPTSR_PRG ^= FLASH_OPTSR_SWAP_BANK_OPT;
    shared->OPTCR |= FLASH_OPTCR_OPTSTART;
    if (wait_until(&shared->OPTSR_CUR, FLASH_OPTSR_OPT_BUSY, 0, POLLS)) {
        system_reset();
    }
}
