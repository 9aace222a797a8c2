/* hal_clock.c - 170 MHz in boost mode from a 24 MHz crystal; waits have time-outs in ticks. */
#include "device.h"
#include "hal.h"

enum { PLL_M = 6, PLL_N = 85, PLL_R = 2, LATENCY = 4 };

void board_caches(void)
{
}

void hal_flash_accelerate(void)
{
    FLASH->ACR |= 1u << 8; /* prefetch; both caches are on after reset */
    RCC->APB2ENR |= 1u;    /* SYSCFG, then PWR, as generated projects do */
    (void)RCC->APB2ENR;
    RCC->APB1ENR1 |= 1u << 28;
    (void)RCC->APB1ENR1;
    PWR->CR3 |= 1u << 14; /* no dead-battery pull-downs */
}

/* Counts loops at the clock that it believes in, as the vendor's does. */
hal_status hal_power_config(void)
{
    uint32_t turns = 50u * SystemCoreClock / 1000000u + 1u;
    if ((PWR->CR1 & 3u << 9) == 2u << 9) {
        PWR->CR5 &= ~(1u << 8);
        PWR->CR1 = (PWR->CR1 & ~(3u << 9)) | 1u << 9;
        while ((PWR->SR2 & 1u << 10) != 0 && turns != 0) {
            turns--;
        }
        if ((PWR->SR2 & 1u << 10) != 0) {
            return HAL_TIMEOUT;
        }
    } else {
        PWR->CR5 &= ~(1u << 8); /* boost */
    }
    return HAL_OK;
}

hal_status hal_oscillator_config(void)
{
    /* down to range 2 and back up first: the regulator's flag moves */
    PWR->CR1 = (PWR->CR1 & ~(3u << 9)) | 2u << 9;
    if (hal_power_config() != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->CR |= 1u << 16;
    if (hal_wait_for(&RCC->CR, 1u << 17, 1u << 17) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    PERIPHERAL_BIT(RCC->CSR, 0) = 1; /* LSI */
    if (hal_wait_for(&RCC->CSR, 2u, 2u) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->CRRCR |= 1u; /* HSI48 */
    if (hal_wait_for(&RCC->CRRCR, 2u, 2u) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->CR &= ~(1u << 24);
    if (hal_wait_for(&RCC->CR, 1u << 25, 0) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->PLLCFGR = 3u | (PLL_M - 1u) << 4 | PLL_N << 8 | (PLL_R / 2u - 1u) << 25 | 2u << 27;
    RCC->CR |= 1u << 24;
    RCC->PLLCFGR |= 1u << 24; /* output R */
    return hal_wait_for(&RCC->CR, 1u << 25, 1u << 25);
}

hal_status hal_clock_config(void)
{
    FLASH->ACR = (FLASH->ACR & ~0xFu) | LATENCY;
    if ((FLASH->ACR & 0xFu) != LATENCY) {
        return HAL_ERROR;
    }
    RCC->CFGR = (RCC->CFGR & ~(0xFu << 4)) | 8u << 4; /* AHB / 2 across the jump */
    RCC->CFGR = (RCC->CFGR & ~3u) | 3u;
    if (hal_wait_for(&RCC->CFGR, 0xCu, 0xCu) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    DEMCR |= 1u << 24;
    DWT_CYCCNT = 0;
    DWT_CTRL |= 1u;
    while (DWT_CYCCNT < 100u) { /* a microsecond */
    }
    RCC->CFGR &= ~(0xFu << 4);
    RCC->CFGR &= ~(7u << 8 | 7u << 11);
    SystemCoreClockUpdate();
    return hal_init_tick();
}

void hal_gpio_clock(void)
{
    RCC->AHB2ENR |= 1u;
    (void)RCC->AHB2ENR;
}

void hal_uart_clock(void)
{
    RCC->CCIPR &= ~(3u << 2); /* USART2 on PCLK1 */
    RCC->APB1ENR1 |= 1u << 17;
    (void)RCC->APB1ENR1;
}

uint32_t hal_uart_clock_hz(void)
{
    return SystemCoreClock;
}

void board_report(void)
{
    report("device", DBGMCU_IDCODE & 0xFFFu, 16);
    report("CR5", PWR->CR5, 16);
    report("SR2", PWR->SR2, 16);
    report("PLLCFGR", RCC->PLLCFGR, 16);
}
