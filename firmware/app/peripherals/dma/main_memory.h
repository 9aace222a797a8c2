#ifndef APP_MAIN_MEMORY_H
#define APP_MAIN_MEMORY_H

/* What MDMA of the STM32H7 does beyond DMA1 and DMA2; nothing on the other boards. */
void try_main_memory_dma(void);

#endif
