/*
 * A serial line for pcm_receiver.c on the machine that runs the tests: what arrives is a script of
 * bytes and silences, one entry a sleep; what is sent is kept.
 */

#include <string.h>

#include "board/armv7m/system_control.h"
#include "driver/pcm_receiver.h"
#include "driver/tick.h"
#include "driver/usart.h"

#define SILENCE_MS 0xFFu /* in place of a status: time passes, by the entry's byte in ms */

void USART2_IRQHandler(void);

static const uint8_t *statuses;
static const uint8_t *bytes;
static uint32_t next;
static uint32_t now_ms;
static bool interrupt_on;
static char sent[4096];
static uint32_t sent_size;

void wait_for_interrupt(void)
{
    if (statuses[next] == SILENCE_MS) {
        now_ms += bytes[next++];
    } else if (interrupt_on) {
        USART2_IRQHandler();
    }
}

enum usart_status usart_receive(uint8_t *byte)
{
    *byte = bytes[next];
    return (enum usart_status)statuses[next++];
}

void usart_receive_interrupt(bool on)
{
    interrupt_on = on;
}

bool usart_write(const char *text, size_t size)
{
    memcpy(sent + sent_size, text, size);
    sent_size += (uint32_t)size;
    return true;
}

uint32_t tick_ms(void)
{
    return now_ms;
}

/* Plays the script until the receiver holds a clip; returns what was answered until then. */
const char *play(const uint8_t *script_statuses, const uint8_t *script_bytes, int16_t *samples);

const char *play(const uint8_t *script_statuses, const uint8_t *script_bytes, int16_t *samples)
{
    statuses = script_statuses;
    bytes = script_bytes;
    next = 0;
    sent_size = 0;
    pcm_receiver_start(samples);
    pcm_receiver_wait();
    sent[sent_size] = '\0';
    return sent;
}
