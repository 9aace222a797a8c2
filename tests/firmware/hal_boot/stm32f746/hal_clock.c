/* hal_clock.c - 216 MHz with over-drive from a 25 MHz crystal; waits have time-outs in ticks. */
#include "cache.h"
#include "device.h"
#include "hal.h"

enum { PLL_M = 25, PLL_N = 432, PLL_P = 2, PLL_Q = 9, LATENCY = 7 };

void board_caches(void)
{
    cache_enable_instruction();
    cache_enable_data();
}

void hal_flash_accelerate(void)
{
    FLASH->ACR |= 1u << 9; /* the ART accelerator */
    FLASH->ACR |= 1u << 8; /* prefetch */
}

hal_status hal_power_config(void)
{
    RCC->APB1ENR |= 1u << 28;
    (void)RCC->APB1ENR;
    PWR->CR1 = (PWR->CR1 & ~(3u << 14)) | 3u << 14;
    (void)(PWR->CR1 & 3u << 14);
    return HAL_OK;
}

hal_status hal_oscillator_config(void)
{
    RCC->CR |= 1u << 16;
    if (hal_wait_for(&RCC->CR, 1u << 17, 1u << 17) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->CR &= ~(1u << 24);
    if (hal_wait_for(&RCC->CR, 1u << 25, 0) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->PLLCFGR =
        0x20000000u | 1u << 22 | PLL_M | PLL_N << 6 | (PLL_P / 2u - 1u) << 16 | PLL_Q << 24;
    RCC->CR |= 1u << 24;
    return hal_wait_for(&RCC->CR, 1u << 25, 1u << 25);
}

static hal_status over_drive(void)
{
    PWR->CR1 |= 1u << 16;
    if (hal_wait_for(&PWR->CSR1, 1u << 16, 1u << 16) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    PWR->CR1 |= 1u << 17;
    return hal_wait_for(&PWR->CSR1, 1u << 17, 1u << 17);
}

hal_status hal_clock_config(void)
{
    if (over_drive() != HAL_OK) {
        return HAL_TIMEOUT;
    }
    FLASH->ACR = (FLASH->ACR & ~0xFu) | LATENCY;
    if ((FLASH->ACR & 0xFu) != LATENCY) {
        return HAL_ERROR;
    }
    RCC->CFGR = (RCC->CFGR & ~(7u << 10)) | 7u << 10; /* the slowest while AHB changes */
    RCC->CFGR = (RCC->CFGR & ~(7u << 13)) | 7u << 13;
    RCC->CFGR &= ~(0xFu << 4);
    RCC->CFGR = (RCC->CFGR & ~3u) | 2u;
    if (hal_wait_for(&RCC->CFGR, 0xCu, 0x8u) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->CFGR = (RCC->CFGR & ~(7u << 10)) | 5u << 10; /* APB1 / 4 */
    RCC->CFGR = (RCC->CFGR & ~(7u << 13)) | 4u << 13; /* APB2 / 2 */
    SystemCoreClockUpdate();
    return hal_init_tick();
}

void hal_gpio_clock(void)
{
    RCC->AHB1ENR |= 1u;
    (void)RCC->AHB1ENR;
}

void hal_uart_clock(void)
{
    RCC->DCKCFGR2 &= ~(3u << 2); /* USART2 on PCLK1 */
    RCC->APB1ENR |= 1u << 17;
    (void)RCC->APB1ENR;
}

uint32_t hal_uart_clock_hz(void)
{
    static const uint8_t apb_shift[8] = {0, 0, 0, 0, 1, 2, 3, 4};
    return SystemCoreClock >> apb_shift[RCC->CFGR >> 10 & 7u];
}

void board_report(void)
{
    report("device", DBGMCU_IDCODE & 0xFFFu, 16);
    report("CSR1", PWR->CSR1, 16);
    report("CCR", SCB->CCR & (CCR_IC | CCR_DC), 16);
}
