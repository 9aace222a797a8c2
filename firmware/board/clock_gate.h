#ifndef BOARD_CLOCK_GATE_H
#define BOARD_CLOCK_GATE_H

/*
 * Clock gates: one bit of an enable register of the RCC each. clock_gates.h of the board names them.
 */

#include <stdint.h>

#include "memory_map.h"

/* A gate by its register's offset in the RCC and its bit in that register. */
#define CLOCK_GATE(offset, bit) (((offset) << 5) | (bit))

/* Gives a peripheral its clock. Before that its registers read as 0 and take nothing. */
static inline void clock_gate_open(uint32_t gate)
{
    volatile uint32_t *const enable = (volatile uint32_t *)(RCC_BASE + (gate >> 5));
    *enable |= 1u << (gate & 31u);
    (void)*enable; /* the peripheral answers two bus clocks after its enabling (ES0182, 2.1.13) */
}

#endif
