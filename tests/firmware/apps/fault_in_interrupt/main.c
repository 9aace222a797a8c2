/* A handler that faults while it interrupts floating point on a process stack. */

#include "board.h"
#include "driver/console.h"

#define NVIC_ISER0 (*(volatile uint32_t *)0xE000E100u)
#define NVIC_ISPR0 (*(volatile uint32_t *)0xE000E200u)

static uint32_t task_stack[128] __attribute__((aligned(8)));
static volatile float sum;
static volatile uint32_t requests;

__attribute__((noipa)) static void sample(uint32_t number)
{
    if (number == 3u) {
        __asm volatile("udf #7"); /* faults here */
    }
}

void EXTI0_IRQHandler(void);

void EXTI0_IRQHandler(void)
{
    sample(++requests);
    __asm volatile("" ::: "memory"); /* no tail call */
}

__attribute__((noipa)) static void add_up(float step)
{
    for (;;) {
        sum += step;
        NVIC_ISPR0 = 1u << 6;
        __asm volatile("dsb\n\tisb" ::: "memory"); /* interrupted here */
    }
}

int main(void)
{
    (void)board_start();
    console_text("adding up\n");
    NVIC_ISER0 = 1u << 6;
    __asm volatile(
        "msr psp, %0\n\t"
        "movs r0, #2\n\t"
        "msr control, r0\n\t"
        "isb" ::"r"(task_stack + 128) : "r0", "memory");
    add_up(0.5f);
}
