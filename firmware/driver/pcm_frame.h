#ifndef DRIVER_PCM_FRAME_H
#define DRIVER_PCM_FRAME_H

/*
 * One clip of sound as it comes over a serial line, byte by byte (all integers little endian):
 *
 *   "PCM1" | u32 count, always 16000 | count x i16 samples | u32 CRC-32 of count and samples
 *
 * The CRC is the one of Ethernet and zlib (polynomial 0x04C11DB7 reflected, start and end inverted).
 * Bytes before "PCM1" are skipped and counted. The samples are written while they arrive, so they
 * are worth something only after PCM_FRAME_COMPLETE.
 */

#include <stdint.h>

#define PCM_FRAME_SAMPLES 16000u

enum pcm_frame_event {
    PCM_FRAME_MORE,      /* nothing to say yet */
    PCM_FRAME_COMPLETE,  /* all samples are there and the CRC holds */
    PCM_FRAME_BAD_COUNT, /* the count was not PCM_FRAME_SAMPLES: see count */
    PCM_FRAME_BAD_CRC,   /* the CRC received is not the CRC computed: see both */
};

struct pcm_frame {
    int16_t *samples;      /* room for PCM_FRAME_SAMPLES */
    uint32_t position;     /* bytes of the present frame, 0 outside a frame */
    uint32_t skipped;      /* bytes since the last reset that belonged to no frame */
    uint32_t count;        /* of the present or last frame */
    uint32_t crc_computed;
    uint32_t crc_received;
};

/* Forgets a frame begun and the bytes skipped. */
void pcm_frame_reset(struct pcm_frame *frame, int16_t *samples);

/* Takes one byte. After any event but PCM_FRAME_MORE the next byte is looked at for "PCM1". */
enum pcm_frame_event pcm_frame_push(struct pcm_frame *frame, uint8_t byte);

#endif
