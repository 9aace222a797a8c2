#include "board.h"

#include "board/armv7m/cache.h"
#include "clock_gates.h"
#include "driver/cycle_counter.h"
#include "driver/pin.h"
#include "driver/tick.h"
#include "driver/usart.h"

#define CONSOLE_BAUD 921600u
#define AF7_USART2 7u /* alternate function tables of DS8626, DS12288, DS10916 and DS12110 */
#define TX_PIN 2u
#define RX_PIN 3u

static void start_console(uint32_t apb1_hz)
{
    clock_gate_open(CLOCK_GPIOA);
    clock_gate_open(CLOCK_USART2);

    pin_pull_up(GPIOA, RX_PIN); /* an open receive line must read as idle, not as noise */
    usart_start(apb1_hz, CONSOLE_BAUD); /* before the pins: TX rests high when it is connected */
    pin_connect(GPIOA, TX_PIN, AF7_USART2);
    pin_connect(GPIOA, RX_PIN, AF7_USART2);
}

struct clock_tree board_start(void)
{
    cache_start();
    const struct clock_tree clock = clock_start();
    cycle_counter_start();
    tick_start(clock.core_hz);
    start_console(clock.apb1_hz);
    return clock;
}
