/*
 * What is wrong: the task has a stack of 256 bytes, and formatting a line takes more.
 * Silicon: the process stack grows over what the linker put below it, here the task's own settings,
 * in silence.
 */

#include "board.h"
#include "driver/console.h"

struct task {
    uint32_t settings[32];
    uint32_t stack[64] __attribute__((aligned(8)));
};

struct task task;

__attribute__((noipa)) static void format(char *line, uint32_t size, uint32_t value)
{
    for (uint32_t i = 0; i < size; i++) {
        line[i] = (char)('0' + (value >> (i % 29u)) % 10u);
    }
}

__attribute__((noipa)) static uint32_t report_value(uint32_t value)
{ /* faults here */
    char line[320];
    format(line, sizeof line, value);
    return (uint32_t)line[value % sizeof line];
}

__attribute__((noipa)) static void run_task(void)
{
    console_unsigned(report_value(12345));
    console_text("\nPASS\n");
    for (;;) {
    }
}

/* From here on thread mode uses the process stack; handlers stay on the main one. */
__attribute__((noipa)) static void start_task(uint32_t *top)
{
    __asm volatile(
        "msr psp, %0\n\t"
        "movs r3, #2\n\t"
        "msr control, r3\n\t"
        "isb"
        : : "r"(top) : "r3", "memory");
    run_task();
}

int main(void)
{
    (void)board_start();
    console_text("starting the task\n");
    start_task(task.stack + 64);
    for (;;) {
    }
}
