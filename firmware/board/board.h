#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

/* BOARD_NAME, such as "stm32f407", comes from the build. */

#include "clock.h"

/*
 * Caches (Cortex-M7), clocks, the 1 ms tick, the cycle counter and the console: USART2 on PA2 (TX)
 * and PA3 (RX), 921600 baud, on every board.
 */
struct clock_tree board_start(void);

#endif
