/*
 * An LED at PB0 and a button at PC13, high while it is pressed. The LED blinks, 100 ms on and 300 ms
 * off; a press (once its contacts have been quiet for 10 ms) makes it stay on until the next one.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "driver/console.h"
#include "driver/pin.h"
#include "driver/pin_interrupt.h"
#include "driver/tick.h"

#define LED_PIN 0u
#define BUTTON_PIN 13u
#define ON_MS 100u
#define PERIOD_MS 400u
#define QUIET_MS 10u

static volatile uint32_t edges;
static volatile uint32_t last_edge_ms;

void EXTI15_10_IRQHandler(void)
{
    if (pin_interrupt_take(BUTTON_PIN)) {
        edges++;
        last_edge_ms = tick_ms();
    }
}

/* Whether the button has gone down, and has been at rest for a while. */
static bool was_pressed(void)
{
    static bool down;
    if (tick_ms() - last_edge_ms < QUIET_MS) {
        return false;
    }
    const bool before = down;
    down = pin_read(GPIOC, BUTTON_PIN);
    return down && !before;
}

int main(void)
{
    (void)board_start();
    clock_gate_open(CLOCK_GPIOB);
    clock_gate_open(CLOCK_GPIOC);
    clock_gate_open(CLOCK_SYSCFG);
    pin_mode(GPIOB, LED_PIN, GPIO_MODER_OUTPUT);
    pin_mode(GPIOC, BUTTON_PIN, GPIO_MODER_INPUT);
    pin_interrupt_start(PIN_PORT_C, BUTTON_PIN);
    console_text("blinking\n");

    bool steady = false;
    uint32_t presses = 0;
    const uint32_t begin = tick_ms();
    for (;;) {
        wait_for_interrupt();
        if (was_pressed()) {
            steady = !steady;
            console_text("presses=");
            console_unsigned(++presses);
            console_text("\nedges=");
            console_unsigned(edges);
            console_text("\n");
        }
        pin_write(GPIOB, LED_PIN, steady || (tick_ms() - begin) % PERIOD_MS < ON_MS);
    }
}
