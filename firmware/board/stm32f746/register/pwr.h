#ifndef REGISTER_PWR_H
#define REGISTER_PWR_H

/* Power controller of the STM32F746 (RM0385 section 4.4). */

#include <stdint.h>

#include "memory_map.h"

struct pwr_registers {
    volatile uint32_t CR1;     /* 0x00 */
    volatile uint32_t CSR1;    /* 0x04 */
    volatile uint32_t CR2;     /* 0x08 */
    volatile uint32_t CSR2;    /* 0x0C */
};

#define PWR ((struct pwr_registers *)PWR_BASE)

/* PWR_CR1, 4.4.1 */
#define PWR_CR1_VOS_SCALE_1 (3u << 14)
#define PWR_CR1_ODEN (1u << 16)      /* over-drive on */
#define PWR_CR1_ODSWEN (1u << 17)    /* the core's supply switched to over-drive */

/* PWR_CSR1, 4.4.2 */
#define PWR_CSR1_ODRDY (1u << 16)
#define PWR_CSR1_ODSWRDY (1u << 17)

#endif
