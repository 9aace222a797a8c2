#include "dma.h"

#include <stddef.h>

#include "register/dma_streams.h"

#ifdef DMAMUX1_BASE
#include "register/dmamux.h"
#endif

static struct dma_registers *controller_of(struct dma_line line)
{
    return line.controller == 1 ? DMA1 : DMA2;
}

static struct dma_stream_registers *stream_of(struct dma_line line)
{
    return &controller_of(line)->stream[line.number];
}

/* Where a stream's flags begin in LISR or HISR. */
static uint32_t shift_of(struct dma_line line)
{
    static const uint8_t shifts[] = {0, 6, 16, 22};
    return shifts[line.number % 4u];
}

static void clear_flags(struct dma_line line, uint32_t flags)
{
    controller_of(line)->IFCR[line.number / 4u] = flags << shift_of(line);
}

void dma_stop(struct dma_line line)
{
    struct dma_stream_registers *const stream = stream_of(line);
    stream->CR &= ~DMA_CR_EN;
    while ((stream->CR & DMA_CR_EN) != 0u) {
        /* until the item on its way has arrived */
    }
    clear_flags(line, DMA_FEIF | DMA_DMEIF | DMA_TEIF | DMA_HTIF | DMA_TCIF);
}

void dma_start(const struct dma_transfer *transfer)
{
    const struct dma_line line = transfer->line;
    struct dma_stream_registers *const stream = stream_of(line);
    dma_stop(line);

    uint32_t cr = (uint32_t)transfer->direction << DMA_CR_DIR_SHIFT | DMA_CR_MINC |
                  (uint32_t)transfer->size << DMA_CR_PSIZE_SHIFT |
                  (uint32_t)transfer->size << DMA_CR_MSIZE_SHIFT;
    cr |= transfer->direction == DMA_COPY ? DMA_CR_PINC : 0u;
    cr |= transfer->circular ? DMA_CR_CIRC : 0u;
    cr |= transfer->second != NULL ? DMA_CR_DBM : 0u;
    cr |= transfer->interrupt ? DMA_CR_TCIE | DMA_CR_HTIE | DMA_CR_TEIE : 0u;
#ifdef DMAMUX1_BASE
    DMAMUX1_CCR[(line.controller - 1u) * 8u + line.number] = line.request;
#else
    cr |= (uint32_t)line.request << DMA_CR_CHSEL_SHIFT;
#endif
    stream->NDTR = transfer->count;
    stream->PAR = (uint32_t)(uintptr_t)transfer->peripheral;
    stream->M0AR = (uint32_t)(uintptr_t)transfer->memory;
    stream->M1AR = (uint32_t)(uintptr_t)transfer->second;
    stream->FCR = transfer->direction == DMA_COPY ? DMA_FCR_DMDIS | DMA_FCR_FTH_FULL : 0u;
    __asm volatile("dsb" ::: "memory"); /* what the transfer reads has been written */
    stream->CR = cr;
    stream->CR = cr | DMA_CR_EN;
}

uint32_t dma_events(struct dma_line line)
{
    const uint32_t flags = controller_of(line)->ISR[line.number / 4u] >> shift_of(line);
    return ((flags & DMA_HTIF) != 0u ? DMA_HALF : 0u) |
           ((flags & DMA_TCIF) != 0u ? DMA_COMPLETE : 0u) |
           ((flags & (DMA_TEIF | DMA_FEIF)) != 0u ? DMA_ERROR : 0u);
}

void dma_clear(struct dma_line line, uint32_t events)
{
    clear_flags(line, ((events & DMA_HALF) != 0u ? DMA_HTIF : 0u) |
                          ((events & DMA_COMPLETE) != 0u ? DMA_TCIF : 0u) |
                          ((events & DMA_ERROR) != 0u ? DMA_TEIF | DMA_FEIF : 0u));
}

uint32_t dma_remaining(struct dma_line line)
{
    return stream_of(line)->NDTR;
}
