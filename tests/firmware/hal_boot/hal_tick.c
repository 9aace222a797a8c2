/* hal_tick.c - the millisecond tick, priorities, and waits with a time-out. */
#include "device.h"
#include "hal.h"

enum { TIMEOUT_MS = 100 };

static volatile uint32_t tick_ms;

static void set_priority_grouping(uint32_t group)
{
    uint32_t value = SCB->AIRCR;
    value &= ~(0xFFFFu << 16 | 7u << 8);
    SCB->AIRCR = value | 0x05FAu << 16 | group << 8;
}

hal_status hal_init_tick(void)
{
    const uint32_t reload = SystemCoreClock / 1000u;
    if (reload - 1u > 0xFFFFFFu) {
        return HAL_ERROR;
    }
    SYSTICK->LOAD = reload - 1u;
    SCB->SHPR[11] = 15u << 4; /* SysTick: the lowest of 16 priorities, written as a byte */
    SYSTICK->VAL = 0;
    SYSTICK->CTRL = 7u; /* processor clock, interrupt, enable */
    return HAL_OK;
}

hal_status hal_init(void)
{
    hal_flash_accelerate();
    set_priority_grouping(3);
    return hal_init_tick();
}

void SysTick_Handler(void)
{
    tick_ms = tick_ms + 1u;
}

uint32_t hal_get_tick(void)
{
    return tick_ms;
}

void hal_delay(uint32_t milliseconds)
{
    const uint32_t start = hal_get_tick();
    const uint32_t wait = milliseconds + 1u; /* at least so long, though the tick may be near */
    while (hal_get_tick() - start < wait) {
    }
}

hal_status hal_wait_for(const volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    const uint32_t start = hal_get_tick();
    while ((*reg & mask) != value) {
        if (hal_get_tick() - start > TIMEOUT_MS) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}
