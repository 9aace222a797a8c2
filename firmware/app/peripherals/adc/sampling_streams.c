#include "sampling.h"

#include "memory_map.h"

#ifndef ADC345_COMMON_BASE /* STM32F4, F7 and H7: a DMA controller of eight streams */

#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "interrupts.h"

struct dma_stream_registers {
    volatile uint32_t CR;
    volatile uint32_t NDTR;
    volatile uint32_t PAR;
    volatile uint32_t M0AR;
    volatile uint32_t M1AR;
    volatile uint32_t FCR;
};

struct dma_registers { /* RM0090 section 10.5, RM0433 section 15.5 */
    volatile uint32_t LISR;
    volatile uint32_t HISR;
    volatile uint32_t LIFCR;
    volatile uint32_t HIFCR;
    struct dma_stream_registers stream[8];
};

#ifdef DMAMUX1_BASE /* STM32H7: DMA1, whose stream 0 hears what DMAMUX1's channel 0 selects */
#define DMA ((struct dma_registers *)DMA1_BASE)
#define DMAMUX1_C0CR (*(volatile uint32_t *)DMAMUX1_BASE)
#define REQUEST_ADC1 9u /* RM0433, table 121 */
#define INTERRUPT INTERRUPT_DMA1_Stream0
#define HANDLER DMA1_Stream0_IRQHandler
#else /* stream 0 of DMA2 hears ADC1 on its channel 0: RM0090, table 43 */
#define DMA ((struct dma_registers *)DMA2_BASE)
#define INTERRUPT INTERRUPT_DMA2_Stream0
#define HANDLER DMA2_Stream0_IRQHandler
#endif

#define CR_EN (1u << 0)
#define CR_HTIE (1u << 3)
#define CR_TCIE (1u << 4)
#define CR_CIRC (1u << 8)
#define CR_MINC (1u << 10)
#define CR_HALFWORDS (1u << 11 | 1u << 13)
#define HTIF0 (1u << 4)
#define TCIF0 (1u << 5)
#define FLAGS0 0x3Du

static const uint16_t *halves[2];

void sampling_start(volatile uint32_t *source, uint16_t *buffer, uint32_t count)
{
    struct dma_stream_registers *const stream = &DMA->stream[0];
    halves[0] = buffer;
    halves[1] = buffer + count / 2u;
#ifdef DMAMUX1_BASE
    clock_gate_open(CLOCK_DMA1);
    DMAMUX1_C0CR = REQUEST_ADC1;
#else
    clock_gate_open(CLOCK_DMA2);
#endif
    stream->PAR = (uint32_t)(uintptr_t)source;
    stream->M0AR = (uint32_t)(uintptr_t)buffer;
    stream->NDTR = count;
    stream->CR = CR_HTIE | CR_TCIE | CR_CIRC | CR_MINC | CR_HALFWORDS;
    stream->CR |= CR_EN;
    nvic_enable(INTERRUPT);
}

void sampling_stop(void)
{
    DMA->stream[0].CR = 0;
    while ((DMA->stream[0].CR & CR_EN) != 0u) {
    }
    DMA->LIFCR = FLAGS0;
}

void HANDLER(void);

void HANDLER(void)
{
    const uint32_t flags = DMA->LISR;
    DMA->LIFCR = flags & FLAGS0;
    if ((flags & HTIF0) != 0u) {
        sampling_half_is_full(halves[0]);
    }
    if ((flags & TCIF0) != 0u) {
        sampling_half_is_full(halves[1]);
    }
}

#endif
