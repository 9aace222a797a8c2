/* hal_clock.c - 168 MHz from an 8 MHz crystal; every wait has a time-out in ticks. */
#include "device.h"
#include "hal.h"

enum { PLL_M = 8, PLL_N = 336, PLL_P = 2, PLL_Q = 7, LATENCY = 5 };

void board_caches(void)
{
}

void hal_flash_accelerate(void)
{
    FLASH->ACR |= 1u << 9;  /* instruction cache */
    FLASH->ACR |= 1u << 10; /* data cache */
    FLASH->ACR |= 1u << 8;  /* prefetch */
}

hal_status hal_power_config(void)
{
    RCC->APB1ENR |= 1u << 28;
    (void)RCC->APB1ENR; /* the clock needs two cycles: read back */
    PWR->CR |= 1u << 14;
    return hal_wait_for(&PWR->CSR, 1u << 14, 1u << 14);
}

/* The backup domain is write-protected until DBP says otherwise. */
static hal_status low_speed_external(void)
{
    if ((PWR->CR & 1u << 8) == 0) {
        PWR->CR |= 1u << 8;
        if (hal_wait_for(&PWR->CR, 1u << 8, 1u << 8) != HAL_OK) {
            return HAL_TIMEOUT;
        }
    }
    RCC->BDCR |= 1u;
    return hal_wait_for(&RCC->BDCR, 2u, 2u);
}

hal_status hal_oscillator_config(void)
{
    RCC->CR |= 1u << 16;
    if (hal_wait_for(&RCC->CR, 1u << 17, 1u << 17) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    PERIPHERAL_BIT(RCC->CSR, 0) = 1; /* LSI */
    if (hal_wait_for(&RCC->CSR, 2u, 2u) != HAL_OK || low_speed_external() != HAL_OK) {
        return HAL_TIMEOUT;
    }
    PERIPHERAL_BIT(RCC->CR, 24) = 0;
    if (hal_wait_for(&RCC->CR, 1u << 25, 0) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->PLLCFGR = 1u << 22 | PLL_M | PLL_N << 6 | (PLL_P / 2u - 1u) << 16 | PLL_Q << 24;
    PERIPHERAL_BIT(RCC->CR, 24) = 1;
    return hal_wait_for(&RCC->CR, 1u << 25, 1u << 25);
}

hal_status hal_clock_config(void)
{
    *(volatile uint8_t *)&FLASH->ACR = LATENCY;
    if ((FLASH->ACR & 7u) != LATENCY) {
        return HAL_ERROR;
    }
    RCC->CFGR = (RCC->CFGR & ~(0xFu << 4)) | 0u << 4; /* AHB / 1 */
    RCC->CFGR = (RCC->CFGR & ~(7u << 10)) | 5u << 10; /* APB1 / 4 */
    RCC->CFGR = (RCC->CFGR & ~(7u << 13)) | 4u << 13; /* APB2 / 2 */
    if ((RCC->CR & 1u << 25) == 0) {
        return HAL_ERROR;
    }
    RCC->CFGR = (RCC->CFGR & ~3u) | 2u;
    if (hal_wait_for(&RCC->CFGR, 0xCu, 0x8u) != HAL_OK) {
        return HAL_TIMEOUT;
    }
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
    report("BDCR", RCC->BDCR, 16);
    report("reset flags", RCC->CSR >> 24, 16);
}
