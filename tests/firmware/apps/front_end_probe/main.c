/* Answers each PCM frame with its features in hexadecimal: two digits a feature, frame by frame. */

#include "board.h"
#include "driver/console.h"
#include "driver/pcm_frame.h"
#include "driver/pcm_receiver.h"
#include "dsp/audio_front_end.h"

static int16_t pcm[PCM_FRAME_SAMPLES];
static int8_t features[FRONT_END_FRAMES * FRONT_END_MEL_BINS];

int main(void)
{
    (void)board_start();
    pcm_receiver_start(pcm);
    console_text("{\"ready\":\"front_end_probe\"}\n");
    for (;;) {
        pcm_receiver_wait();
        audio_front_end_run(pcm, features);
        for (uint32_t i = 0; i < sizeof features; i++) {
            console_hex_byte((uint8_t)features[i]);
        }
        console_text("\n");
    }
}
