/* system.c - to a known clock before C runs, and the clock read back, as a CMSIS system file does. */
#include "device.h"

uint32_t SystemCoreClock = HSI_HZ;

void SystemInit(void)
{
    CPACR |= 0xFu << 20; /* CP10 and CP11 */
    RCC->CR |= 1u;       /* HSION */
    RCC->CFGR = 0;
    RCC->CR &= ~(1u << 24 | 1u << 19 | 1u << 16); /* PLLON, CSSON, HSEON */
    RCC->PLLCFGR = 0x24003010u;
    RCC->CR &= ~(1u << 18); /* HSEBYP */
    RCC->CIR = 0;
    SCB->VTOR = 0x08000000u;
}

void SystemCoreClockUpdate(void)
{
    static const uint8_t ahb_shift[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 7, 8, 9};
    const uint32_t source = RCC->CFGR & 0xCu;
    uint32_t clock_hz = source == 4u ? HSE_HZ : HSI_HZ;
    if (source == 8u) {
        const uint32_t pll = RCC->PLLCFGR;
        const uint32_t input_hz = (pll & 1u << 22) != 0 ? HSE_HZ : HSI_HZ;
        const uint32_t vco_hz = input_hz / (pll & 0x3Fu) * (pll >> 6 & 0x1FFu);
        clock_hz = vco_hz / (((pll >> 16 & 3u) + 1u) * 2u);
    }
    SystemCoreClock = clock_hz >> ahb_shift[RCC->CFGR >> 4 & 0xFu];
}
