/* LDRD needs a multiple of 4, whatever CCR.UNALIGN_TRP says (DDI 0403E.e, A3.2.1). */

#include "board.h"
#include "driver/console.h"

static uint32_t words[4];

__attribute__((noipa)) static uint32_t load_doubleword_unaligned(const uint8_t *address)
{
    uint32_t low, high;
    __asm volatile("ldrd %0, %1, [%2]" : "=r"(low), "=r"(high) : "r"(address) : "memory");
    return low + high;
}

int main(void)
{
    (void)board_start();
    console_text("about to load a doubleword from an unaligned address\n");
    (void)load_doubleword_unaligned((const uint8_t *)words + 1);
    console_text("survived\n");
    for (;;) {
    }
}
