/*
 * An HS3001 on I2C1: a measurement is asked for by the address alone, waited for, and fetched as four
 * bytes; data that is not fresh is told apart by its status bits and fetched again.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "driver/console.h"
#include "driver/i2c.h"
#include "driver/tick.h"

#define ADDRESS 0x44u
#define MEASUREMENTS 5u
#define FRESH 0u
#define FULL_SCALE 16383u /* 14 bits */

struct measurement {
    uint32_t status;
    uint32_t humidity_milli_percent;
    int32_t temperature_milli_celsius;
};

static void pause_ms(uint32_t milliseconds)
{
    const uint32_t begin = tick_ms();
    while (tick_ms() - begin < milliseconds) {
        wait_for_interrupt();
    }
}

/* HS300x data sheet, section 5: two numbers of 14 bits over their ranges. */
static enum i2c_status fetch(struct measurement *to)
{
    uint8_t bytes[4];
    const enum i2c_status status = i2c_receive(ADDRESS, bytes, sizeof bytes);
    const uint32_t humidity = ((uint32_t)bytes[0] & 0x3Fu) << 8 | bytes[1];
    const uint32_t temperature = ((uint32_t)bytes[2] << 8 | bytes[3]) >> 2;
    to->status = bytes[0] >> 6;
    to->humidity_milli_percent = (humidity * 100000u + FULL_SCALE / 2u) / FULL_SCALE;
    to->temperature_milli_celsius =
        (int32_t)((temperature * 165000u + FULL_SCALE / 2u) / FULL_SCALE) - 40000;
    return status;
}

static void say(const char *key, int32_t value)
{
    console_text(key);
    console_text("=");
    console_signed(value);
    console_text("\n");
}

int main(void)
{
    const struct clock_tree clock = board_start();
    i2c_start(clock.apb1_hz);
    pause_ms(20); /* after power-on the sensor listens for programming first */
    uint32_t stale = 0;
    for (uint32_t count = 0; count < MEASUREMENTS; count++) {
        struct measurement found;
        say("request", (int32_t)i2c_write(ADDRESS, 0, 0));
        (void)fetch(&found); /* too early */
        stale += found.status != FRESH;
        pause_ms(40);
        say("fetch", (int32_t)fetch(&found));
        say("fresh", found.status == FRESH);
        say("humidity", (int32_t)found.humidity_milli_percent);
        say("temperature", found.temperature_milli_celsius);
        pause_ms(60);
    }
    say("stale", (int32_t)stale);
    console_text("done\n");
    for (;;) {
        wait_for_interrupt();
    }
}
