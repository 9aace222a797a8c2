#ifndef REGISTER_PWR_H
#define REGISTER_PWR_H

/* Power controller of the STM32H743 (RM0433 section 6.8). */

#include <stdint.h>

#include "memory_map.h"

struct pwr_registers {
    volatile uint32_t CR1;        /* 0x00 */
    volatile uint32_t CSR1;       /* 0x04 */
    volatile uint32_t CR2;        /* 0x08 */
    volatile uint32_t CR3;        /* 0x0C */
    volatile uint32_t CPUCR;      /* 0x10 */
    uint32_t reserved_14;
    volatile uint32_t D3CR;       /* 0x18 */
};

_Static_assert(sizeof(struct pwr_registers) == 0x1C, "PWR layout");

#define PWR ((struct pwr_registers *)PWR_BASE)

#define PWR_CSR1_ACTVOSRDY (1u << 13)  /* 6.8.2 */
#define PWR_CR3_BYPASS (1u << 0)       /* 6.8.4 */
#define PWR_CR3_LDOEN (1u << 1)
#define PWR_CR3_SCUEN (1u << 2)
#define PWR_D3CR_VOSRDY (1u << 13)     /* 6.8.6 */
#define PWR_D3CR_VOS_SCALE_1 (3u << 14)

#endif
