#ifndef REGISTER_DMA_STREAMS_H
#define REGISTER_DMA_STREAMS_H

/* DMA of the STM32F4, F7 and H7: eight streams (RM0090 10.5, RM0385 8.5, RM0433 15.5). */

#include <stdint.h>

#include "memory_map.h"

struct dma_stream_registers {
    volatile uint32_t CR;
    volatile uint32_t NDTR;
    volatile uint32_t PAR;
    volatile uint32_t M0AR;
    volatile uint32_t M1AR;
    volatile uint32_t FCR;
};

struct dma_registers {
    volatile uint32_t ISR[2];  /* LISR: streams 0 to 3, HISR: 4 to 7 */
    volatile uint32_t IFCR[2]; /* LIFCR, HIFCR */
    struct dma_stream_registers stream[8];
};

_Static_assert(sizeof(struct dma_registers) == 0xD0, "DMA layout");

#define DMA1 ((struct dma_registers *)DMA1_BASE)
#define DMA2 ((struct dma_registers *)DMA2_BASE)

/* Flags, as they stand in LISR for stream 0 */
#define DMA_FEIF (1u << 0)
#define DMA_DMEIF (1u << 2)
#define DMA_TEIF (1u << 3)
#define DMA_HTIF (1u << 4)
#define DMA_TCIF (1u << 5)

#define DMA_CR_EN (1u << 0)
#define DMA_CR_TEIE (1u << 2)
#define DMA_CR_HTIE (1u << 3)
#define DMA_CR_TCIE (1u << 4)
#define DMA_CR_DIR_SHIFT 6u
#define DMA_CR_CIRC (1u << 8)
#define DMA_CR_PINC (1u << 9)
#define DMA_CR_MINC (1u << 10)
#define DMA_CR_PSIZE_SHIFT 11u
#define DMA_CR_MSIZE_SHIFT 13u
#define DMA_CR_DBM (1u << 18)
#define DMA_CR_CT (1u << 19)
#define DMA_CR_CHSEL_SHIFT 25u /* not on the STM32H7: DMAMUX */

#define DMA_FCR_DMDIS (1u << 2)
#define DMA_FCR_FTH_FULL (3u << 0)

#endif
