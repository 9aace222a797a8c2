/*
 * What is wrong: no driver was chosen, and a function of it is called all the same. The pointer to it
 * is read from address 12, where the boot alias shows the vector table: it is HardFault_Handler.
 * Silicon: the handler runs as an ordinary function (IPSR = 0, CFSR = HFSR = 0): there was no
 * fault. What it takes for a stacked frame is whatever lies on the stack.
 */

#include "board.h"
#include "driver/console.h"

struct driver {
    const char *name;
    void (*start)(void);
    void (*stop)(void);
    void (*poll)(void);
};

static const struct driver *volatile chosen;

void HardFault_Handler(void);

void HardFault_Handler(void)
{ /* is entered here */
    console_text("HardFault\n");
    for (;;) {
    }
}

__attribute__((noipa)) static void poll_driver(void)
{
    chosen->poll(); /* faults here */
    console_text("polled\n");
}

int main(void)
{
    (void)board_start();
    console_text("polling\n");
    poll_driver();
    console_text("PASS\n");
    for (;;) {
    }
}
