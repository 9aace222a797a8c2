#ifndef STM32F4_F7_PLL_H
#define STM32F4_F7_PLL_H

/*
 * The main PLL, from 1 MHz that HSE or HSI give, and the way of the core onto it: HCLK is half of its
 * VCO, APB1 a quarter of that, APB2 a half (RM0090 section 7.2, RM0385 section 5.2).
 */

#include <stdbool.h>
#include <stdint.h>

#include "register/rcc.h"
#include "wait_until.h"

#define PLL_APB1_DIVIDER 4u

/* The VCO at n MHz, USB's clock at a q-th of it. Whether it locked within so many polls. */
static inline bool pll_start(bool from_hse, uint32_t n, uint32_t q, uint32_t polls)
{
    RCC->PLLCFGR = RCC_PLLCFGR_N(n) | RCC_PLLCFGR_P(2) | RCC_PLLCFGR_Q(q) |
                   (from_hse ? RCC_PLLCFGR_M(CLOCK_HSE_MHZ) | RCC_PLLCFGR_SRC_HSE
                             : RCC_PLLCFGR_M(16));
    RCC->CR |= RCC_CR_PLLON;
    return wait_until(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY, polls);
}

static inline bool pll_drive_core(uint32_t polls)
{
    const uint32_t prescalers = RCC_CFGR_HPRE_MASK | RCC_CFGR_PPRE1_MASK | RCC_CFGR_PPRE2_MASK;
    RCC->CFGR = (RCC->CFGR & ~prescalers) | RCC_CFGR_PPRE1_DIV4 | RCC_CFGR_PPRE2_DIV2;
    RCC->CFGR = (RCC->CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_PLL;
    return wait_until(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL, polls);
}

/* Back to what reset gave: the core on the undivided HSI. */
static inline void pll_leave(uint32_t polls)
{
    RCC->CFGR &= ~(RCC_CFGR_SW_MASK | RCC_CFGR_PPRE1_MASK | RCC_CFGR_PPRE2_MASK);
    (void)wait_until(&RCC->CFGR, RCC_CFGR_SWS_MASK, 0, polls);
    RCC->CR &= ~RCC_CR_PLLON; /* refused while the core runs from it (RM0090 7.3.1, RM0385 5.3.1) */
}

#endif
