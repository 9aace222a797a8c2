/*
 * What is wrong: the handler of EXTI line 0 does not clear the line's pending bit.
 * Silicon: the request stays, the handler is entered again as soon as it returns, and the program
 * that it interrupted never executes another instruction. No fault: the chip is just busy.
 */

#include "board.h"
#include "board/armv7m/system_control.h"
#include "interrupts.h"
#include "driver/console.h"
#include "register/exti.h"

static volatile uint32_t requests;

void EXTI0_IRQHandler(void);

void EXTI0_IRQHandler(void)
{
    requests++; /* faults here */
}

__attribute__((noipa)) static void request_work(void)
{
    EXTI->SWIER = 1;
    console_text("requested\n");
}

int main(void)
{
    (void)board_start();
    EXTI->IMR = 1;
    nvic_enable(INTERRUPT_EXTI0);
    console_text("requesting\n");
    request_work();
    console_text("PASS\n");
    for (;;) {
    }
}
