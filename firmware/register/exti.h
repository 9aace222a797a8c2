#ifndef REGISTER_EXTI_H
#define REGISTER_EXTI_H

/*
 * External interrupts: lines 0 to 15 are the pins of that number, of the port that SYSCFG selects
 * (RM0090 12.3 and 9.2.3, RM0385 11.9 and 7.2.3, RM0440 15.5 and 10.2.3, RM0433 20.6 and 12.3.3).
 */

#include <stdint.h>

#include "memory_map.h"

#ifdef STM32H743_MEMORY_MAP_H
struct exti_registers {
    volatile uint32_t RTSR;         /* 0x00 */
    volatile uint32_t FTSR;         /* 0x04 */
    volatile uint32_t SWIER;        /* 0x08 */
    uint32_t reserved_0C[(0x80 - 0x0C) / 4];
    volatile uint32_t IMR;          /* 0x80, of the processor */
    volatile uint32_t EMR;          /* 0x84 */
    volatile uint32_t PR;           /* 0x88 */
};
#else
struct exti_registers {
    volatile uint32_t IMR;          /* 0x00 */
    volatile uint32_t EMR;          /* 0x04 */
    volatile uint32_t RTSR;         /* 0x08 */
    volatile uint32_t FTSR;         /* 0x0C */
    volatile uint32_t SWIER;        /* 0x10 */
    volatile uint32_t PR;           /* 0x14 */
};
#endif

#define EXTI ((struct exti_registers *)EXTI_BASE)

/* Four lines a register, four bits a line: 0 for port A, 1 for port B ... */
#define SYSCFG_EXTICR ((volatile uint32_t *)(SYSCFG_BASE + 0x08u))

#endif
