/* startup.c - vectors, and memory as C expects it. */
#include "device.h"

extern uint32_t _estack, _sidata, _sdata, _edata, _sbss, _ebss;

void Reset_Handler(void);
void Default_Handler(void);
void HardFault_Handler(void) __attribute__((weak, alias("Default_Handler")));

void Reset_Handler(void)
{
    SystemInit();
    for (uint32_t *to = &_sdata, *from = &_sidata; to < &_edata;) {
        *to++ = *from++;
    }
    for (uint32_t *to = &_sbss; to < &_ebss;) {
        *to++ = 0;
    }
    main();
    for (;;) {
    }
}

void Default_Handler(void)
{
    for (;;) {
    }
}

typedef void (*vector)(void);

__attribute__((section(".isr_vector"), used)) static const vector vectors[16 + 39] = {
    [0] = (vector)&_estack,
    [1] = Reset_Handler,
    [2] = Default_Handler,
    [3] = HardFault_Handler,
    [4 ... 14] = Default_Handler,
    [15] = SysTick_Handler,
    [16 ... 16 + USART2_IRQ - 1] = Default_Handler,
    [16 + USART2_IRQ] = USART2_IRQHandler,
};
