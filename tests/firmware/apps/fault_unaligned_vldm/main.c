/* VLDM needs a multiple of 4, whatever CCR.UNALIGN_TRP says (DDI 0403E.e, A3.2.1). */

#include "board.h"
#include "driver/console.h"

static uint32_t words[4];

__attribute__((noipa)) static float load_vector_unaligned(const uint8_t *address)
{
    float sum;
    __asm volatile("vldm %1, {s2, s3}\n\tvadd.f32 %0, s2, s3"
                   : "=t"(sum) : "r"(address) : "s2", "s3", "memory");
    return sum;
}

int main(void)
{
    (void)board_start();
    console_text("about to load FPU registers from an unaligned address\n");
    (void)load_vector_unaligned((const uint8_t *)words + 1);
    console_text("survived\n");
    for (;;) {
    }
}
