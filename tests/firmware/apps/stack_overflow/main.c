/* Recursion without an end: the stack leaves SRAM at its lowest address. */

#include "board.h"
#include "driver/console.h"

__attribute__((noipa)) static uint32_t recurse(uint32_t depth)
{
    volatile uint32_t local[8] = {depth};
    return depth == UINT32_MAX ? local[0] : recurse(depth + 1u) + local[0];
}

int main(void)
{
    (void)board_start();
    console_text("about to overflow the stack\n");
    (void)recurse(0);
    console_text("survived\n");
    for (;;) {
    }
}
