#ifndef BOARD_CLOCK_H
#define BOARD_CLOCK_H

#include <stdint.h>

enum clock_source {
    CLOCK_PLL_HSE, /* full speed from the external oscillator */
    CLOCK_PLL_HSI, /* full speed from the internal RC oscillator: 1 % off at 25 degrees Celsius */
    CLOCK_HSI,     /* as reset left it: the PLL, the regulator or the switch never became ready */
};

struct clock_tree {
    enum clock_source source;
    uint32_t core_hz; /* core, SysTick, DWT */
    uint32_t apb1_hz; /* PCLK1: USART2 */
};

/* Brings the chip to full speed. Must be called once, on the clock that the chip wakes up with. */
struct clock_tree clock_start(void);

#endif
