#include "pcm_frame.h"

#define MAGIC_END 4u
#define COUNT_END 8u
#define SAMPLES_END (COUNT_END + 2u * PCM_FRAME_SAMPLES)
#define CRC_END (SAMPLES_END + 4u)

/* Four bits a step: a sixteenth of the usual table, and 20 clocks a byte are cheap enough here. */
static uint32_t crc32_step(uint32_t crc, uint8_t byte)
{
    static const uint32_t table[16] = {
        0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u,
        0x4DB26158u, 0x5005713Cu, 0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu,
        0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu,
    };
    crc ^= byte;
    crc = (crc >> 4) ^ table[crc & 15u];
    return (crc >> 4) ^ table[crc & 15u];
}

void pcm_frame_reset(struct pcm_frame *frame, int16_t *samples)
{
    *frame = (struct pcm_frame){.samples = samples};
}

static void push_magic(struct pcm_frame *frame, uint8_t byte)
{
    static const uint8_t magic[MAGIC_END] = {'P', 'C', 'M', '1'};
    if (byte == magic[frame->position]) {
        frame->position++;
        return;
    }
    /* Only the first letter can begin the magic anew: no other repeats it. */
    frame->skipped += frame->position;
    frame->position = byte == magic[0] ? 1u : 0u;
    frame->skipped += 1u - frame->position;
}

/* Little endian: the newest byte is the highest so far. */
static uint32_t shift_in(uint32_t word, uint8_t byte)
{
    return (word >> 8) | ((uint32_t)byte << 24);
}

static enum pcm_frame_event end_frame(struct pcm_frame *frame, enum pcm_frame_event event)
{
    frame->position = 0;
    return event;
}

enum pcm_frame_event pcm_frame_push(struct pcm_frame *frame, uint8_t byte)
{
    const uint32_t position = frame->position;
    if (position < MAGIC_END) {
        push_magic(frame, byte);
        frame->crc_computed = 0xFFFFFFFFu;
        return PCM_FRAME_MORE;
    }
    frame->position = position + 1u;
    if (position >= SAMPLES_END) {
        frame->crc_received = shift_in(frame->crc_received, byte);
        if (position + 1u < CRC_END) {
            return PCM_FRAME_MORE;
        }
        frame->crc_computed = ~frame->crc_computed;
        const int same = frame->crc_received == frame->crc_computed;
        return end_frame(frame, same ? PCM_FRAME_COMPLETE : PCM_FRAME_BAD_CRC);
    }
    frame->crc_computed = crc32_step(frame->crc_computed, byte);
    if (position >= COUNT_END) {
        ((uint8_t *)frame->samples)[position - COUNT_END] = byte; /* this core is little endian */
        return PCM_FRAME_MORE;
    }
    frame->count = shift_in(frame->count, byte);
    if (position + 1u == COUNT_END && frame->count != PCM_FRAME_SAMPLES) {
        return end_frame(frame, PCM_FRAME_BAD_COUNT);
    }
    return PCM_FRAME_MORE;
}
