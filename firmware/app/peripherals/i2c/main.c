/*
 * An accelerometer (LIS2DW12) on I2C1: who it is, registers written and read back in transfers of one
 * to six bytes, also by DMA and by interrupt, an address that nobody has, refusals that go away, and a bus that is stuck and freed.
 * Before the last two it waits for a byte on the console.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "board/placement.h"
#include "driver/console.h"
#include "driver/cycle_counter.h"
#include "driver/i2c.h"
#include "driver/usart.h"

#define SENSOR 0x18u
#define NOBODY 0x3Au
#define WHO_AM_I 0x0Fu
#define TAP_THS_X 0x30u /* the first of six registers that keep what is written */
#define RETRIES 10u

static DMA_BUFFER uint8_t by_dma[32]; /* a whole cache line */

static void say(const char *key, uint32_t value)
{
    console_text(key);
    console_text("=");
    console_unsigned(value);
    console_text("\n");
}

static void say_bytes(const char *key, const uint8_t *bytes, uint32_t size)
{
    console_text(key);
    console_text("=");
    for (uint32_t i = 0; i < size; i++) {
        console_hex_byte(bytes[i]);
    }
    console_text("\n");
}

static void wait_for_byte(const char *what)
{
    uint8_t byte;
    console_text("wait=");
    console_text(what);
    console_text("\n");
    while (usart_receive(&byte) == USART_NOTHING) {
    }
}

static void read_back(uint32_t size)
{
    uint8_t bytes[6] = {0};
    const enum i2c_status status = i2c_read(SENSOR, TAP_THS_X, bytes, size);
    if (status != I2C_OK) {
        say("status", status);
    }
    say_bytes("read", bytes, size);
}

int main(void)
{
    const struct clock_tree clock = board_start();
    i2c_start(clock.apb1_hz);

    uint8_t who = 0;
    const uint32_t start = cycle_counter_read();
    say("who_status", i2c_read(SENSOR, WHO_AM_I, &who, 1));
    const uint32_t cycles = cycle_counter_read() - start;
    say("read_ns", cycles / (clock.core_hz / 1000000u) * 1000u);
    say_bytes("who", &who, 1);

    const uint8_t settings[] = {TAP_THS_X, 0x11, 0x22, 0x33, 0x44, 0x15, 0x66};
    say("write_status", i2c_write(SENSOR, settings, sizeof settings));
    for (uint32_t size = 1; size <= 6; size++) {
        read_back(size);
    }
    for (uint32_t size = 2; size <= 6; size += 2) {
        say("dma_status", i2c_read_by_dma(SENSOR, TAP_THS_X, by_dma, size));
        say_bytes("by_dma", by_dma, size);
    }
    say("probe", i2c_probe_by_interrupt(SENSOR));
    say("probe_nobody", i2c_probe_by_interrupt(NOBODY));
    say("nobody_write", i2c_write(NOBODY, settings, 2));
    say("nobody_read", i2c_read(NOBODY, WHO_AM_I, &who, 1));
    say("somebody", i2c_write(SENSOR, settings, 0));

    wait_for_byte("nack");
    uint32_t refusals = 0;
    while (i2c_read(SENSOR, WHO_AM_I, &who, 1) == I2C_NACK && refusals < RETRIES) {
        refusals++;
    }
    say("refusals", refusals);
    say("data_refused", i2c_write(SENSOR, settings, sizeof settings));
    read_back(2);

    wait_for_byte("stuck");
    say("stuck_status", i2c_write(SENSOR, settings, sizeof settings));
    say("clocks", i2c_free_bus(clock.apb1_hz));
    say("freed_status", i2c_read(SENSOR, WHO_AM_I, &who, 1));
    say_bytes("who", &who, 1);

    wait_for_byte("reset");
    say("held_status", i2c_write(SENSOR, settings, sizeof settings));
    wait_for_byte("released");
    i2c_start(clock.apb1_hz);
    say("reset_status", i2c_read(SENSOR, WHO_AM_I, &who, 1));
    console_text("done\n");
    for (;;) {
        wait_for_interrupt();
    }
}
