#ifndef DRIVER_DMA_H
#define DRIVER_DMA_H

/*
 * Transfers by DMA1 and DMA2, by streams (STM32F4, F7, H7) or channels (G4). The controller's clock
 * must be on (dma_clock.h). Which line a request has is the board's matter
 * (dma_lines.h). The data cache, where there is one, is the caller's matter (board/armv7m/cache.h).
 */

#include <stdbool.h>
#include <stdint.h>

enum dma_direction { DMA_TO_MEMORY, DMA_TO_PERIPHERAL, DMA_COPY };
enum dma_size { DMA_BYTE, DMA_HALFWORD, DMA_WORD };

/* Events of a transfer; a mask of these is what dma_events gives and dma_clear takes. */
enum dma_event { DMA_HALF = 1, DMA_COMPLETE = 2, DMA_ERROR = 4 };

/* One stream or channel, and what makes it move an item. */
struct dma_line {
    uint8_t controller; /* 1 or 2 */
    uint8_t number;     /* stream 0 to 7, or channel - 1 */
    uint8_t request;    /* SxCR.CHSEL, or DMAMUX_CxCR.DMAREQ_ID; nothing for a copy */
};

struct dma_transfer {
    struct dma_line line;
    enum dma_direction direction;
    volatile const void *peripheral; /* a register; of a copy: where it reads, upwards */
    volatile void *memory;
    volatile void *second; /* the other of two buffers; NULL: none. The G4 cannot. */
    uint16_t count;        /* items; of each buffer */
    enum dma_size size;    /* of an item */
    bool circular;
    bool interrupt; /* at half, at the end, and on an error */
};

/* Starts a transfer; what the line was doing ends, its events are forgotten. */
void dma_start(const struct dma_transfer *transfer);

/* Ends what the line does; what has been moved stays. */
void dma_stop(struct dma_line line);

uint32_t dma_events(struct dma_line line);
void dma_clear(struct dma_line line, uint32_t events);

/* Items still to be moved. */
uint32_t dma_remaining(struct dma_line line);

/* Waits for the end; returns the events there were. */
static inline uint32_t dma_wait(struct dma_line line)
{
    uint32_t events;
    do {
        events = dma_events(line);
    } while ((events & (DMA_COMPLETE | DMA_ERROR)) == 0u);
    return events;
}

#endif
