#ifndef REGISTER_SYSCFG_H
#define REGISTER_SYSCFG_H

/* System configuration controller of the STM32H743 (RM0433 section 12.3). */

#include <stdint.h>

#include "memory_map.h"

#define SYSCFG_PWRCR (*(volatile uint32_t *)(SYSCFG_BASE + 0x2Cu))
#define SYSCFG_PWRCR_ODEN (1u << 0) /* scale 1 raised to scale 0 (12.3.9) */

#endif
