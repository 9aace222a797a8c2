/*
 * A LIS2DW12 on I2C1, its INT1 at PA1: 100 samples a second at +-4 g go into its FIFO, whose
 * threshold of 16 wakes the processor, which takes all of them in one burst. A transfer that is not
 * acknowledged is tried again; a sensor that stays away is waited for. Then the sensor watches alone
 * and wakes the processor when it is moved.
 */

#include <stdbool.h>

#include "board.h"
#include "driver/call_pin.h"
#include "driver/console.h"
#include "driver/i2c.h"
#include "driver/lis2dw12.h"
#include "driver/report.h"
#include "driver/tick.h"

#define THRESHOLD 16u
#define BATCHES 4u
#define TRIES 5u

static uint32_t refusals;

/* Whether a failed transfer is worth another try; the first time that it is not, people are told. */
static bool again(enum i2c_status status, uint32_t try)
{
    if (status == I2C_OK) {
        return false;
    }
    refusals++;
    if (try == TRIES) {
        console_text("sensor lost\n");
    }
    tick_wait_ms(try < TRIES ? 1u : 20u);
    return true;
}

static void read_registers(uint8_t from, uint8_t *data, uint32_t size)
{
    uint32_t try = 0;
    while (again(i2c_read(LIS2DW12_ADDRESS, from, data, size), ++try)) {
    }
}

static uint8_t read_register(uint8_t from)
{
    uint8_t value = 0;
    read_registers(from, &value, 1);
    return value;
}

static void write_register(uint8_t to, uint8_t value)
{
    const uint8_t data[] = {to, value};
    uint32_t try = 0;
    while (again(i2c_write(LIS2DW12_ADDRESS, data, sizeof data), ++try)) {
    }
}

/* Left-justified 14 bits: 2048 steps a g at +-4 g. */
static void print_sample(const uint8_t *bytes)
{
    console_text("sample=");
    for (uint32_t axis = 0; axis < 3u; axis++) {
        const uint16_t word = (uint16_t)(bytes[2u * axis] | bytes[2u * axis + 1u] << 8);
        console_signed((int16_t)word / 4);
        console_text(axis < 2u ? "," : "\n");
    }
}

static void print_batch(void)
{
    static uint8_t bytes[LIS2DW12_FIFO_DEPTH * LIS2DW12_SAMPLE_BYTES];
    const uint8_t state = read_register(LIS2DW12_FIFO_SAMPLES);
    const uint32_t count = state & 0x3Fu;
    report("batch", count);
    report("overrun", state >> 6 & 1u);
    if (count == 0u) {
        return;
    }
    read_registers(LIS2DW12_OUT_X_L, bytes, count * LIS2DW12_SAMPLE_BYTES);
    for (uint32_t i = 0; i < count; i++) {
        print_sample(&bytes[i * LIS2DW12_SAMPLE_BYTES]);
    }
}

int main(void)
{
    const struct clock_tree clocks = board_start();
    i2c_start(clocks.apb1_hz);
    call_pin_start();

    report("who_am_i", read_register(LIS2DW12_WHO_AM_I));
    write_register(LIS2DW12_CTRL2, LIS2DW12_CTRL2_SOFT_RESET);
    tick_wait_ms(1);
    write_register(LIS2DW12_CTRL2, LIS2DW12_CTRL2_BDU_AND_INCREMENT);
    write_register(LIS2DW12_CTRL6, LIS2DW12_CTRL6_4G);
    write_register(LIS2DW12_FIFO_CTRL, LIS2DW12_FIFO_CONTINUOUS | THRESHOLD);
    write_register(LIS2DW12_CTRL4, LIS2DW12_CTRL4_FIFO_THRESHOLD);
    report("celsius", 25u + read_register(LIS2DW12_OUT_T));
    console_text("measuring\n");
    write_register(LIS2DW12_CTRL1, LIS2DW12_CTRL1_100HZ_HIGH_PERFORMANCE);
    for (uint32_t batch = 0; batch < BATCHES; batch++) {
        const uint32_t begin = tick_ms();
        call_pin_wait();
        report("waited_ms", tick_ms() - begin);
        print_batch();
    }
    report("refusals", refusals);

    write_register(LIS2DW12_CTRL4, 0);
    write_register(LIS2DW12_FIFO_CTRL, 0);
    write_register(LIS2DW12_WAKE_UP_THS, 4); /* of 64 of full scale: 250 mg */
    write_register(LIS2DW12_CTRL3, LIS2DW12_CTRL3_LATCHED);
    write_register(LIS2DW12_CTRL7, LIS2DW12_CTRL7_INTERRUPTS);
    (void)read_register(LIS2DW12_WAKE_UP_SRC);
    call_pin_forget();
    write_register(LIS2DW12_CTRL4, LIS2DW12_CTRL4_WAKE_UP);
    console_text("watching\n");
    call_pin_wait();
    report("wake_up_source", read_register(LIS2DW12_WAKE_UP_SRC));
    report_done();
}
