/*
 * The clock tree for 168 MHz (RM0090 sections 3.5.1, 5.1.3 and 7.2).
 *
 *   HSE n MHz  / M  n --\
 *                        1 MHz * N 336 = 336 MHz / P 2 = 168 MHz HCLK, / Q 7 = 48 MHz USB
 *   HSI 16 MHz / M 16 --/
 *   APB1 = HCLK / 4 = 42 MHz (its maximum), APB2 = HCLK / 2 = 84 MHz (its maximum)
 *
 * CLOCK_HSE_BYPASS says where the HSE's megahertz come from: 0, a crystal on OSC_IN and OSC_OUT
 * (Discovery); 1, a square wave on OSC_IN, such as the MCO output of an ST-LINK (Nucleo).
 *
 * Every wait is bounded; the waits run on the 16 MHz HSI.
 */

#include "clock.h"

#include "clock_gates.h"
#include "register/flash.h"
#include "register/pwr.h"
#include "register/rcc.h"
#include "wait_until.h"

#define HSI_HZ 16000000u
#define CORE_HZ 168000000u
#define APB1_DIVIDER 4u

#define POLLS_PER_MS 4000u /* at 16 MHz (wait_until.h) */
#define HSE_POLLS (100u * POLLS_PER_MS) /* a crystal takes 2 ms, a bad one much more (DS8626 5.3.8) */
#define PLL_POLLS (20u * POLLS_PER_MS)  /* locks within 0.3 ms (DS8626 5.3.10) */
#define READY_POLLS (20u * POLLS_PER_MS)

static bool start_hse(void)
{
    if (CLOCK_HSE_BYPASS) {
        RCC->CR |= RCC_CR_HSEBYP; /* writable only while HSEON is 0 */
    }
    RCC->CR |= RCC_CR_HSEON;
    if (wait_until(&RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY, HSE_POLLS)) {
        return true;
    }
    RCC->CR &= ~RCC_CR_HSEON;
    return false;
}

static bool start_pll(bool from_hse)
{
    /* The scale can be chosen only while the PLL is off, and takes effect when it is on (5.1.3). */
    clock_gate_open(CLOCK_PWR);
    PWR->CR |= PWR_CR_VOS;

    RCC->PLLCFGR = RCC_PLLCFGR_N(336) | RCC_PLLCFGR_P(2) | RCC_PLLCFGR_Q(7) |
                   (from_hse ? RCC_PLLCFGR_M(CLOCK_HSE_MHZ) | RCC_PLLCFGR_SRC_HSE : RCC_PLLCFGR_M(16));
    RCC->CR |= RCC_CR_PLLON;
    return wait_until(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY, PLL_POLLS) &&
           wait_until(&PWR->CSR, PWR_CSR_VOSRDY, PWR_CSR_VOSRDY, READY_POLLS);
}

/* 168 MHz at 2.7 to 3.6 V needs five wait states (table 10); ART: prefetch and both caches. */
static bool slow_flash_down(void)
{
    const uint32_t latency = FLASH_ACR_LATENCY(5);
    FLASH->ACR = latency | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
    return wait_until(&FLASH->ACR, FLASH_ACR_LATENCY_MASK, latency, READY_POLLS);
}

static bool switch_to_pll(void)
{
    const uint32_t prescalers = RCC_CFGR_HPRE_MASK | RCC_CFGR_PPRE1_MASK | RCC_CFGR_PPRE2_MASK;
    RCC->CFGR = (RCC->CFGR & ~prescalers) | RCC_CFGR_PPRE1_DIV4 | RCC_CFGR_PPRE2_DIV2;
    RCC->CFGR = (RCC->CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_PLL;
    return wait_until(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL, READY_POLLS);
}

struct clock_tree clock_start(void)
{
    const bool hse = start_hse();
    if (start_pll(hse) && slow_flash_down() && switch_to_pll()) {
        return (struct clock_tree){
            .source = hse ? CLOCK_PLL_HSE : CLOCK_PLL_HSI,
            .core_hz = CORE_HZ,
            .apb1_hz = CORE_HZ / APB1_DIVIDER,
        };
    }
    /* Back to what reset gave: undivided HSI. */
    RCC->CFGR &= ~(RCC_CFGR_SW_MASK | RCC_CFGR_PPRE1_MASK | RCC_CFGR_PPRE2_MASK);
    (void)wait_until(&RCC->CFGR, RCC_CFGR_SWS_MASK, 0, READY_POLLS);
    RCC->CR &= ~RCC_CR_PLLON; /* refused while the core runs from it (7.3.1) */
    return (struct clock_tree){.source = CLOCK_HSI, .core_hz = HSI_HZ, .apb1_hz = HSI_HZ};
}
