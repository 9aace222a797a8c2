/*
 * What is wrong: a digit of port D's address changed places: 0x40200C00 for 0x40020C00.
 * Silicon: nothing answers there (RM0090 section 2.3): a BusFault (PRECISERR, BFAR valid), here a
 * HardFault.
 */

#include "board.h"
#include "clock_gates.h"
#include "register/gpio.h"
#include "driver/console.h"

#define LED_PORT ((struct gpio_registers *)0x40200C00u)
#define GREEN_LED 12u

__attribute__((noipa)) static void led_start(void)
{
    clock_gate_open(CLOCK_GPIOD);
    LED_PORT->MODER |= 1u << (2u * GREEN_LED); /* faults here */
}

int main(void)
{
    (void)board_start();
    console_text("starting the LED\n");
    led_start();
    console_text("PASS\n");
    for (;;) {
    }
}
