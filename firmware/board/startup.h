#ifndef BOARD_STARTUP_H
#define BOARD_STARTUP_H

/* What the linker script lays out and the start-up code walks. */

#include <stdint.h>

extern uint8_t __stack_limit[]; /* lowest address of the main stack */
extern uint8_t __stack_top[];   /* one past its highest; the initial stack pointer */

extern const uint32_t __data_load[]; /* initial values of .data, in Flash */
extern uint32_t __data_start[];
extern uint32_t __data_end[];
extern uint32_t __bss_start[];
extern uint32_t __bss_end[];
extern uint32_t __ccm_bss_start[];
extern uint32_t __ccm_bss_end[];
extern uint32_t __dma_bss_start[];
extern uint32_t __dma_bss_end[];

void Reset_Handler(void);
void default_handler(void);
int main(void);

#endif
