/*
 * A LIS2DW12 on I2C1, its INT1 at PA1: 100 samples a second at +-4 g go into its FIFO, whose
 * threshold of 16 wakes the processor, which takes all of them in one burst. A transfer that is not
 * acknowledged is tried again; a sensor that stays away is waited for. Then the sensor watches alone
 * and wakes the processor when it is moved.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "driver/console.h"
#include "driver/i2c.h"
#include "driver/lis2dw12.h"
#include "driver/pin.h"
#include "driver/pin_interrupt.h"
#include "driver/tick.h"

#define INT1_PIN 1u
#define THRESHOLD 16u
#define BATCHES 4u
#define TRIES 5u

static volatile bool called;
static uint32_t refusals;

void EXTI1_IRQHandler(void)
{
    if (pin_interrupt_take(INT1_PIN)) {
        called = true;
    }
}

static void say(const char *key, uint32_t value)
{
    console_text(key);
    console_text("=");
    console_unsigned(value);
    console_text("\n");
}

static void pause_ms(uint32_t milliseconds)
{
    const uint32_t begin = tick_ms();
    while (tick_ms() - begin < milliseconds) {
        wait_for_interrupt();
    }
}

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
    pause_ms(try < TRIES ? 1u : 20u);
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

/* The pin stays high while there is something to take, so it may have risen before. */
static void wait_for_call(void)
{
    while (!called && !pin_read(GPIOA, INT1_PIN)) {
        wait_for_interrupt();
    }
    called = false;
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
    say("batch", count);
    say("overrun", state >> 6 & 1u);
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
    clock_gate_open(CLOCK_GPIOA);
    clock_gate_open(CLOCK_SYSCFG);
    i2c_start(clocks.apb1_hz);
    pin_mode(GPIOA, INT1_PIN, GPIO_MODER_INPUT); /* analog after reset on G4 and H7: no interrupts */
    pin_interrupt_start(PIN_PORT_A, INT1_PIN);

    say("who_am_i", read_register(LIS2DW12_WHO_AM_I));
    write_register(LIS2DW12_CTRL2, LIS2DW12_CTRL2_SOFT_RESET);
    pause_ms(1);
    write_register(LIS2DW12_CTRL2, LIS2DW12_CTRL2_BDU_AND_INCREMENT);
    write_register(LIS2DW12_CTRL6, LIS2DW12_CTRL6_4G);
    write_register(LIS2DW12_FIFO_CTRL, LIS2DW12_FIFO_CONTINUOUS | THRESHOLD);
    write_register(LIS2DW12_CTRL4, LIS2DW12_CTRL4_FIFO_THRESHOLD);
    say("celsius", 25u + read_register(LIS2DW12_OUT_T));
    console_text("measuring\n");
    write_register(LIS2DW12_CTRL1, LIS2DW12_CTRL1_100HZ_HIGH_PERFORMANCE);
    for (uint32_t batch = 0; batch < BATCHES; batch++) {
        const uint32_t begin = tick_ms();
        wait_for_call();
        say("waited_ms", tick_ms() - begin);
        print_batch();
    }
    say("refusals", refusals);

    write_register(LIS2DW12_CTRL4, 0);
    write_register(LIS2DW12_FIFO_CTRL, 0);
    write_register(LIS2DW12_WAKE_UP_THS, 4); /* of 64 of full scale: 250 mg */
    write_register(LIS2DW12_CTRL3, LIS2DW12_CTRL3_LATCHED);
    write_register(LIS2DW12_CTRL7, LIS2DW12_CTRL7_INTERRUPTS);
    (void)read_register(LIS2DW12_WAKE_UP_SRC);
    called = false;
    write_register(LIS2DW12_CTRL4, LIS2DW12_CTRL4_WAKE_UP);
    console_text("watching\n");
    wait_for_call();
    say("wake_up_source", read_register(LIS2DW12_WAKE_UP_SRC));
    console_text("done\n");
    for (;;) {
        wait_for_interrupt();
    }
}
