/*
 * A BMI270 on SPI1, its INT1 at PA1: started with a configuration file, 100 samples a second of both
 * sensors in its FIFO, whose watermark of ten frames wakes the processor. Then the sensor watches
 * alone for motion.
 *
 * The file here stands for the smaller of Bosch's two, which are theirs to give out: as long, and with
 * the same start.
 */

#include <stdbool.h>

#include "board.h"
#include "driver/bmi270.h"
#include "driver/call_pin.h"
#include "driver/console.h"
#include "driver/report.h"
#include "driver/spi.h"
#include "driver/tick.h"

#define FRAMES 10u
#define BATCHES 2u
#define READ 0x80u


static void read_registers(uint8_t from, uint8_t *data, uint32_t size)
{
    spi_select(true);
    (void)spi_exchange(READ | from);
    (void)spi_exchange(0); /* one byte without meaning comes first */
    for (uint32_t i = 0; i < size; i++) {
        data[i] = spi_exchange(0);
    }
    spi_select(false);
}

static uint8_t read_register(uint8_t from)
{
    uint8_t value;
    read_registers(from, &value, 1);
    return value;
}

static void write_register(uint8_t to, uint8_t value)
{
    spi_select(true);
    (void)spi_exchange(to);
    (void)spi_exchange(value);
    spi_select(false);
}

static uint8_t file_byte(uint32_t position)
{
    static const uint8_t start[] = {0xC8, 0x2E};
    return position < sizeof start ? start[position] : (uint8_t)(position * 7u);
}

static void load_file(void)
{
    write_register(BMI270_PWR_CONF, 0);
    tick_wait_ms(1); /* 450 us until it takes the file */
    write_register(BMI270_INIT_CTRL, 0);
    spi_select(true);
    (void)spi_exchange(BMI270_INIT_DATA);
    for (uint32_t i = 0; i < BMI270_SMALL_FILE_BYTES; i++) {
        (void)spi_exchange(file_byte(i));
    }
    spi_select(false);
    write_register(BMI270_INIT_CTRL, 1);
}

static void print_axes(const char *key, const uint8_t *bytes)
{
    console_text(key);
    for (uint32_t axis = 0; axis < 3u; axis++) {
        console_text(axis == 0u ? "=" : ",");
        const uint16_t word = (uint16_t)(bytes[2u * axis] | bytes[2u * axis + 1u] << 8);
        console_signed((int16_t)word);
    }
    console_text("\n");
}

static void print_batch(void)
{
    static uint8_t data[2u * FRAMES * BMI270_FRAME_BYTES];
    uint8_t length[2];
    read_registers(BMI270_FIFO_LENGTH_0, length, sizeof length);
    uint32_t size = (uint32_t)(length[0] | length[1] << 8);
    report("bytes", size);
    size = size < sizeof data ? size : sizeof data;
    read_registers(BMI270_FIFO_DATA, data, size);
    for (uint32_t at = 0; at + BMI270_FRAME_BYTES <= size; at += BMI270_FRAME_BYTES) {
        if (data[at] != BMI270_HEADER_BOTH) {
            report("unexpected_header", data[at]);
            return;
        }
        print_axes("gyr", &data[at + 1u]);
        print_axes("acc", &data[at + 7u]);
    }
}

static void watch_for_motion(void)
{
    write_register(BMI270_INT_MAP_DATA, 0);
    write_register(BMI270_INT_LATCH, 1);
    write_register(BMI270_FEAT_PAGE, BMI270_ANY_MOTION_PAGE);
    uint8_t second[2];
    read_registers(BMI270_ANY_MOTION_2, second, sizeof second);
    write_register(BMI270_ANY_MOTION_2, second[0]);
    write_register(BMI270_ANY_MOTION_2 + 1u, second[1] | 0x80u);
    write_register(BMI270_INT1_MAP_FEAT, BMI270_ANY_MOTION);
    call_pin_forget();
    console_text("watching\n");
    call_pin_wait();
    report("any_motion", read_register(BMI270_INT_STATUS_0));
}

int main(void)
{
    (void)board_start();
    spi_start();
    call_pin_start();

    (void)read_register(BMI270_CHIP_ID); /* the chip select's edge makes the interface SPI */
    report("chip_id", read_register(BMI270_CHIP_ID));
    write_register(BMI270_CMD, BMI270_SOFT_RESET);
    tick_wait_ms(3);
    (void)read_register(BMI270_CHIP_ID);
    load_file();
    const uint32_t begin = tick_ms();
    while (read_register(BMI270_INTERNAL_STATUS) == 0u && tick_ms() - begin < 50u) {
        tick_wait_ms(1);
    }
    report("internal_status", read_register(BMI270_INTERNAL_STATUS));
    report("started_ms", tick_ms() - begin);

    write_register(BMI270_ACC_CONF, BMI270_CONF_100HZ);
    write_register(BMI270_ACC_RANGE, BMI270_ACC_RANGE_4G);
    write_register(BMI270_GYR_CONF, BMI270_CONF_100HZ);
    write_register(BMI270_GYR_RANGE, BMI270_GYR_RANGE_500);
    write_register(BMI270_FIFO_CONFIG_0, 0);
    write_register(BMI270_FIFO_CONFIG_1, BMI270_FIFO_FRAMES_OF_BOTH);
    write_register(BMI270_FIFO_WTM_0, FRAMES * BMI270_FRAME_BYTES);
    write_register(BMI270_FIFO_WTM_0 + 1u, 0);
    write_register(BMI270_INT1_IO_CTRL, BMI270_INT_PUSH_PULL_HIGH);
    write_register(BMI270_INT_MAP_DATA, BMI270_MAP_WATERMARK_TO_INT1);
    console_text("measuring\n");
    write_register(BMI270_PWR_CTRL, BMI270_POWER_BOTH);
    for (uint32_t batch = 0; batch < BATCHES; batch++) {
        call_pin_wait();
        print_batch();
    }
    watch_for_motion();
    report_done();
}
