#ifndef REGISTER_FLASH_H
#define REGISTER_FLASH_H

/* Flash memory interface of the STM32G4 (RM0440 section 3.7). */

#include <stdint.h>

#include "memory_map.h"

struct flash_registers {
    volatile uint32_t ACR;    /* 0x00 */
};

#define FLASH ((struct flash_registers *)FLASH_R_BASE)

/* FLASH_ACR, 3.7.1 */
#define FLASH_ACR_LATENCY_MASK (15u << 0)
#define FLASH_ACR_LATENCY(wait_states) ((uint32_t)(wait_states) << 0)
#define FLASH_ACR_PRFTEN (1u << 8)
#define FLASH_ACR_ICEN (1u << 9)
#define FLASH_ACR_DCEN (1u << 10)

#endif
