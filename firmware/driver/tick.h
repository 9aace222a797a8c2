#ifndef DRIVER_TICK_H
#define DRIVER_TICK_H

#include <stdint.h>

/* Starts a 1 ms interrupt from SysTick on the core's clock. */
void tick_start(uint32_t core_hz);

/* Milliseconds since tick_start; wraps after 49 days. Differences hold across the wrap. */
uint32_t tick_ms(void);

/* Sleeps between interrupts for so many ticks; the present millisecond counts as one. */
void tick_wait_ms(uint32_t duration);

#endif
