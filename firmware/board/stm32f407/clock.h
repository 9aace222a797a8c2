#ifndef STM32F407_CLOCK_H
#define STM32F407_CLOCK_H

#include <stdint.h>

enum clock_source {
    CLOCK_PLL_HSE, /* 168 MHz from the external 8 MHz */
    CLOCK_PLL_HSI, /* 168 MHz from the internal RC oscillator: 1 % off at 25 degrees Celsius */
    CLOCK_HSI,     /* 16 MHz: the PLL, the regulator or the switch never became ready */
};

struct clock_tree {
    enum clock_source source;
    uint32_t core_hz; /* HCLK: core, SysTick, DWT */
    uint32_t apb1_hz; /* PCLK1: USART2 */
};

/* Brings the core to 168 MHz. Must be called once, on the 16 MHz that the chip wakes up with. */
struct clock_tree clock_start(void);

#endif
