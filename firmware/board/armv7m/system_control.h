#ifndef ARMV7M_SYSTEM_CONTROL_H
#define ARMV7M_SYSTEM_CONTROL_H

/* System control space of Armv7-M (DDI 0403E.e, B3.2). */

#include <stdint.h>

#define SCB_VTOR (*(volatile uint32_t *)0xE000ED08u)     /* vector table offset, B3.2.5 */
#define SCB_CPACR (*(volatile uint32_t *)0xE000ED88u)    /* coprocessor access, B3.2.20 */
#define SCB_CPACR_FPU_FULL (0xFu << 20)                  /* CP10 and CP11 */

#define SCB_AIRCR (*(volatile uint32_t *)0xE000ED0Cu)    /* B3.2.6 */
#define SCB_AIRCR_SYSRESETREQ ((0x5FAu << 16) | (1u << 2))

#define NVIC_ISER ((volatile uint32_t *)0xE000E100u)     /* set-enable, 32 interrupts a word, B3.4.4 */

static inline void nvic_enable(uint32_t interrupt)
{
    NVIC_ISER[interrupt / 32u] = 1u << (interrupt % 32u);
}

__attribute__((noreturn)) static inline void system_reset(void)
{
    __asm volatile("dsb" ::: "memory");
    SCB_AIRCR = SCB_AIRCR_SYSRESETREQ;
    for (;;) {
    }
}

static inline void wait_for_interrupt(void)
{
    __asm volatile("dsb\n\twfi" ::: "memory");
}

#endif
