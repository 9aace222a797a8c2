#include "dma.h"

#include "register/dma_channels.h"
#include "register/dmamux.h"

static struct dma_registers *controller_of(struct dma_line line)
{
    return line.controller == 1 ? DMA1 : DMA2;
}

static struct dma_channel_registers *channel_of(struct dma_line line)
{
    return &controller_of(line)->channel[line.number];
}

static void clear_flags(struct dma_line line, uint32_t flags)
{
    controller_of(line)->IFCR = flags << line.number * 4u;
}

void dma_stop(struct dma_line line)
{
    channel_of(line)->CCR &= ~DMA_CCR_EN;
    clear_flags(line, DMA_TEIF | DMA_HTIF | DMA_TCIF);
}

void dma_start(const struct dma_transfer *transfer)
{
    const struct dma_line line = transfer->line;
    struct dma_channel_registers *const channel = channel_of(line);
    dma_stop(line);

    uint32_t ccr = DMA_CCR_MINC | (uint32_t)transfer->size << DMA_CCR_PSIZE_SHIFT |
                   (uint32_t)transfer->size << DMA_CCR_MSIZE_SHIFT;
    ccr |= transfer->direction == DMA_COPY ? DMA_CCR_PINC | DMA_CCR_MEM2MEM : 0u;
    ccr |= transfer->direction == DMA_TO_PERIPHERAL ? DMA_CCR_DIR : 0u;
    ccr |= transfer->circular ? DMA_CCR_CIRC : 0u;
    ccr |= transfer->interrupt ? DMA_CCR_TCIE | DMA_CCR_HTIE | DMA_CCR_TEIE : 0u;
    DMAMUX1_CCR[(line.controller - 1u) * 8u + line.number] = line.request;
    channel->CNDTR = transfer->count;
    channel->CPAR = (uint32_t)(uintptr_t)transfer->peripheral;
    channel->CMAR = (uint32_t)(uintptr_t)transfer->memory;
    __asm volatile("dsb" ::: "memory"); /* what the transfer reads has been written */
    channel->CCR = ccr;
    channel->CCR = ccr | DMA_CCR_EN;
}

uint32_t dma_events(struct dma_line line)
{
    const uint32_t flags = controller_of(line)->ISR >> line.number * 4u;
    return ((flags & DMA_HTIF) != 0u ? DMA_HALF : 0u) |
           ((flags & DMA_TCIF) != 0u ? DMA_COMPLETE : 0u) |
           ((flags & DMA_TEIF) != 0u ? DMA_ERROR : 0u);
}

void dma_clear(struct dma_line line, uint32_t events)
{
    clear_flags(line, ((events & DMA_HALF) != 0u ? DMA_HTIF : 0u) |
                          ((events & DMA_COMPLETE) != 0u ? DMA_TCIF : 0u) |
                          ((events & DMA_ERROR) != 0u ? DMA_TEIF : 0u));
}

uint32_t dma_remaining(struct dma_line line)
{
    return channel_of(line)->CNDTR;
}
