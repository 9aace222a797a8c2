/*
 * What is wrong: nobody registered a listener for errors, and nobody looks before calling it.
 * Silicon: BLX to 0 clears the Thumb bit; the first instruction at 0 is a UsageFault (INVSTATE) with
 * the stacked PC 0, without a handler of its own a HardFault. Only LR still tells who called.
 */

#include "board.h"
#include "driver/console.h"

struct listeners {
    void (*on_sample)(uint32_t value);
    void (*on_error)(uint32_t code);
};

static volatile uint32_t last_sample;

static void keep_sample(uint32_t value)
{
    last_sample = value;
}

static struct listeners listeners = {.on_sample = keep_sample};

__attribute__((noipa)) static void deliver(uint32_t value)
{
    if (value > 4000u) {
        listeners.on_error(value); /* faults here */
    } else {
        listeners.on_sample(value);
    }
    console_text("delivered\n");
}

int main(void)
{
    (void)board_start();
    deliver(17);
    deliver(4095);
    console_text("PASS\n");
    for (;;) {
    }
}
