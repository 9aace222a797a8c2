/* Says what the start-up code left: initialised and zeroed variables, the FPU, a float's value. */

#include "board.h"
#include "driver/console.h"

static volatile uint32_t initialised[3] = {11, 22, 33};
static volatile uint32_t zeroed[3];
static volatile float third = 1.0f / 3.0f;

int main(void)
{
    (void)board_start();
    console_text("{\"initialised\":");
    console_unsigned(initialised[0] * 10000u + initialised[1] * 100u + initialised[2]);
    console_text(",\"zeroed\":");
    console_unsigned(zeroed[0] | zeroed[1] | zeroed[2]);
    console_text(",\"by_fpu\":");
    console_unsigned((uint32_t)(third * 3000.0f));
    console_text(",\"signed\":");
    console_signed(INT32_MIN);
    console_text("}\n");
    for (;;) {
    }
}
