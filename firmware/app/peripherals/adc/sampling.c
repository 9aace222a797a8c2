#include "sampling.h"

#include "board/armv7m/system_control.h"
#include "dma_lines.h"
#include "driver/dma.h"
#include "driver/dma_clock.h"
#include "interrupts.h"

static const uint16_t *halves[2];

void sampling_start(const volatile uint32_t *source, uint16_t *buffer, uint16_t count)
{
    halves[0] = buffer;
    halves[1] = buffer + count / 2u;
    dma_clock_open(CLOCK_DMA1);
    dma_clock_open(CLOCK_DMA2);
    dma_start(&(struct dma_transfer){
        .line = DMA_LINE_ADC1,
        .direction = DMA_TO_MEMORY,
        .peripheral = source,
        .memory = buffer,
        .count = count,
        .size = DMA_HALFWORD,
        .circular = true,
        .interrupt = true,
    });
    nvic_enable(INTERRUPT_DMA_ADC1);
}

void sampling_stop(void)
{
    dma_stop(DMA_LINE_ADC1);
}

void DMA_ADC1_IRQHandler(void)
{
    const uint32_t events = dma_events(DMA_LINE_ADC1);
    dma_clear(DMA_LINE_ADC1, events);
    if ((events & DMA_HALF) != 0u) {
        sampling_half_is_full(halves[0]);
    }
    if ((events & DMA_COMPLETE) != 0u) {
        sampling_half_is_full(halves[1]);
    }
}
