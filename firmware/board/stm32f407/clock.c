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
#include "hse.h"
#include "pll.h"
#include "register/flash.h"
#include "register/pwr.h"
#include "wait_until.h"

#define HSI_HZ 16000000u
#define CORE_HZ 168000000u

#define POLLS_PER_MS 4000u /* at 16 MHz (wait_until.h) */
#define HSE_POLLS (100u * POLLS_PER_MS) /* a crystal takes 2 ms, a bad one much more (DS8626 5.3.8) */
#define PLL_POLLS (20u * POLLS_PER_MS)  /* locks within 0.3 ms (DS8626 5.3.10) */
#define READY_POLLS (20u * POLLS_PER_MS)

static bool start_pll(bool from_hse)
{
    /* The scale can be chosen only while the PLL is off, and takes effect when it is on (5.1.3). */
    clock_gate_open(CLOCK_PWR);
    PWR->CR |= PWR_CR_VOS;

    return pll_start(from_hse, 336, 7, PLL_POLLS) &&
           wait_until(&PWR->CSR, PWR_CSR_VOSRDY, PWR_CSR_VOSRDY, READY_POLLS);
}

/* 168 MHz at 2.7 to 3.6 V needs five wait states (table 10); ART: prefetch and both caches. */
static bool slow_flash_down(void)
{
    const uint32_t latency = FLASH_ACR_LATENCY(5);
    FLASH->ACR = latency | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
    return wait_until(&FLASH->ACR, FLASH_ACR_LATENCY_MASK, latency, READY_POLLS);
}

struct clock_tree clock_start(void)
{
    const bool hse = hse_start(HSE_POLLS);
    if (start_pll(hse) && slow_flash_down() && pll_drive_core(READY_POLLS)) {
        return (struct clock_tree){
            .source = hse ? CLOCK_PLL_HSE : CLOCK_PLL_HSI,
            .core_hz = CORE_HZ,
            .apb1_hz = CORE_HZ / PLL_APB1_DIVIDER,
        };
    }
    pll_leave(READY_POLLS);
    return (struct clock_tree){.source = CLOCK_HSI, .core_hz = HSI_HZ, .apb1_hz = HSI_HZ};
}
