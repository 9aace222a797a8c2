#include "pcm_receiver.h"

#include <stdbool.h>

#include "board/armv7m/system_control.h"
#include "console.h"
#include "pcm_frame.h"
#include "tick.h"
#include "usart.h"

#define STALL_MS 100u

enum event {
    EVENT_NONE,
    EVENT_COMPLETE,
    EVENT_BAD_COUNT,
    EVENT_BAD_CRC,
    EVENT_OVERRUN,
    EVENT_FRAMING,
};

/* Owned by the interrupt while it is on, by pcm_receiver_wait while it is off. */
static struct pcm_frame frame;

/* Written by the interrupt. An event turns the interrupt off, so none is overwritten. */
static volatile enum event event;
static volatile uint32_t bytes_received;

/* The rest of a frame that was complained about is passed over until a good one or silence. */
static bool recovering;

static enum event event_of(enum usart_status status, uint8_t byte)
{
    if (status == USART_OVERRUN) {
        return EVENT_OVERRUN;
    }
    if (status == USART_FRAMING) {
        return EVENT_FRAMING;
    }
    switch (pcm_frame_push(&frame, byte)) {
    case PCM_FRAME_COMPLETE:
        return EVENT_COMPLETE;
    case PCM_FRAME_BAD_COUNT:
        return EVENT_BAD_COUNT;
    case PCM_FRAME_BAD_CRC:
        return EVENT_BAD_CRC;
    default:
        return EVENT_NONE;
    }
}

void USART2_IRQHandler(void);

void USART2_IRQHandler(void)
{
    uint8_t byte;
    const enum usart_status status = usart_receive(&byte);
    if (status == USART_NOTHING) {
        return;
    }
    bytes_received++;
    const enum event now = event_of(status, byte);
    if (now != EVENT_NONE) {
        event = now;
        usart_receive_interrupt(false);
    }
}

static void field(const char *name, uint32_t value)
{
    console_text(",\"");
    console_text(name);
    console_text("\":");
    console_unsigned(value);
}

static void report(enum event what)
{
    static const char *const names[] = {
        [EVENT_BAD_COUNT] = "sample count",
        [EVENT_BAD_CRC] = "crc",
        [EVENT_OVERRUN] = "overrun",
        [EVENT_FRAMING] = "framing",
    };
    console_text("{\"error\":\"");
    console_text(names[what]);
    console_text("\"");
    if (what == EVENT_BAD_COUNT) {
        field("received", frame.count);
        field("expected", PCM_FRAME_SAMPLES);
    } else if (what == EVENT_BAD_CRC) {
        field("received", frame.crc_received);
        field("computed", frame.crc_computed);
    }
    console_text("}\n");
}

static void report_silence(void)
{
    if (frame.position >= 4u) {
        console_text("{\"error\":\"timeout\"");
        field("received_bytes", frame.position);
        console_text("}\n");
    } else if (frame.position + frame.skipped != 0u && !recovering) {
        console_text("{\"error\":\"no frame\"");
        field("skipped_bytes", frame.position + frame.skipped);
        console_text("}\n");
    }
}

/* Listens until an event or STALL_MS without a byte; returns with the interrupt off. */
static enum event listen(void)
{
    event = EVENT_NONE;
    usart_receive_interrupt(true);
    uint32_t seen = bytes_received;
    uint32_t since_ms = tick_ms();
    while (event == EVENT_NONE) {
        /* An interrupt between the test and the sleep is noticed at the next tick, 1 ms later. */
        wait_for_interrupt();
        const uint32_t now_ms = tick_ms();
        if (bytes_received != seen) {
            seen = bytes_received;
            since_ms = now_ms;
        } else if (now_ms - since_ms > STALL_MS) {
            usart_receive_interrupt(false);
            break;
        }
    }
    return event;
}

void pcm_receiver_start(int16_t *samples)
{
    pcm_frame_reset(&frame, samples);
}

void pcm_receiver_wait(void)
{
    for (;;) {
        const enum event what = listen();
        if (what == EVENT_COMPLETE) {
            recovering = false;
            pcm_frame_reset(&frame, frame.samples);
            return;
        }
        if (what == EVENT_NONE) {
            report_silence();
            recovering = false;
        } else {
            if (!recovering || what == EVENT_BAD_COUNT || what == EVENT_BAD_CRC) {
                report(what);
            }
            recovering = true;
        }
        pcm_frame_reset(&frame, frame.samples);
    }
}
