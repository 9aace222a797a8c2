/*
 * What is wrong: the mean of the loud samples, where no sample was loud.
 * Silicon: with CCR.DIV_0_TRP set SDIV is a UsageFault (DIVBYZERO); without it the quotient is 0.
 */

#include "board.h"
#include "driver/console.h"

#define SCB_CCR (*(volatile uint32_t *)0xE000ED14u) /* DDI 0403E.e, B3.2.8 */
#define SCB_CCR_DIV_0_TRP (1u << 4)

static const int16_t quiet[8] = {3, -2, 0, 1, -1, 2, -3, 0};

__attribute__((noipa)) static int32_t mean_of_loud(const int16_t *samples, uint32_t count)
{
    int32_t sum = 0, loud = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (samples[i] > 100) {
            sum += samples[i];
            loud++;
        }
    }
    return sum / loud; /* faults here */
}

int main(void)
{
    (void)board_start();
    SCB_CCR |= SCB_CCR_DIV_0_TRP;
    console_text("measuring\n");
    console_signed(mean_of_loud(quiet, 8));
    console_text("\nPASS\n");
    for (;;) {
    }
}
