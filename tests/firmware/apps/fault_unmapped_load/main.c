/* A load where nothing answers: the FSMC bank 1 while the FSMC is off. */

#include "board.h"
#include "driver/console.h"

__attribute__((noipa)) static uint32_t load_unmapped(const volatile uint32_t *address)
{
    return *address;
}

int main(void)
{
    (void)board_start();
    console_text("about to load from unmapped memory\n");
    (void)load_unmapped((const volatile uint32_t *)0x60000000u);
    console_text("survived\n");
    for (;;) {
    }
}
