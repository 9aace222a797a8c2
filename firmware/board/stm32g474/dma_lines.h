#ifndef STM32G474_DMA_LINES_H
#define STM32G474_DMA_LINES_H

/* Which DMA line serves which request here (RM0440 table 91), for a struct dma_line. */

#include "driver/dma.h"

#define DMA_CLOCK_MULTIPLEXER CLOCK_DMAMUX1 /* the gate that it needs besides its own */

#define DMA_LINE_ADC1 ((struct dma_line){1, 0, 5})
#define DMA_LINE_USART3_RX ((struct dma_line){1, 1, 28})
#define DMA_LINE_USART3_TX ((struct dma_line){1, 3, 29})
#define DMA_LINE_I2C1_RX ((struct dma_line){1, 4, 16})
#define DMA_LINE_SPI1_RX ((struct dma_line){2, 1, 10})
#define DMA_LINE_SPI1_TX ((struct dma_line){2, 2, 11})
#define DMA_LINE_SPI2_RX ((struct dma_line){1, 2, 12})
#define DMA_LINE_TIM1_UP ((struct dma_line){2, 5, 46})
#define DMA_LINE_COPY ((struct dma_line){2, 0, 0})

#define TIM1_CLOCK_CORE_CLOCKS 1u /* TIM1 counts so much slower than the core at full speed */

#define DMA_ADC1_IRQHandler DMA1_Channel1_IRQHandler
#define DMA_USART3_RX_IRQHandler DMA1_Channel2_IRQHandler
#define DMA_COPY_IRQHandler DMA2_Channel1_IRQHandler
#define DMA_SPI2_RX_IRQHandler DMA1_Channel3_IRQHandler
#define INTERRUPT_DMA_SPI2_RX INTERRUPT_DMA1_Channel3
#define INTERRUPT_DMA_ADC1 INTERRUPT_DMA1_Channel1
#define INTERRUPT_DMA_USART3_RX INTERRUPT_DMA1_Channel2
#define INTERRUPT_DMA_COPY INTERRUPT_DMA2_Channel1

#endif
