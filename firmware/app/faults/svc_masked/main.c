/*
 * What is wrong: the log takes its lock by SVC, and it is called from within a critical section.
 * Silicon: PRIMASK keeps SVCall from being taken; an SVC that cannot be taken at once is a HardFault
 * (FORCED, DDI 0403E.e, B1.5.4).
 */

#include "board.h"
#include "driver/console.h"

void SVC_Handler(void);

static volatile uint32_t locks;

void SVC_Handler(void)
{
    locks++;
}

__attribute__((noipa)) static void write_log(const char *text)
{
    __asm volatile("svc #1" ::: "memory"); /* faults here */
    console_text(text);
}

__attribute__((noipa)) static void set_time(volatile uint32_t *seconds, uint32_t value)
{
    __asm volatile("cpsid i" ::: "memory");
    *seconds = value;
    write_log("time set\n");
    __asm volatile("cpsie i" ::: "memory");
}

int main(void)
{
    static volatile uint32_t seconds;
    (void)board_start();
    write_log("setting the time\n");
    set_time(&seconds, 1000);
    console_text("PASS\n");
    for (;;) {
    }
}
