/* hal_clock.c - 480 MHz at VOS0 from an 8 MHz crystal; waits have time-outs in ticks. */
#include "cache.h"
#include "device.h"
#include "hal.h"

enum { PLL_M = 1, PLL_N = 120, PLL_P = 2, PLL_Q = 4, PLL_R = 2, LATENCY = 4 };

extern uint32_t SystemD2Clock;

void board_caches(void)
{
    cache_enable_instruction();
    cache_enable_data();
}

void hal_flash_accelerate(void)
{
    RCC->APB4ENR |= 1u << 1; /* SYSCFG */
    (void)RCC->APB4ENR;
}

static hal_status supply_ldo(void)
{
    if ((PWR->CR3 & 7u) != 6u) {
        return (PWR->CR3 & 7u) == 2u ? HAL_OK : HAL_ERROR;
    }
    PWR->CR3 = (PWR->CR3 & ~7u) | 2u;
    return hal_wait_for(&PWR->CSR1, 1u << 13, 1u << 13);
}

hal_status hal_power_config(void)
{
    if (supply_ldo() != HAL_OK) {
        return HAL_ERROR;
    }
    PWR->D3CR = (PWR->D3CR & ~(3u << 14)) | 3u << 14; /* scale 1 */
    if (hal_wait_for(&PWR->CSR1, 1u << 13, 1u << 13) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    SYSCFG_PWRCR |= 1u; /* over-drive: scale 0 */
    return hal_wait_for(&PWR->D3CR, 1u << 13, 1u << 13);
}

hal_status hal_oscillator_config(void)
{
    RCC->CR |= 1u << 16;
    if (hal_wait_for(&RCC->CR, 1u << 17, 1u << 17) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->CSR |= 1u; /* LSI */
    if (hal_wait_for(&RCC->CSR, 2u, 2u) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    PWR->CR1 |= 1u << 8; /* DBP */
    if (hal_wait_for(&PWR->CR1, 1u << 8, 1u << 8) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->BDCR |= 1u; /* LSE */
    if (hal_wait_for(&RCC->BDCR, 2u, 2u) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->CR &= ~(1u << 24);
    if (hal_wait_for(&RCC->CR, 1u << 25, 0) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->PLLCKSELR = (RCC->PLLCKSELR & ~(3u | 0x3Fu << 4)) | 2u | PLL_M << 4;
    RCC->PLL1DIVR = (PLL_N - 1u) | (PLL_P - 1u) << 9 | (PLL_Q - 1u) << 16 | (PLL_R - 1u) << 24;
    RCC->PLLCFGR &= ~1u; /* no fraction */
    RCC->PLL1FRACR = 0;
    RCC->PLLCFGR = (RCC->PLLCFGR & ~(3u << 2)) | 3u << 2; /* input 8 to 16 MHz */
    RCC->PLLCFGR &= ~(1u << 1);                          /* wide VCO */
    RCC->PLLCFGR |= 7u << 16;
    RCC->PLLCFGR |= 1u;
    RCC->CR |= 1u << 24;
    return hal_wait_for(&RCC->CR, 1u << 25, 1u << 25);
}

hal_status hal_clock_config(void)
{
    FLASH->ACR = (FLASH->ACR & ~0x3Fu) | LATENCY | 2u << 4;
    if ((FLASH->ACR & 0xFu) != LATENCY) {
        return HAL_ERROR;
    }
    RCC->D1CFGR = (RCC->D1CFGR & ~(7u << 4)) | 4u << 4;           /* APB3 / 2 */
    RCC->D2CFGR = (RCC->D2CFGR & ~(7u << 4 | 7u << 8)) | 4u << 4 | 4u << 8;
    RCC->D3CFGR = (RCC->D3CFGR & ~(7u << 4)) | 4u << 4;
    RCC->D1CFGR = (RCC->D1CFGR & ~0xFu) | 8u; /* AHB / 2 */
    RCC->D1CFGR &= ~(0xFu << 8);              /* core / 1 */
    RCC->CFGR = (RCC->CFGR & ~7u) | 3u;
    if (hal_wait_for(&RCC->CFGR, 7u << 3, 3u << 3) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    SystemCoreClockUpdate();
    SYSCFG_CCCSR |= 1u; /* compensation cell */
    if (hal_wait_for(&SYSCFG_CCCSR, 1u << 8, 1u << 8) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    return hal_init_tick();
}

void hal_gpio_clock(void)
{
    RCC->AHB4ENR |= 1u;
    (void)RCC->AHB4ENR;
}

void hal_uart_clock(void)
{
    RCC->D2CCIP2R &= ~7u; /* USART2 on PCLK1 */
    RCC->APB1LENR |= 1u << 17;
    (void)RCC->APB1LENR;
}

uint32_t hal_uart_clock_hz(void)
{
    return SystemD2Clock >> ((RCC->D2CFGR >> 4 & 7u) - 3u);
}

void board_report(void)
{
    report("device", DBGMCU_IDCODE & 0xFFFu, 16);
    report("D3CR", PWR->D3CR, 16);
    report("CSR1", PWR->CSR1, 16);
    report("CCR", SCB->CCR & (CCR_IC | CCR_DC), 16);
    report("HCLK", SystemD2Clock, 10);
}
