/* LDM needs a multiple of 4, whatever CCR.UNALIGN_TRP says (DDI 0403E.e, A3.2.1). */

#include "board.h"
#include "driver/console.h"

static uint32_t words[4];

__attribute__((noipa)) static uint32_t load_multiple_unaligned(const uint8_t *address)
{
    uint32_t sum;
    __asm volatile("ldm %1, {r2, r3}\n\tadd %0, r2, r3"
                   : "=r"(sum) : "r"(address) : "r2", "r3", "memory");
    return sum;
}

int main(void)
{
    (void)board_start();
    console_text("about to load two registers from an unaligned address\n");
    (void)load_multiple_unaligned((const uint8_t *)words + 2);
    console_text("survived\n");
    for (;;) {
    }
}
