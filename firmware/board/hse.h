#ifndef BOARD_HSE_H
#define BOARD_HSE_H

/*
 * The external oscillator, which all four families start alike. CLOCK_HSE_BYPASS says where its
 * megahertz come from: 0, a crystal; 1, a square wave on OSC_IN.
 */

#include <stdbool.h>
#include <stdint.h>

#include "register/rcc.h"
#include "wait_until.h"

/* Whether it became ready within so many polls; it is off again when it did not. */
static inline bool hse_start(uint32_t polls)
{
    if (CLOCK_HSE_BYPASS) {
        RCC->CR |= RCC_CR_HSEBYP; /* writable only while HSEON is 0 */
    }
    RCC->CR |= RCC_CR_HSEON;
    if (wait_until(&RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY, polls)) {
        return true;
    }
    RCC->CR &= ~RCC_CR_HSEON;
    return false;
}

#endif
