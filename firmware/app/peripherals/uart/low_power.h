#ifndef LOW_POWER_H
#define LOW_POWER_H

#include <stdint.h>

/* LPUART1, where there is one: a byte heard and sent back. */
void try_low_power(uint32_t clock_hz);

#endif
