#ifndef STM32F4_F7_I2S_CLOCK_H
#define STM32F4_F7_I2S_CLOCK_H

/*
 * What I2S2 is clocked with: PLLI2S, from the 1 MHz that the main PLL takes, too (RM0090 7.3.23,
 * RM0385 5.3.23).
 */

#include "board/wait_until.h"
#include "register/rcc.h"

#define I2S_CLOCK_HZ 38400000u /* 1 MHz * 192 / 5 */

#define RCC_CR_PLLI2SON (1u << 26)
#define RCC_CR_PLLI2SRDY (1u << 27)
#define RCC_PLLI2SCFGR (*(volatile uint32_t *)(RCC_BASE + 0x84u))

/* Whether it runs. */
static inline bool i2s_clock_start(void)
{
    RCC_PLLI2SCFGR = 192u << 6 | 5u << 28;
    RCC->CR |= RCC_CR_PLLI2SON;
    return wait_until(&RCC->CR, RCC_CR_PLLI2SRDY, RCC_CR_PLLI2SRDY, 100000u);
}

#endif
