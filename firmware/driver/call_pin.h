#ifndef DRIVER_CALL_PIN_H
#define DRIVER_CALL_PIN_H

/* PA1, by which a sensor calls the processor: its interrupt output, high while there is something. */

void call_pin_start(void);

/* Forgets a call that came before. */
void call_pin_forget(void);

/* Sleeps until the sensor calls; at once when the pin is high or has been since the last call. */
void call_pin_wait(void);

#endif
