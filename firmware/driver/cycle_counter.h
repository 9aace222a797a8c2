#ifndef DRIVER_CYCLE_COUNTER_H
#define DRIVER_CYCLE_COUNTER_H

/* The core's free-running cycle counter, 32 bits: differences hold for 25 s at 168 MHz. */

#include <stdint.h>

#include "board/armv7m/cache.h"
#include "board/armv7m/dwt.h"

static inline void cycle_counter_start(void)
{
    DCB_DEMCR |= DCB_DEMCR_TRCENA; /* the unit has no clock before this */
    if (CORE_HAS_CACHES) { /* a Cortex-M7 */
        DWT_LAR = DWT_LAR_UNLOCK;
    }
    DWT_CYCCNT = 0;
    DWT_CTRL |= DWT_CTRL_CYCCNTENA;
}

static inline uint32_t cycle_counter_read(void)
{
    return DWT_CYCCNT;
}

#endif
