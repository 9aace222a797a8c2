/*
 * What is wrong: a task switch written by hand ends with an EXC_RETURN value that does not exist:
 * 0xFFFFFFF5 for 0xFFFFFFF9.
 * Silicon: a UsageFault (INVPC) in the handler (DDI 0403E.e, B1.5.8), here a HardFault.
 */

#include "board.h"
#include "driver/console.h"

#define SCB_ICSR (*(volatile uint32_t *)0xE000ED04u) /* DDI 0403E.e, B3.2.4 */
#define SCB_ICSR_PENDSVSET (1u << 28)

void PendSV_Handler(void);

__attribute__((naked)) void PendSV_Handler(void)
{
    __asm volatile( /* faults here */
        "mvn r0, #10\n\t"
        "bx r0");
}

__attribute__((noipa)) static void yield(void)
{
    SCB_ICSR = SCB_ICSR_PENDSVSET;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

int main(void)
{
    (void)board_start();
    console_text("switching\n");
    yield();
    console_text("PASS\n");
    for (;;) {
    }
}
