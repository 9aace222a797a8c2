#ifndef DSP_AUDIO_FRONT_END_H
#define DSP_AUDIO_FRONT_END_H

/*
 * One second of 16 kHz sound to the features that the network was trained on: the logarithm of the
 * power in FRONT_END_MEL_BINS bands, every 20 ms, against the clip's mean. Integers throughout, and
 * equal, bit for bit, to simgate.reference.front_end, whose description is the specification.
 */

#include <stdint.h>

#include "front_end_tables.h"

/*
 * pcm [FRONT_END_CLIP_SAMPLES], features [FRONT_END_FRAMES][FRONT_END_MEL_BINS].
 * Takes 2 KiB of stack for one frame's spectrum. Not reentrant: the logarithms of the whole clip
 * (3.1 KiB) are static. The features may not overlap the samples.
 */
void audio_front_end_run(const int16_t *pcm, int8_t *features);

#endif
