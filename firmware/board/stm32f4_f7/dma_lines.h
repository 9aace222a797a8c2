#ifndef STM32F4_F7_DMA_LINES_H
#define STM32F4_F7_DMA_LINES_H

/*
 * Which DMA line serves which request here (RM0090 tables 42 and 43, RM0385 tables 24 and 25), for a
 * struct dma_line.
 */

#include "driver/dma.h"

#define DMA_HAS_TWO_BUFFERS 1

#define DMA_LINE_ADC1 ((struct dma_line){2, 0, 0})
#define DMA_LINE_USART3_RX ((struct dma_line){1, 1, 4})
#define DMA_LINE_USART3_TX ((struct dma_line){1, 3, 4})
#define DMA_LINE_I2C1_RX ((struct dma_line){1, 0, 1})
#define DMA_LINE_SPI1_RX ((struct dma_line){2, 0, 3})
#define DMA_LINE_SPI1_TX ((struct dma_line){2, 3, 3})
#define DMA_LINE_SPI2_RX ((struct dma_line){1, 3, 0})
#define DMA_LINE_DCMI ((struct dma_line){2, 1, 1})
#define DMA_LINE_TIM1_UP ((struct dma_line){2, 5, 6})
#define DMA_LINE_COPY ((struct dma_line){2, 0, 0})

#define TIM1_CLOCK_CORE_CLOCKS 1u /* TIM1 counts so much slower than the core at full speed */

#define DMA_ADC1_IRQHandler DMA2_Stream0_IRQHandler
#define DMA_USART3_RX_IRQHandler DMA1_Stream1_IRQHandler
#define DMA_COPY_IRQHandler DMA2_Stream0_IRQHandler
#define DMA_SPI2_RX_IRQHandler DMA1_Stream3_IRQHandler
#define INTERRUPT_DMA_SPI2_RX INTERRUPT_DMA1_Stream3
#define INTERRUPT_DMA_ADC1 INTERRUPT_DMA2_Stream0
#define INTERRUPT_DMA_USART3_RX INTERRUPT_DMA1_Stream1
#define INTERRUPT_DMA_COPY INTERRUPT_DMA2_Stream0

#endif
