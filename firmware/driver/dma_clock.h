#ifndef DRIVER_DMA_CLOCK_H
#define DRIVER_DMA_CLOCK_H

/* The clock gates that a DMA controller needs: its own, and its multiplexer's where that has one. */

#include "clock_gates.h"
#include "dma_lines.h"

/* `controller` is CLOCK_DMA1 or CLOCK_DMA2. */
static inline void dma_clock_open(enum clock_gate controller)
{
    clock_gate_open(controller);
#ifdef DMA_CLOCK_MULTIPLEXER
    clock_gate_open(DMA_CLOCK_MULTIPLEXER);
#endif
}

#endif
