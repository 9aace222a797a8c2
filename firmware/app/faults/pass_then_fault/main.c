/*
 * What is wrong: the test is over and has said so; 3 ms later the shut-down uses what was never set.
 * Silicon: a UsageFault (INVSTATE), here a HardFault, after the line that everybody waits for.
 */

#include "board.h"
#include "board/armv7m/system_control.h"
#include "driver/console.h"
#include "driver/tick.h"

static void (*on_exit)(void);

__attribute__((noipa)) static void shut_down(void)
{
    on_exit(); /* faults here */
    console_text("off\n");
}

int main(void)
{
    (void)board_start();
    console_text("PASS\n");
    const uint32_t passed_ms = tick_ms();
    while (tick_ms() - passed_ms < 3u) {
        wait_for_interrupt();
    }
    shut_down();
    for (;;) {
        wait_for_interrupt();
    }
}
