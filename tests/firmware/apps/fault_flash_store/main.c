/* A store to Flash that was not unlocked (RM0090 section 3.6). */

#include "board.h"
#include "driver/console.h"

__attribute__((noipa)) static void store_to_flash(volatile uint32_t *address)
{
    *address = 0x12345678u;
}

int main(void)
{
    (void)board_start();
    console_text("about to store to Flash\n");
    store_to_flash((volatile uint32_t *)0x080F0000u);
    console_text("survived\n");
    for (;;) {
    }
}
