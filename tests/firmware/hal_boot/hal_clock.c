/* hal_clock.c - 168 MHz from an 8 MHz crystal; every wait has a time-out in ticks. */
#include "device.h"
#include "hal.h"

enum { PLL_M = 8, PLL_N = 336, PLL_P = 2, PLL_Q = 7, LATENCY = 5, TIMEOUT_MS = 100 };

hal_status hal_init_tick(void);

static hal_status wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    const uint32_t start = hal_get_tick();
    while ((*reg & mask) != value) {
        if (hal_get_tick() - start > TIMEOUT_MS) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

hal_status hal_power_scale_1(void)
{
    RCC->APB1ENR |= 1u << 28;
    (void)RCC->APB1ENR; /* the clock needs two cycles: read back */
    PWR->CR |= 1u << 14;
    return wait_for(&PWR->CSR, 1u << 14, 1u << 14);
}

hal_status hal_oscillator_config(void)
{
    RCC->CR |= 1u << 16;
    if (wait_for(&RCC->CR, 1u << 17, 1u << 17) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    PERIPHERAL_BIT(RCC->CSR, 0) = 1; /* LSI */
    if (wait_for(&RCC->CSR, 2u, 2u) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    PERIPHERAL_BIT(RCC->CR, 24) = 0;
    if (wait_for(&RCC->CR, 1u << 25, 0) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    RCC->PLLCFGR = 1u << 22 | PLL_M | PLL_N << 6 | (PLL_P / 2u - 1u) << 16 | PLL_Q << 24;
    PERIPHERAL_BIT(RCC->CR, 24) = 1;
    return wait_for(&RCC->CR, 1u << 25, 1u << 25);
}

static uint32_t system_clock_hz(void)
{
    const uint32_t source = RCC->CFGR & 0xCu;
    if (source != 8u) {
        return source == 4u ? HSE_HZ : HSI_HZ;
    }
    const uint32_t pll = RCC->PLLCFGR;
    const uint64_t input = (pll & 1u << 22) != 0 ? HSE_HZ : HSI_HZ;
    const uint64_t vco = input * ((pll >> 6) & 0x1FFu) / (pll & 0x3Fu);
    return (uint32_t)(vco / (((pll >> 16 & 3u) + 1u) * 2u));
}

hal_status hal_clock_config(void)
{
    static const uint8_t ahb_shift[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 7, 8, 9};

    *(volatile uint8_t *)&FLASH->ACR = LATENCY;
    if ((FLASH->ACR & 7u) != LATENCY) {
        return HAL_ERROR;
    }
    RCC->CFGR = (RCC->CFGR & ~(0xFu << 4)) | 0u << 4;   /* AHB / 1 */
    RCC->CFGR = (RCC->CFGR & ~(7u << 10)) | 5u << 10;   /* APB1 / 4 */
    RCC->CFGR = (RCC->CFGR & ~(7u << 13)) | 4u << 13;   /* APB2 / 2 */
    if ((RCC->CR & 1u << 25) == 0) {
        return HAL_ERROR;
    }
    RCC->CFGR = (RCC->CFGR & ~3u) | 2u;
    if (wait_for(&RCC->CFGR, 0xCu, 0x8u) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    SystemCoreClock = system_clock_hz() >> ahb_shift[RCC->CFGR >> 4 & 0xFu];
    return hal_init_tick();
}
