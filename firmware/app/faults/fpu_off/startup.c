/* In place of the board's start-up code: memory is prepared, the FPU is forgotten. */

#include "startup.h"

#include "board/armv7m/system_control.h"

__attribute__((noreturn)) void Reset_Handler(void)
{
    const uint32_t *load = __data_load;
    for (uint32_t *to = __data_start; to < __data_end;) {
        *to++ = *load++;
    }
    for (uint32_t *to = __bss_start; to < __bss_end;) {
        *to++ = 0;
    }
    (void)main();
    for (;;) {
        wait_for_interrupt();
    }
}
