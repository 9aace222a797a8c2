#ifndef BOARD_WAIT_UNTIL_H
#define BOARD_WAIT_UNTIL_H

/*
 * Waiting for hardware, but not for ever. A turn reads a register across a bus, which takes at least
 * four clocks: n turns last at least 4 n clocks.
 */

#include <stdbool.h>
#include <stdint.h>

/* Whether the masked bits became the value within so many turns. */
static inline bool wait_until(const volatile uint32_t *reg, uint32_t mask, uint32_t value,
                              uint32_t turns)
{
    while ((*reg & mask) != value) {
        if (turns-- == 0u) {
            return false;
        }
    }
    return true;
}

#endif
