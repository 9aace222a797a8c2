/* The smallest application: a banner, five lines from the clock and the tick, then an echo. */

#include "board.h"
#include "board/armv7m/system_control.h"
#include "driver/console.h"
#include "driver/tick.h"
#include "driver/usart.h"

void USART2_IRQHandler(void);

void USART2_IRQHandler(void)
{
    uint8_t byte;
    if (usart_receive(&byte) == USART_BYTE) {
        const char text[2] = {(char)byte, '\n'};
        (void)usart_write(text, byte == '\n' ? 1u : 2u);
    }
}

int main(void)
{
    const struct clock_tree clock = board_start();
    console_text("hello from " BOARD_NAME "\n");
    for (uint32_t line = 1; line <= 5u; line++) {
        while (tick_ms() < 100u * line) {
            wait_for_interrupt();
        }
        console_text("{\"clock_hz\":");
        console_unsigned(clock.core_hz);
        console_text(",\"tick_ms\":");
        console_unsigned(tick_ms());
        console_text("}\n");
    }
    usart_receive_interrupt(true);
    for (;;) {
        wait_for_interrupt();
    }
}
