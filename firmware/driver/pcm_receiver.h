#ifndef DRIVER_PCM_RECEIVER_H
#define DRIVER_PCM_RECEIVER_H

/*
 * Clips from the console. The frame parser runs in the receive interrupt, so nothing stands between
 * the line and the sample buffer that could overflow.
 *
 * There is no flow control: a sender waits for the answer before it sends the next clip. While a
 * clip is being worked on the interrupt is off, so that nothing disturbs the work; a sender that did
 * not wait loses bytes, which the next wait reports as an overrun.
 */

#include <stdint.h>

/* Takes the buffer, of PCM_FRAME_SAMPLES, that the clips go into. */
void pcm_receiver_start(int16_t *samples);

/*
 * Sleeps until the buffer holds a correct clip. Each bad frame, lost byte, stall of 100 ms within a
 * frame, or burst of bytes that was no frame is answered by one line {"error":...}; what is left of
 * it is then passed over in silence.
 */
void pcm_receiver_wait(void);

#endif
