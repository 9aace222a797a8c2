#ifndef REGISTER_FLASH_H
#define REGISTER_FLASH_H

/* Flash memory interface of the STM32H743 (RM0433 section 4.9). */

#include <stdint.h>

#include "memory_map.h"

struct flash_registers {
    volatile uint32_t ACR;    /* 0x00 */
};

#define FLASH ((struct flash_registers *)FLASH_R_BASE)

/* FLASH_ACR, 4.9.1 */
#define FLASH_ACR_MASK 0x3Fu
#define FLASH_ACR_LATENCY(wait_states) ((uint32_t)(wait_states) << 0)
#define FLASH_ACR_WRHIGHFREQ(delay) ((uint32_t)(delay) << 4)

#endif
