#ifndef REGISTER_PWR_H
#define REGISTER_PWR_H

/* Power controller of the STM32G4 (RM0440 section 6.4). */

#include <stdint.h>

#include "memory_map.h"

struct pwr_registers {
    volatile uint32_t CR1;     /* 0x00 */
    volatile uint32_t CR2;     /* 0x04 */
    volatile uint32_t CR3;     /* 0x08 */
    volatile uint32_t CR4;     /* 0x0C */
    volatile uint32_t SR1;     /* 0x10 */
    volatile uint32_t SR2;     /* 0x14 */
    volatile uint32_t SCR;     /* 0x18 */
    uint32_t reserved_1c[25];
    volatile uint32_t CR5;     /* 0x80 */
};

_Static_assert(sizeof(struct pwr_registers) == 0x84, "PWR layout");

#define PWR ((struct pwr_registers *)PWR_BASE)

#define PWR_CR1_VOS_MASK (3u << 9)     /* 6.4.1 */
#define PWR_CR1_VOS_RANGE_1 (1u << 9)
#define PWR_SR2_VOSF (1u << 10)        /* the regulator has not yet reached the range (6.4.6) */
#define PWR_CR5_R1MODE (1u << 8)       /* range 1 without boost (6.4.24) */

#endif
