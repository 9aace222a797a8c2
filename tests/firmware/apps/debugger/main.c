/* What a debugger is shown: a variable with a history, floating point, a task on its own stack. */

#include "board.h"
#include "board/armv7m/system_control.h"

enum { TASK_WORDS = 64 };

static volatile uint32_t counted;
static volatile float scaled;
static uint32_t task_stack[TASK_WORDS];

__attribute__((noipa)) static void count(uint32_t value)
{
    counted = value;
}

__attribute__((noipa)) static float scale(float value)
{
    return value * 2.5f;
}

__attribute__((noipa)) static void task(void)
{
    count(50u);
}

/* Thread mode on PSP while `run` runs (DDI 0403E.e, B1.4.1). */
__attribute__((naked, noipa)) static void on_process_stack(void (*run)(void), uint32_t *top)
{
    (void)run;
    (void)top;
    __asm volatile("push {r4, lr}\n"
                   "msr psp, r1\n"
                   "mov r4, #2\n"
                   "msr control, r4\n"
                   "isb\n"
                   "blx r0\n"
                   "mov r4, #0\n"
                   "msr control, r4\n"
                   "isb\n"
                   "pop {r4, pc}\n");
}

int main(void)
{
    (void)board_start();
    for (uint32_t turn = 1; turn <= 4u; turn++) {
        count(10u * turn);
    }
    scaled = scale(1.5f);
    on_process_stack(task, &task_stack[TASK_WORDS]);
    for (;;) {
        wait_for_interrupt();
    }
}
