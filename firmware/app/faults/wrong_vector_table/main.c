/*
 * What is wrong: a boot loader's habit was copied: the vector table is said to be at 0x08010000,
 * but this program was linked to the start of Flash, and that sector is erased.
 * Silicon: the next tick finds 0xFFFFFFFF for a handler: nothing can be executed there, and the
 * HardFault that this is finds the same. Lockup.
 */

#include "board.h"
#include "board/armv7m/system_control.h"
#include "driver/console.h"
#include "driver/tick.h"

__attribute__((noipa)) static void wait_a_while(void)
{
    const uint32_t begun_ms = tick_ms();
    while (tick_ms() - begun_ms < 5u) {
    }
}

int main(void)
{
    (void)board_start();
    console_text("waiting\n");
    SCB_VTOR = 0x08010000u;
    wait_a_while();
    console_text("PASS\n");
    for (;;) {
    }
}
