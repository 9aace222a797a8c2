/* A loop that nothing ends. */

#include "board.h"
#include "driver/console.h"

static volatile uint32_t never;

__attribute__((noipa)) static void wait_for_ever(void)
{
    while (never == 0u) {
    }
}

int main(void)
{
    (void)board_start();
    console_text("about to hang\n");
    wait_for_ever();
    console_text("survived\n");
    for (;;) {
    }
}
