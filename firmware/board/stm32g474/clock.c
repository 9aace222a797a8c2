/*
 * The clock tree for 170 MHz (RM0440 sections 3.3.3, 6.1.5 and 7.2).
 *
 *   HSE n MHz  / M n/4 --\
 *                         4 MHz * N 85 = 340 MHz / R 2 = 170 MHz HCLK, APB1 and APB2
 *   HSI 16 MHz / M 4   --/
 *
 * CLOCK_HSE_BYPASS says where the HSE's megahertz come from: 0, a crystal on OSC_IN and OSC_OUT
 * (Nucleo, 24 MHz); 1, a square wave on OSC_IN.
 *
 * Above 150 MHz the regulator must boost its range 1 (R1MODE = 0). The way there is 6.1.5's: halve
 * HCLK, boost, set the wait states, switch, and undo the halving a microsecond later. Every wait is
 * bounded; the waits run on the 16 MHz HSI.
 */

#include "clock.h"

#include "clock_gates.h"
#include "hse.h"
#include "register/flash.h"
#include "register/pwr.h"
#include "register/rcc.h"
#include "wait_until.h"

#define HSI_HZ 16000000u
#define CORE_HZ 170000000u

#define POLLS_PER_MS 4000u /* at 16 MHz (wait_until.h) */
#define HSE_POLLS (100u * POLLS_PER_MS) /* a crystal takes 2 ms, a bad one much more (DS12288 5.3.7) */
#define PLL_POLLS (20u * POLLS_PER_MS)  /* locks within 40 us (DS12288 5.3.9) */
#define READY_POLLS (20u * POLLS_PER_MS)
#define TURNS_PER_US 43u                /* at 170 MHz, four clocks a turn */

_Static_assert(CLOCK_HSE_MHZ % 4 == 0, "the PLL wants 4 MHz: HSE_MHZ must be a multiple of 4");

static bool start_pll(bool from_hse)
{
    RCC->PLLCFGR = RCC_PLLCFGR_N(85) | RCC_PLLCFGR_R(2) | RCC_PLLCFGR_REN |
                   (from_hse ? RCC_PLLCFGR_M(CLOCK_HSE_MHZ / 4) | RCC_PLLCFGR_SRC_HSE
                             : RCC_PLLCFGR_M(4) | RCC_PLLCFGR_SRC_HSI16);
    RCC->CR |= RCC_CR_PLLON;
    return wait_until(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY, PLL_POLLS);
}

static bool boost(void)
{
    clock_gate_open(CLOCK_PWR);
    PWR->CR1 = (PWR->CR1 & ~PWR_CR1_VOS_MASK) | PWR_CR1_VOS_RANGE_1;
    if (!wait_until(&PWR->SR2, PWR_SR2_VOSF, 0, READY_POLLS)) {
        return false;
    }
    RCC->CFGR = (RCC->CFGR & ~RCC_CFGR_HPRE_MASK) | RCC_CFGR_HPRE_DIV2;
    PWR->CR5 &= ~PWR_CR5_R1MODE;
    return true;
}

/* 170 MHz in range 1 with boost needs four wait states (table 29); ART: prefetch and both caches. */
static bool slow_flash_down(void)
{
    const uint32_t latency = FLASH_ACR_LATENCY(4);
    FLASH->ACR = (FLASH->ACR & ~FLASH_ACR_LATENCY_MASK) | latency | FLASH_ACR_PRFTEN |
                 FLASH_ACR_ICEN | FLASH_ACR_DCEN;
    return wait_until(&FLASH->ACR, FLASH_ACR_LATENCY_MASK, latency, READY_POLLS);
}

static bool switch_to_pll(void)
{
    RCC->CFGR &= ~(RCC_CFGR_PPRE1_MASK | RCC_CFGR_PPRE2_MASK);
    RCC->CFGR |= RCC_CFGR_SW_PLL; /* from HSI16, whose code is within the PLL's */
    if (!wait_until(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL, READY_POLLS)) {
        return false;
    }
    (void)wait_until(&RCC->CR, RCC_CR_PLLRDY, 0, TURNS_PER_US); /* a microsecond goes by */
    RCC->CFGR &= ~RCC_CFGR_HPRE_MASK;
    return true;
}

struct clock_tree clock_start(void)
{
    const bool hse = hse_start(HSE_POLLS);
    if (start_pll(hse) && boost() && slow_flash_down() && switch_to_pll()) {
        return (struct clock_tree){
            .source = hse ? CLOCK_PLL_HSE : CLOCK_PLL_HSI,
            .core_hz = CORE_HZ,
            .apb1_hz = CORE_HZ,
        };
    }
    /* Back to what reset gave: undivided HSI16. */
    RCC->CFGR = (RCC->CFGR & ~(RCC_CFGR_SW_MASK | RCC_CFGR_HPRE_MASK)) | RCC_CFGR_SW_HSI16;
    (void)wait_until(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_HSI16, READY_POLLS);
    RCC->CR &= ~RCC_CR_PLLON; /* refused while the core runs from it (7.4.1) */
    return (struct clock_tree){.source = CLOCK_HSI, .core_hz = HSI_HZ, .apb1_hz = HSI_HZ};
}
