/*
 * The clock tree for 216 MHz (RM0385 sections 3.3.2, 4.1.4 and 5.2).
 *
 *   HSE n MHz  / M  n --\
 *                        1 MHz * N 432 = 432 MHz / P 2 = 216 MHz HCLK, / Q 9 = 48 MHz USB
 *   HSI 16 MHz / M 16 --/
 *   APB1 = HCLK / 4 = 54 MHz (its maximum), APB2 = HCLK / 2 = 108 MHz (its maximum)
 *
 * CLOCK_HSE_BYPASS says where the HSE's megahertz come from: 0, a crystal on OSC_IN and OSC_OUT
 * (Discovery, 25 MHz); 1, a square wave on OSC_IN, such as the MCO output of an ST-LINK (Nucleo, 8).
 *
 * Above 180 MHz the regulator must be in over-drive, which takes hold while the PLL runs and the
 * core does not run from it yet (4.1.4). Every wait is bounded; the waits run on the 16 MHz HSI.
 */

#include "clock.h"

#include "clock_gates.h"
#include "hse.h"
#include "pll.h"
#include "register/flash.h"
#include "register/pwr.h"
#include "wait_until.h"

#define HSI_HZ 16000000u
#define CORE_HZ 216000000u

#define POLLS_PER_MS 4000u /* at 16 MHz (wait_until.h) */
#define HSE_POLLS (100u * POLLS_PER_MS) /* a crystal takes 2 ms, a bad one much more (DS10916 6.3.8) */
#define PLL_POLLS (20u * POLLS_PER_MS)  /* locks within 0.3 ms (DS10916 6.3.11) */
#define READY_POLLS (20u * POLLS_PER_MS)

static bool start_pll(bool from_hse)
{
    clock_gate_open(CLOCK_PWR);
    PWR->CR1 |= PWR_CR1_VOS_SCALE_1; /* can be chosen only while the PLL is off */

    return pll_start(from_hse, 432, 9, PLL_POLLS);
}

static bool start_over_drive(void)
{
    PWR->CR1 |= PWR_CR1_ODEN;
    if (!wait_until(&PWR->CSR1, PWR_CSR1_ODRDY, PWR_CSR1_ODRDY, READY_POLLS)) {
        return false;
    }
    PWR->CR1 |= PWR_CR1_ODSWEN;
    return wait_until(&PWR->CSR1, PWR_CSR1_ODSWRDY, PWR_CSR1_ODSWRDY, READY_POLLS);
}

/*
 * 216 MHz at 2.7 to 3.6 V needs seven wait states (table 5). The core's caches stand before the AXI
 * bus; prefetch and ART serve code that is linked to the ITCM bus at 0x00200000.
 */
static bool slow_flash_down(void)
{
    const uint32_t latency = FLASH_ACR_LATENCY(7);
    FLASH->ACR = latency | FLASH_ACR_PRFTEN | FLASH_ACR_ARTEN;
    return wait_until(&FLASH->ACR, FLASH_ACR_LATENCY_MASK, latency, READY_POLLS);
}

struct clock_tree clock_start(void)
{
    const bool hse = hse_start(HSE_POLLS);
    if (start_pll(hse) && start_over_drive() && slow_flash_down() && pll_drive_core(READY_POLLS)) {
        return (struct clock_tree){
            .source = hse ? CLOCK_PLL_HSE : CLOCK_PLL_HSI,
            .core_hz = CORE_HZ,
            .apb1_hz = CORE_HZ / PLL_APB1_DIVIDER,
        };
    }
    pll_leave(READY_POLLS);
    PWR->CR1 &= ~(PWR_CR1_ODEN | PWR_CR1_ODSWEN);
    return (struct clock_tree){.source = CLOCK_HSI, .core_hz = HSI_HZ, .apb1_hz = HSI_HZ};
}
