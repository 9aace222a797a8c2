#ifndef REGISTER_PWR_H
#define REGISTER_PWR_H

/* Power controller of the STM32F405/407 (RM0090 section 5.4). */

#include <stdint.h>

#include "memory_map.h"

struct pwr_registers {
    volatile uint32_t CR;     /* 0x00 */
    volatile uint32_t CSR;    /* 0x04 */
};

#define PWR ((struct pwr_registers *)PWR_BASE)

#define PWR_CR_VOS (1u << 14)        /* regulator scale 1: needed above 144 MHz (5.4.1) */
#define PWR_CSR_VOSRDY (1u << 14)    /* the selected scale is in force (5.4.2) */

#endif
