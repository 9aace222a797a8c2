#ifndef SAMPLING_H
#define SAMPLING_H

/* A circular transfer of ADC1's results into two halves of a buffer, turn and turn about. */

#include <stdint.h>

/* `count` is of both halves together. */
void sampling_start(const volatile uint32_t *source, uint16_t *buffer, uint16_t count);
void sampling_stop(void);

/* The application's: one half is full, and the other one is being filled. Runs in the interrupt. */
void sampling_half_is_full(const uint16_t *half);

#endif
