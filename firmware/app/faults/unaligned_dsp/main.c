/*
 * What is wrong: the kernel takes four 16-bit samples a turn with one LDRD, and the filter hands it
 * a window that begins at any sample: at every second one the address is no multiple of 4.
 * Silicon: LDRD from such an address is a UsageFault (UNALIGNED), whatever CCR.UNALIGN_TRP says
 * (DDI 0403E.e, A3.2.1); UsageFault is not enabled, so a HardFault.
 */

#include <arm_acle.h>

#include "board.h"
#include "driver/console.h"

#define TAPS 16u
#define WINDOWS 8u

struct four_samples {
    int16x2_t first, second;
};

static const int16_t taps[TAPS] __attribute__((aligned(8))) = {
    1, 3, 7, 12, 18, 24, 28, 30, 30, 28, 24, 18, 12, 7, 3, 1,
};
static int16_t samples[TAPS + WINDOWS] __attribute__((aligned(8)));

/* One instruction instead of two; the compiler would not dare. */
static inline struct four_samples load_four(const int16_t *from)
{
    struct four_samples four;
    __asm("ldrd %0, %1, [%2]" /* faults here */
          : "=r"(four.first), "=r"(four.second)
          : "r"(from), "m"(*(const int16_t(*)[4])from));
    return four;
}

__attribute__((noipa)) static int32_t dot_product(const int16_t *left, const int16_t *right)
{
    int32_t sum = 0;
    for (uint32_t i = 0; i < TAPS; i += 4u) {
        const struct four_samples a = load_four(left + i);
        const struct four_samples b = load_four(right + i);
        sum = __smlad(a.first, b.first, sum);
        sum = __smlad(a.second, b.second, sum);
    }
    return sum;
}

__attribute__((noipa)) static int32_t filter(uint32_t windows)
{
    int32_t loudest = 0;
    for (uint32_t first = 0; first < windows; first++) {
        const int32_t level = dot_product(samples + first, taps);
        loudest = level > loudest ? level : loudest;
    }
    return loudest;
}

int main(void)
{
    (void)board_start();
    for (uint32_t i = 0; i < TAPS + WINDOWS; i++) {
        samples[i] = (int16_t)(i * 100u);
    }
    console_text("filtering\n");
    console_signed(filter(WINDOWS));
    console_text("\nPASS\n");
    for (;;) {
    }
}
