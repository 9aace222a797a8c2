/*
 * What is wrong: an assertion stops for the debugger, and the product has none.
 * Silicon: without a debugger BKPT is a DebugMonitor exception where that is enabled, else a
 * HardFault with HFSR.DEBUGEVT (DDI 0403E.e, C1.4).
 */

#include "board.h"
#include "driver/console.h"

#define QUEUE_SIZE 4u

static uint32_t queue[QUEUE_SIZE];
static uint32_t queued;

__attribute__((noipa)) static void assertion_failed(void)
{
    __asm volatile("bkpt #0"); /* faults here */
}

__attribute__((noipa)) static void put(uint32_t value)
{
    if (queued == QUEUE_SIZE) {
        assertion_failed();
        return;
    }
    queue[queued++] = value;
}

int main(void)
{
    (void)board_start();
    console_text("queueing\n");
    for (uint32_t i = 0; i < 5u; i++) {
        put(i);
    }
    console_text("PASS\n");
    for (;;) {
    }
}
