#ifndef CONVERTER_H
#define CONVERTER_H

/*
 * ADC1 at 12 bits, on any of the boards. The microphone is on its channel 5; TIM2's trigger output
 * starts its conversions where somebody wants that.
 */

#include <stdbool.h>
#include <stdint.h>

#define CONVERTER_FULL_SCALE 4096u

enum converter_input { INPUT_MICROPHONE, INPUT_TEMPERATURE, INPUT_REFERENCE };

/* What the factory measured, in steps of 12 bits. */
struct converter_calibration {
    uint32_t supply_mv;      /* VREF+ when it did */
    uint32_t reference;
    uint32_t low, high;      /* temperature sensor */
    int32_t low_c, high_c;
};

struct converter_calibration converter_calibration(void);

/* Power, calibration, clock. The internal inputs are connected. */
void converter_start(void);

/* One conversion by software, waited for. */
uint32_t converter_poll(enum converter_input input);

/* Starts one conversion of the microphone; its end comes as an interrupt. */
void converter_begin(void);

/* The interrupt of the converter: what it is about and the result, if there is one. */
enum converter_event { CONVERTER_NOTHING, CONVERTER_RESULT, CONVERTER_OUTSIDE };
enum converter_event converter_event(uint32_t *result);

/* From now on an interrupt comes when the microphone is outside these steps; 0, 4095: no more. */
void converter_watch(uint32_t low, uint32_t high);

/* Converts without pause, reads nothing, stops; whether the converter noticed the overrun. */
bool converter_overrun(void);

/* From now on each pulse of TIM2 converts the microphone, and DMA takes the result. */
void converter_follow_timer(void);

/* Whether a result was lost since then. */
bool converter_lost(void);

/* Where DMA finds the results. */
volatile uint32_t *converter_data(void);

#endif
