/*
 * The clock tree for 480 MHz, revision V of the chip (RM0433 sections 4.3.8, 6.6.2 and 8.5).
 *
 *   HSE n MHz  / M n/2 --\
 *                         2 MHz * N 480 = 960 MHz / P 2 = 480 MHz core, / Q 10 = 96 MHz
 *   HSI 64 MHz / M 32  --/
 *   AXI and AHB = core / 2 = 240 MHz, each APB = AHB / 2 = 120 MHz (their maxima)
 *
 * CLOCK_HSE_BYPASS says where the HSE's megahertz come from: 0, a crystal on OSC_IN and OSC_OUT; 1, a
 * square wave on OSC_IN, such as the MCO output of an ST-LINK (Nucleo, 8 MHz).
 *
 * Above 400 MHz the core wants scale 0, which is scale 1 raised by the overdrive (6.6.2). It needs
 * the LDO, so that the supply must be configured first. Every wait is bounded; the waits run on the
 * 64 MHz HSI.
 */

#include "clock.h"

#include "clock_gates.h"
#include "hse.h"
#include "register/flash.h"
#include "register/pwr.h"
#include "register/rcc.h"
#include "register/syscfg.h"
#include "wait_until.h"

#define HSI_HZ 64000000u
#define CORE_HZ 480000000u
#define APB1_DIVIDER 4u

#define POLLS_PER_MS 16000u /* at 64 MHz (wait_until.h) */
#define HSE_POLLS (100u * POLLS_PER_MS) /* a crystal takes 2 ms, a bad one much more (DS12110 6.3.9) */
#define PLL_POLLS (20u * POLLS_PER_MS)  /* locks within 0.15 ms (DS12110 6.3.11) */
#define READY_POLLS (20u * POLLS_PER_MS)

_Static_assert(CLOCK_HSE_MHZ % 2 == 0, "the PLL wants 2 MHz: HSE_MHZ must be even");

static bool raise_voltage(void)
{
    /* The first write after power-on settles the supply; later ones are refused (6.8.4). */
    PWR->CR3 = (PWR->CR3 & ~PWR_CR3_BYPASS) | PWR_CR3_LDOEN;
    if (!wait_until(&PWR->CSR1, PWR_CSR1_ACTVOSRDY, PWR_CSR1_ACTVOSRDY, READY_POLLS)) {
        return false;
    }
    PWR->D3CR |= PWR_D3CR_VOS_SCALE_1;
    if (!wait_until(&PWR->D3CR, PWR_D3CR_VOSRDY, PWR_D3CR_VOSRDY, READY_POLLS)) {
        return false;
    }
    clock_gate_open(CLOCK_SYSCFG);
    SYSCFG_PWRCR |= SYSCFG_PWRCR_ODEN;
    return wait_until(&PWR->D3CR, PWR_D3CR_VOSRDY, PWR_D3CR_VOSRDY, READY_POLLS);
}

static bool start_pll(bool from_hse)
{
    RCC->PLLCKSELR = from_hse ? RCC_PLLCKSELR_M1(CLOCK_HSE_MHZ / 2) | RCC_PLLCKSELR_SRC_HSE
                              : RCC_PLLCKSELR_M1(32) | RCC_PLLCKSELR_SRC_HSI;
    RCC->PLLCFGR = RCC_PLLCFGR_PLL1RGE_2_TO_4_MHZ | RCC_PLLCFGR_DIVP1EN | RCC_PLLCFGR_DIVQ1EN;
    RCC->PLL1DIVR =
        RCC_PLL1DIVR_N(480) | RCC_PLL1DIVR_P(2) | RCC_PLL1DIVR_Q(10) | RCC_PLL1DIVR_R(2);
    RCC->CR |= RCC_CR_PLL1ON;
    return wait_until(&RCC->CR, RCC_CR_PLL1RDY, RCC_CR_PLL1RDY, PLL_POLLS);
}

/* 240 MHz of AXI at scale 0 need four wait states and a programming delay of two (table 17). */
static bool slow_flash_down(void)
{
    const uint32_t latency = FLASH_ACR_LATENCY(4) | FLASH_ACR_WRHIGHFREQ(2);
    FLASH->ACR = latency;
    return wait_until(&FLASH->ACR, FLASH_ACR_MASK, latency, READY_POLLS);
}

static bool switch_to_pll(void)
{
    RCC->D1CFGR = RCC_D1CFGR_HPRE_DIV2 | RCC_D1CFGR_D1PPRE_DIV2;
    RCC->D2CFGR = RCC_D2CFGR_D2PPRE1_DIV2 | RCC_D2CFGR_D2PPRE2_DIV2;
    RCC->D3CFGR = RCC_D3CFGR_D3PPRE_DIV2;
    RCC->CFGR = (RCC->CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_PLL1;
    return wait_until(&RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL1, READY_POLLS);
}

struct clock_tree clock_start(void)
{
    const bool hse = hse_start(HSE_POLLS);
    if (raise_voltage() && start_pll(hse) && slow_flash_down() && switch_to_pll()) {
        return (struct clock_tree){
            .source = hse ? CLOCK_PLL_HSE : CLOCK_PLL_HSI,
            .core_hz = CORE_HZ,
            .apb1_hz = CORE_HZ / APB1_DIVIDER,
        };
    }
    /* Back to what reset gave: undivided HSI. */
    RCC->CFGR &= ~RCC_CFGR_SW_MASK;
    (void)wait_until(&RCC->CFGR, RCC_CFGR_SWS_MASK, 0, READY_POLLS);
    RCC->D1CFGR = 0;
    RCC->D2CFGR = 0;
    RCC->D3CFGR = 0;
    RCC->CR &= ~RCC_CR_PLL1ON; /* refused while the core runs from it (8.7.2) */
    return (struct clock_tree){.source = CLOCK_HSI, .core_hz = HSI_HZ, .apb1_hz = HSI_HZ};
}
