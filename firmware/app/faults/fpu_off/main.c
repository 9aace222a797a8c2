/*
 * What is wrong: start-up code of its own, taken from a chip without floating point: it does not
 * enable the FPU, and the compiler was told that there is one.
 * Silicon: the first floating-point instruction is a UsageFault (NOCP), here a HardFault.
 */

#include "board.h"
#include "driver/console.h"

#define COUNT 8u

static float weights[COUNT] = {0.5f, 1.5f, -2.0f, 4.0f, 0.25f, -1.0f, 8.0f, 3.0f};

__attribute__((noipa)) static void scale(float *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        values[i] *= 0.125f; /* faults here */
    }
}

int main(void)
{
    (void)board_start();
    console_text("scaling\n");
    scale(weights, COUNT);
    console_text("PASS\n");
    for (;;) {
    }
}
