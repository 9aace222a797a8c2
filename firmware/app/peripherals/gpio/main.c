/*
 * Pins at work: what a port holds after reset and before its clock, an output that is wired to an
 * input (PB0 to PC0), the edges and the software trigger that call a handler and how long the way
 * there is, the port that SYSCFG selects, open drain against a pull-up, the lock of a pin's
 * configuration, an LED at PB1, and a button at PC13.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "driver/console.h"
#include "driver/cycle_counter.h"
#include "driver/pin.h"
#include "driver/pin_interrupt.h"
#include "driver/report.h"

#define OUT_PIN 0u    /* of port B */
#define LED_PIN 1u    /* of port B */
#define DRAIN_PIN 2u  /* of port B */
#define IN_PIN 0u     /* of port C */
#define BUTTON_PIN 13u
#define LCKR_KEY (1u << 16)

static volatile uint32_t edges, entered_at, presses;

void EXTI0_IRQHandler(void);
void EXTI15_10_IRQHandler(void);

void EXTI0_IRQHandler(void)
{
    entered_at = cycle_counter_read();
    EXTI->PR = 1u << IN_PIN;
    edges++;
}

void EXTI15_10_IRQHandler(void)
{
    if (pin_interrupt_take(BUTTON_PIN)) {
        pin_write(GPIOB, LED_PIN, true);
        presses++;
    }
}

static void show_gate_and_reset_values(void)
{
    GPIOD->ODR = 0xFFu; /* lost: no clock */
    report("moder_without_clock", GPIOD->MODER);
    clock_gate_open(CLOCK_GPIOD);
    report("odr_after_lost_write", GPIOD->ODR);
    report("moder_d", GPIOD->MODER);
    clock_gate_open(CLOCK_GPIOB);
    clock_gate_open(CLOCK_GPIOC);
    report("moder_b", GPIOB->MODER);
    report("ospeedr_b", GPIOB->OSPEEDR);
    report("pupdr_b", GPIOB->PUPDR);
    report("moder_c", GPIOC->MODER);
}

static void pulse(void)
{
    pin_write(GPIOB, OUT_PIN, true);
    pin_write(GPIOB, OUT_PIN, false);
}

static uint32_t edges_of_a_pulse(bool rising, bool falling)
{
    EXTI->RTSR = (EXTI->RTSR & ~(1u << IN_PIN)) | ((uint32_t)rising << IN_PIN);
    EXTI->FTSR = (EXTI->FTSR & ~(1u << IN_PIN)) | ((uint32_t)falling << IN_PIN);
    edges = 0;
    pulse();
    return edges;
}

static void follow_a_wire(void)
{
    pin_mode(GPIOB, OUT_PIN, GPIO_MODER_OUTPUT);
    pin_mode(GPIOC, IN_PIN, GPIO_MODER_INPUT);
    pin_write(GPIOB, OUT_PIN, true);
    const uint32_t high = pin_read(GPIOC, IN_PIN);
    pin_write(GPIOB, OUT_PIN, false);
    report("wire", 10u * high + pin_read(GPIOC, IN_PIN));

    pin_interrupt_start(PIN_PORT_A, IN_PIN);
    report("edges_of_port_a", edges_of_a_pulse(true, true));
    SYSCFG_EXTICR[0] = PIN_PORT_C; /* lost, unless something has opened the clock of SYSCFG */
    report("exticr_without_clock", SYSCFG_EXTICR[0]);
    clock_gate_open(CLOCK_SYSCFG);
    pin_interrupt_start(PIN_PORT_C, IN_PIN);
    report("edges_none", edges_of_a_pulse(false, false));
    report("edges_rising", edges_of_a_pulse(true, false));
    report("edges_falling", edges_of_a_pulse(false, true));
    report("edges_both", edges_of_a_pulse(true, true));

    edges = 0;
    EXTI->SWIER = 1u << IN_PIN;
    report("edges_by_software", edges);

    EXTI->IMR &= ~(1u << IN_PIN);
    report("edges_masked", edges_of_a_pulse(true, false));
    report("pending_masked", EXTI->PR >> IN_PIN & 1u);
    edges = 0;
    EXTI->IMR |= 1u << IN_PIN;
    report("edges_unmasked", edges);
}

static void measure_latency(void)
{
    (void)edges_of_a_pulse(true, false);
    const uint32_t before = cycle_counter_read();
    pin_write(GPIOB, OUT_PIN, true);
    report("cycles_to_handler", entered_at - before);
    pin_write(GPIOB, OUT_PIN, false);
}

static void show_open_drain(void)
{
    pin_open_drain(GPIOB, DRAIN_PIN);
    pin_pull_up(GPIOB, DRAIN_PIN);
    pin_mode(GPIOB, DRAIN_PIN, GPIO_MODER_OUTPUT);
    pin_write(GPIOB, DRAIN_PIN, true);
    const uint32_t released = pin_read(GPIOB, DRAIN_PIN);
    pin_write(GPIOB, DRAIN_PIN, false);
    report("open_drain", 10u * released + pin_read(GPIOB, DRAIN_PIN));
}

static void lock(struct gpio_registers *port, uint32_t pins)
{
    port->LCKR = LCKR_KEY | pins;
    port->LCKR = pins;
    port->LCKR = LCKR_KEY | pins;
    (void)port->LCKR;
}

static void show_lock(void)
{
    lock(GPIOD, 1u);
    report("locked", (GPIOD->LCKR & LCKR_KEY) != 0u);
    const uint32_t before = GPIOD->MODER & 3u;
    pin_mode(GPIOD, 0, GPIO_MODER_OUTPUT);
    report("locked_pin_kept", (GPIOD->MODER & 3u) == before);
    pin_mode(GPIOD, 1, GPIO_MODER_OUTPUT);
    report("free_pin_changed", (GPIOD->MODER >> 2 & 3u) == GPIO_MODER_OUTPUT);
}

int main(void)
{
    (void)board_start();
    show_gate_and_reset_values();
    follow_a_wire();
    measure_latency();
    show_open_drain();
    show_lock();

    pin_mode(GPIOB, LED_PIN, GPIO_MODER_OUTPUT);
    pin_mode(GPIOC, BUTTON_PIN, GPIO_MODER_INPUT);
    pin_interrupt_start(PIN_PORT_C, BUTTON_PIN);
    console_text("press\n");
    while (presses == 0) {
        wait_for_interrupt();
    }
    report_done();
}
