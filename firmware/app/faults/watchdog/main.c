/*
 * What is wrong: the sensor's answer never comes, nothing limits the wait for it, and nobody feeds
 * the watchdog meanwhile.
 * Silicon: 40 ms after the last feeding (of an LSI of 32 kHz; its 17 to 47 kHz make 27 to 75 ms
 * of them, DS8626) the independent watchdog resets the chip, and everything begins again: for ever.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "driver/console.h"
#include "register/iwdg.h"

static volatile bool sensor_answered; /* set by the sensor's interrupt */

static void watchdog_feed(void)
{
    IWDG->KR = IWDG_KR_FEED;
}

/* 320 periods of LSI / 4: 40 ms. */
static void watchdog_start(void)
{
    IWDG->KR = IWDG_KR_START;
    IWDG->KR = IWDG_KR_UNLOCK;
    IWDG->PR = 0;
    IWDG->RLR = 319;
    while (IWDG->SR != 0u) {
    }
    watchdog_feed();
}

__attribute__((noipa)) static void wait_for_sensor(void)
{
    while (!sensor_answered) { /* faults here */
    }
}

int main(void)
{
    (void)board_start();
    watchdog_start();
    console_text("asking the sensor\n");
    wait_for_sensor();
    watchdog_feed();
    console_text("PASS\n");
    for (;;) {
        watchdog_feed();
    }
}
