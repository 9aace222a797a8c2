/* system.c - to a known clock before C runs, and the clock read back, as a CMSIS system file does. */
#include "device.h"

uint32_t SystemCoreClock = HSI_HZ;
uint32_t SystemD2Clock = HSI_HZ;

static const uint8_t core_shift[16] = {0, 0, 0, 0, 1, 2, 3, 4, 1, 2, 3, 4, 6, 7, 8, 9};

void SystemInit(void)
{
    CPACR |= 3u << 20 | 3u << 22;
    if ((FLASH->ACR & 0xFu) < 7u) {
        FLASH->ACR = (FLASH->ACR & ~0xFu) | 7u;
    }
    RCC->CR |= 1u; /* HSION */
    RCC->CFGR = 0;
    RCC->CR &= 0xEAF6ED7Fu; /* all PLLs, HSE, HSECSS, CSI, HSI48 off */
    RCC->D1CFGR = 0;
    RCC->D2CFGR = 0;
    RCC->D3CFGR = 0;
    RCC->PLLCKSELR = 0x02020200u;
    RCC->PLLCFGR = 0x01FF0000u;
    RCC->PLL1DIVR = 0x01010280u;
    RCC->PLL1FRACR = 0;
    RCC->PLL2DIVR = 0x01010280u;
    RCC->PLL2FRACR = 0;
    RCC->PLL3DIVR = 0x01010280u;
    RCC->PLL3FRACR = 0;
    RCC->CR &= 0xFFFBFFFFu; /* HSEBYP */
    RCC->CIER = 0;
    if ((DBGMCU_IDCODE & 0xFFFF0000u) < 0x20000000u) {
        AXI_TARGET_7_FN_MOD = 1; /* revision Y: the AXI SRAM takes one read at a time */
    }
    if ((RCC->AHB3ENR & 1u << 12) == 0) {
        RCC->AHB3ENR |= 1u << 12;
        (void)RCC->AHB3ENR;
        FMC_BCR1 = 0x000030D2u; /* bank 1 off, against speculative reads */
        RCC->AHB3ENR &= ~(1u << 12);
    }
    SCB->VTOR = 0x08000000u;
}

void SystemCoreClockUpdate(void)
{
    const uint32_t hsi_hz = HSI_HZ >> (RCC->CR >> 3 & 3u);
    const uint32_t source = RCC->CFGR >> 3 & 7u;
    uint32_t clock_hz = hsi_hz;
    if (source == 1u) {
        clock_hz = CSI_HZ;
    } else if (source == 2u) {
        clock_hz = HSE_HZ;
    } else if (source == 3u) {
        const uint32_t inputs[4] = {hsi_hz, CSI_HZ, HSE_HZ, 0};
        const uint32_t m = RCC->PLLCKSELR >> 4 & 0x3Fu;
        const uint32_t fraction = (RCC->PLLCFGR & 1u) != 0 ? RCC->PLL1FRACR >> 3 & 0x1FFFu : 0;
        const float n = (float)((RCC->PLL1DIVR & 0x1FFu) + 1u) + (float)fraction / 8192.0f;
        const float vco_hz = (float)inputs[RCC->PLLCKSELR & 3u] / (float)m * n;
        clock_hz = (uint32_t)(vco_hz / (float)((RCC->PLL1DIVR >> 9 & 0x7Fu) + 1u));
    }
    clock_hz >>= core_shift[RCC->D1CFGR >> 8 & 0xFu];
    SystemD2Clock = clock_hz >> core_shift[RCC->D1CFGR & 0xFu];
    SystemCoreClock = clock_hz;
}
