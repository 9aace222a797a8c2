#ifndef REGISTER_MDMA_H
#define REGISTER_MDMA_H

/* MDMA of the STM32H7 (RM0433 14.5). */

#include <stdint.h>

#include "memory_map.h"

struct mdma_channel_registers {
    volatile uint32_t ISR;   /* 0x00 */
    volatile uint32_t IFCR;  /* 0x04 */
    volatile uint32_t ESR;   /* 0x08 */
    volatile uint32_t CR;    /* 0x0C */
    volatile uint32_t TCR;   /* 0x10 */
    volatile uint32_t BNDTR; /* 0x14 */
    volatile uint32_t SAR;   /* 0x18 */
    volatile uint32_t DAR;   /* 0x1C */
    volatile uint32_t BRUR;  /* 0x20 */
    volatile uint32_t LAR;   /* 0x24 */
    volatile uint32_t TBR;   /* 0x28 */
    uint32_t reserved1;
    volatile uint32_t MAR;   /* 0x30 */
    volatile uint32_t MDR;   /* 0x34 */
    uint32_t reserved2[2];
};

_Static_assert(sizeof(struct mdma_channel_registers) == 0x40, "MDMA layout");

/* A node of a linked list: what the channel loads by itself (14.3.9). It begins on 8 bytes. */
struct mdma_node {
    uint32_t tcr, bndtr, sar, dar, brur, lar, tbr, reserved, mar, mdr;
};

#define MDMA_CHANNEL ((struct mdma_channel_registers *)(MDMA_BASE + 0x40u))

#define MDMA_TEIF (1u << 0)
#define MDMA_CTCIF (1u << 1)
#define MDMA_BTIF (1u << 3)

#define MDMA_CR_EN (1u << 0)
#define MDMA_CR_SWRQ (1u << 16)

#define MDMA_TCR_UPWARDS (2u << 0 | 2u << 2)
#define MDMA_TCR_WORDS (2u << 4 | 2u << 6 | 2u << 8 | 2u << 10)
#define MDMA_TCR_TLEN_SHIFT 18u
#define MDMA_TCR_TRGM_BLOCK (1u << 28)
#define MDMA_TCR_TRGM_REPEATED (2u << 28)
#define MDMA_TCR_TRGM_WHOLE (3u << 28)
#define MDMA_TCR_SWRM (1u << 30)

#define MDMA_BNDTR_BRC_SHIFT 20u

#define MDMA_TBR_DMA2_TCIF0 8u /* table 108 */
#define MDMA_TBR_SBUS (1u << 16) /* the source is a coupled memory */
#define MDMA_TBR_DBUS (1u << 17)

#endif
