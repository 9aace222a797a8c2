#ifndef STM32H743_DMA_LINES_H
#define STM32H743_DMA_LINES_H

/* Which DMA line serves which request here (RM0433 table 121), for a struct dma_line. */

#include "driver/dma.h"

#define DMA_HAS_TWO_BUFFERS 1

#define DMA_LINE_ADC1 ((struct dma_line){1, 0, 9})
#define DMA_LINE_USART3_RX ((struct dma_line){1, 1, 45})
#define DMA_LINE_USART3_TX ((struct dma_line){1, 3, 46})
#define DMA_LINE_I2C1_RX ((struct dma_line){1, 0, 33})
#define DMA_LINE_SPI1_RX ((struct dma_line){2, 0, 37})
#define DMA_LINE_SPI1_TX ((struct dma_line){2, 3, 38})
#define DMA_LINE_SPI2_RX ((struct dma_line){1, 4, 39})
#define DMA_LINE_DCMI ((struct dma_line){2, 1, 75})
#define DMA_LINE_TIM1_UP ((struct dma_line){2, 5, 15})
#define DMA_LINE_COPY ((struct dma_line){2, 0, 0})

#define TIM1_CLOCK_CORE_CLOCKS 2u /* TIM1 counts so much slower than the core at full speed */

#define DMA_ADC1_IRQHandler DMA1_Stream0_IRQHandler
#define DMA_USART3_RX_IRQHandler DMA1_Stream1_IRQHandler
#define DMA_COPY_IRQHandler DMA2_Stream0_IRQHandler
#define DMA_SPI2_RX_IRQHandler DMA1_Stream4_IRQHandler
#define INTERRUPT_DMA_SPI2_RX INTERRUPT_DMA1_Stream4
#define INTERRUPT_DMA_ADC1 INTERRUPT_DMA1_Stream0
#define INTERRUPT_DMA_USART3_RX INTERRUPT_DMA1_Stream1
#define INTERRUPT_DMA_COPY INTERRUPT_DMA2_Stream0

#endif
