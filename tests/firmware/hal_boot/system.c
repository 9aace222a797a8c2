/* system.c - to a known clock before C runs, in the manner of a CMSIS system file. */
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
