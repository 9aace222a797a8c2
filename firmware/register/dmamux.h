#ifndef REGISTER_DMAMUX_H
#define REGISTER_DMAMUX_H

/*
 * DMAMUX1 of the STM32G4 and H7 (RM0440 13.6, RM0433 17.6). Its channels 0 to 7 feed DMA1, 8 to 15
 * DMA2, in order.
 */

#include <stdint.h>

#include "memory_map.h"

#define DMAMUX1_CCR ((volatile uint32_t *)DMAMUX1_BASE) /* by channel; bits 6 to 0: DMAREQ_ID */

#endif
