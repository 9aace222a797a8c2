/*
 * Keyword spotter: takes one second of sound at a time (driver/pcm_frame.h) on the console and
 * answers with one line of JSON: the word, the network's twelve scores, and what the front end and
 * the network took on the core's cycle counter. On start it names itself and its words.
 */

#include "board.h"
#include "driver/console.h"
#include "driver/cycle_counter.h"
#include "driver/pcm_frame.h"
#include "driver/pcm_receiver.h"
#include "dsp/audio_front_end.h"
#include "kws_model.h"
#include "labels.h"

_Static_assert(PCM_FRAME_SAMPLES == FRONT_END_CLIP_SAMPLES, "a frame is a clip");
_Static_assert(KWS_MODEL_INPUT_SIZE == FRONT_END_FRAMES * FRONT_END_MEL_BINS,
               "the network takes the front end's features");
_Static_assert(KWS_MODEL_OUTPUT_SIZE == KWS_LABELS, "one score a label");

static int16_t pcm[PCM_FRAME_SAMPLES];

static void warn_about_clock(const struct clock_tree *clock)
{
    if (clock->source == CLOCK_PLL_HSE) {
        return;
    }
    console_text("{\"warning\":\"clock\",\"source\":\"");
    console_text(clock->source == CLOCK_PLL_HSI ? "pll from hsi" : "hsi");
    console_text("\",\"hz\":");
    console_unsigned(clock->core_hz);
    console_text("}\n");
}

static void say_ready(void)
{
    console_text("{\"ready\":\"kws\",\"labels\":[");
    for (uint32_t i = 0; i < KWS_LABELS; i++) {
        console_text(i == 0u ? "\"" : ",\"");
        console_text(kws_labels[i]);
        console_text("\"");
    }
    console_text("]}\n");
}

static uint32_t highest(const int8_t *scores)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < KWS_LABELS; i++) {
        if (scores[i] > scores[best]) {
            best = i;
        }
    }
    return best;
}

static void answer(const int8_t *scores, uint32_t front_end, uint32_t network)
{
    console_text("{\"label\":\"");
    console_text(kws_labels[highest(scores)]);
    console_text("\",\"scores\":[");
    for (uint32_t i = 0; i < KWS_LABELS; i++) {
        console_text(i == 0u ? "" : ",");
        console_signed(scores[i]);
    }
    console_text("],\"front_end\":");
    console_unsigned(front_end);
    console_text(",\"network\":");
    console_unsigned(network);
    console_text("}\n");
}

int main(void)
{
    const struct clock_tree clock = board_start();
    pcm_receiver_start(pcm);
    warn_about_clock(&clock);
    say_ready();
    for (;;) {
        pcm_receiver_wait();
        const uint32_t start = cycle_counter_read();
        audio_front_end_run(pcm, kws_model_input());
        const uint32_t middle = cycle_counter_read();
        kws_model_invoke();
        const uint32_t end = cycle_counter_read();
        answer(kws_model_output(), middle - start, end - middle);
    }
}
