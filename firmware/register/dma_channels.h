#ifndef REGISTER_DMA_CHANNELS_H
#define REGISTER_DMA_CHANNELS_H

/* DMA of the STM32G4: eight channels, which the manual counts from 1 (RM0440 12.6). */

#include <stdint.h>

#include "memory_map.h"

struct dma_channel_registers {
    volatile uint32_t CCR;
    volatile uint32_t CNDTR;
    volatile uint32_t CPAR;
    volatile uint32_t CMAR;
    uint32_t reserved;
};

struct dma_registers {
    volatile uint32_t ISR;
    volatile uint32_t IFCR;
    struct dma_channel_registers channel[8];
};

_Static_assert(sizeof(struct dma_registers) == 0xA8, "DMA layout");

#define DMA1 ((struct dma_registers *)DMA1_BASE)
#define DMA2 ((struct dma_registers *)DMA2_BASE)

/* Flags, as they stand in ISR for channel 1 */
#define DMA_TCIF (1u << 1)
#define DMA_HTIF (1u << 2)
#define DMA_TEIF (1u << 3)

#define DMA_CCR_EN (1u << 0)
#define DMA_CCR_TCIE (1u << 1)
#define DMA_CCR_HTIE (1u << 2)
#define DMA_CCR_TEIE (1u << 3)
#define DMA_CCR_DIR (1u << 4)
#define DMA_CCR_CIRC (1u << 5)
#define DMA_CCR_PINC (1u << 6)
#define DMA_CCR_MINC (1u << 7)
#define DMA_CCR_PSIZE_SHIFT 8u
#define DMA_CCR_MSIZE_SHIFT 10u
#define DMA_CCR_MEM2MEM (1u << 14)

#endif
