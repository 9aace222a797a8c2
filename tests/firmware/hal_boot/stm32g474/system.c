/* system.c - what must be set before C runs, and the clock read back, as a CMSIS system file does. */
#include "device.h"

uint32_t SystemCoreClock = HSI_HZ;

void SystemInit(void)
{
    CPACR |= 3u << 20 | 3u << 22; /* CP10 and CP11 */
    SCB->VTOR = 0x08000000u;
}

void SystemCoreClockUpdate(void)
{
    static const uint8_t ahb_shift[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 7, 8, 9};
    const uint32_t source = RCC->CFGR >> 2 & 3u;
    uint32_t clock_hz = source == 2u ? HSE_HZ : HSI_HZ;
    if (source == 3u) {
        const uint32_t pll = RCC->PLLCFGR;
        const uint32_t input_hz = (pll & 3u) == 3u ? HSE_HZ : HSI_HZ;
        const uint32_t vco_hz = input_hz / ((pll >> 4 & 15u) + 1u) * (pll >> 8 & 0x7Fu);
        clock_hz = vco_hz / (((pll >> 25 & 3u) + 1u) * 2u);
    }
    SystemCoreClock = clock_hz >> ahb_shift[RCC->CFGR >> 4 & 0xFu];
}
