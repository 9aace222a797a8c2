#include "sampling.h"

#include "memory_map.h"

#ifdef ADC345_COMMON_BASE /* STM32G4: a DMA controller of channels behind a multiplexer */

#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "interrupts.h"

struct dma_registers { /* RM0440 section 12.6; of channel 1 */
    volatile uint32_t ISR;
    volatile uint32_t IFCR;
    volatile uint32_t CCR;
    volatile uint32_t CNDTR;
    volatile uint32_t CPAR;
    volatile uint32_t CMAR;
};

#define DMA ((struct dma_registers *)DMA1_BASE)
#define DMAMUX1_C0CR (*(volatile uint32_t *)DMAMUX1_BASE)
#define REQUEST_ADC1 5u /* RM0440, table 91 */

#define CCR_EN (1u << 0)
#define CCR_TCIE (1u << 1)
#define CCR_HTIE (1u << 2)
#define CCR_CIRC (1u << 5)
#define CCR_MINC (1u << 7)
#define CCR_HALFWORDS (1u << 8 | 1u << 10)
#define TCIF1 (1u << 1)
#define HTIF1 (1u << 2)
#define FLAGS1 0xFu

static const uint16_t *halves[2];

void sampling_start(volatile uint32_t *source, uint16_t *buffer, uint32_t count)
{
    halves[0] = buffer;
    halves[1] = buffer + count / 2u;
    clock_gate_open(CLOCK_DMA1);
    clock_gate_open(CLOCK_DMAMUX1);
    DMAMUX1_C0CR = REQUEST_ADC1;
    DMA->CPAR = (uint32_t)(uintptr_t)source;
    DMA->CMAR = (uint32_t)(uintptr_t)buffer;
    DMA->CNDTR = count;
    DMA->CCR = CCR_HTIE | CCR_TCIE | CCR_CIRC | CCR_MINC | CCR_HALFWORDS;
    DMA->CCR |= CCR_EN;
    nvic_enable(INTERRUPT_DMA1_Channel1);
}

void sampling_stop(void)
{
    DMA->CCR = 0;
    DMA->IFCR = FLAGS1;
}

void DMA1_Channel1_IRQHandler(void);

void DMA1_Channel1_IRQHandler(void)
{
    const uint32_t flags = DMA->ISR;
    DMA->IFCR = flags & FLAGS1;
    if ((flags & HTIF1) != 0u) {
        sampling_half_is_full(halves[0]);
    }
    if ((flags & TCIF1) != 0u) {
        sampling_half_is_full(halves[1]);
    }
}

#endif
