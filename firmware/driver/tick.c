#include "tick.h"

#include "board/armv7m/system_control.h"
#include "board/armv7m/systick.h"

static volatile uint32_t milliseconds;

void SysTick_Handler(void);

void SysTick_Handler(void)
{
    milliseconds++; /* the only writer */
}

void tick_start(uint32_t core_hz)
{
    SYSTICK->RVR = (core_hz / 1000u - 1u) & SYSTICK_RELOAD_MAXIMUM;
    SYSTICK->CVR = 0;
    SYSTICK->CSR = SYSTICK_CSR_CLKSOURCE_CORE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_ENABLE;
}

uint32_t tick_ms(void)
{
    return milliseconds;
}

void tick_wait_ms(uint32_t duration)
{
    const uint32_t begin = milliseconds;
    while (milliseconds - begin < duration) {
        wait_for_interrupt();
    }
}
