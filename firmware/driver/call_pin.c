#include "call_pin.h"

#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "pin.h"
#include "pin_interrupt.h"

#define CALL_PIN 1u

static volatile bool called;

void EXTI1_IRQHandler(void)
{
    if (pin_interrupt_take(CALL_PIN)) {
        called = true;
    }
}

void call_pin_start(void)
{
    clock_gate_open(CLOCK_GPIOA);
    clock_gate_open(CLOCK_SYSCFG);
    pin_mode(GPIOA, CALL_PIN, GPIO_MODER_INPUT); /* analog after reset on G4 and H7: no interrupts */
    pin_interrupt_start(PIN_PORT_A, CALL_PIN);
}

void call_pin_forget(void)
{
    called = false;
}

void call_pin_wait(void)
{
    while (!called && !pin_read(GPIOA, CALL_PIN)) {
        wait_for_interrupt();
    }
    called = false;
}
