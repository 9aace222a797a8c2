/* From reset to main: FPU on, .data copied, .bss cleared. */

#include "startup.h"

#include "board/armv7m/system_control.h"

extern const uint32_t vector_table[];

static inline void clear(uint32_t *from, const uint32_t *end)
{
    while (from < end) {
        *from++ = 0;
    }
}

/*
 * Integer registers only: the FPU is still off while the first lines run. Weak, as vendors have it:
 * an application may bring its own.
 */
__attribute__((weak, noreturn, target("general-regs-only"))) void Reset_Handler(void)
{
    SCB_CPACR |= SCB_CPACR_FPU_FULL;
    __asm volatile("dsb\n\tisb" ::: "memory"); /* PM0214 section 4.6.6, PM0253 section 4.7.6 */

    /* Reset may have fetched the table through an alias of the Flash; name the Flash itself. */
    SCB_VTOR = (uint32_t)(uintptr_t)vector_table;

    const uint32_t *load = __data_load;
    for (uint32_t *to = __data_start; to < __data_end;) {
        *to++ = *load++;
    }
    clear(__bss_start, __bss_end);
    clear(__ccm_bss_start, __ccm_bss_end);
    clear(__dma_bss_start, __dma_bss_end);

    (void)main();
    for (;;) {
        wait_for_interrupt();
    }
}
