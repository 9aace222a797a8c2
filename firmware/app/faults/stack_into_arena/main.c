/*
 * What is wrong: the stack got what the tensor arena left, 1 KiB; the layer that is computed first
 * needs a scratch buffer of twice that.
 * Silicon: the arena lies right below the stack. The scratch buffer overwrites the end of it, where
 * other layers keep their tensors, and no exception tells: the network's answers are wrong.
 */

#include "board.h"
#include "driver/console.h"

#define CHANNELS 512u
#define ARENA_BYTES (127u * 1024u - 64u) /* as much as fits */

static int8_t tensor_arena[ARENA_BYTES];

__attribute__((noipa)) static void accumulate(int32_t *sums, const int8_t *input)
{
    for (uint32_t i = 0; i < CHANNELS; i++) {
        sums[i] = input[i] * 3 + input[i + CHANNELS];
    }
}

__attribute__((noipa)) static void depthwise_layer(int8_t *output, const int8_t *input)
{ /* faults here */
    int32_t sums[CHANNELS];
    accumulate(sums, input);
    for (uint32_t i = 0; i < CHANNELS; i++) {
        output[i] = (int8_t)(sums[i] >> 2);
    }
}

__attribute__((noipa)) static void run_network(int8_t *arena)
{
    depthwise_layer(arena, arena + ARENA_BYTES - 2u * CHANNELS);
    arena[0] = (int8_t)(arena[0] + arena[1]);
}

int main(void)
{
    (void)board_start();
    for (uint32_t i = 0; i < ARENA_BYTES; i++) {
        tensor_arena[i] = (int8_t)i;
    }
    console_text("computing\n");
    run_network(tensor_arena);
    console_signed(tensor_arena[7]);
    console_text("\nPASS\n");
    for (;;) {
    }
}
