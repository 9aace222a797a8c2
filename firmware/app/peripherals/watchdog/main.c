/*
 * The independent watchdog at 40 ms: fed every 30 ms, which is inside its window where it has one
 * (the last 20 ms). A byte on the console says what goes wrong then: "s" starves it, "e" feeds it
 * too early.
 */

#include "board.h"
#include "driver/console.h"
#include "driver/report.h"
#include "driver/tick.h"
#include "driver/usart.h"
#include "register/iwdg.h"

#define PERIODS 320u /* of LSI / 4, at 32 kHz: 40 ms */
#define FEEDINGS 10u
#define FEED_MS 30u

static void feed(void)
{
    IWDG->KR = IWDG_KR_FEED;
}

/* Register updates reach the domain of LSI within five of its periods; SR shows the wait. */
static void wait_for_update(void)
{
    while (IWDG->SR != 0u) {
    }
}

static void start(void)
{
    IWDG->KR = IWDG_KR_START;
    IWDG->KR = IWDG_KR_UNLOCK;
    IWDG->PR = 0;
    IWDG->RLR = PERIODS - 1u;
    wait_for_update();
#if IWDG_HAS_WINDOW
    IWDG->WINR = PERIODS / 2u; /* loads the counter, too */
    wait_for_update();
#else
    feed();
#endif
}

static void feed_in_time(void)
{
    tick_wait_ms(FEED_MS);
    feed();
}

int main(void)
{
    (void)board_start();
    report("window", IWDG_HAS_WINDOW);
    start();
    for (uint32_t count = 0; count < FEEDINGS; count++) {
        feed_in_time();
    }
    report("fed", FEEDINGS);
    uint8_t wish = 0;
    while (usart_receive(&wish) != USART_BYTE) {
        feed_in_time();
    }
    if (wish == 'e') {
        console_text("too early\n");
        feed();
        console_text("fed twice\n");
    }
    console_text("starving\n");
    for (;;) {
    }
}
