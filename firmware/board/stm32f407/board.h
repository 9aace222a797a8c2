#ifndef STM32F407_BOARD_H
#define STM32F407_BOARD_H

#include "clock.h"

#define BOARD_NAME "stm32f407"

/* Clocks, the 1 ms tick, the cycle counter and the console on USART2 (PA2 TX, PA3 RX). */
struct clock_tree board_start(void);

#endif
