/*
 * An ArduCAM Mini 2MP Plus on SPI1: a picture is captured into its memory and read in one burst,
 * which is summed up as it comes. Registers: ArduCAM's SPI camera hardware application note.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "driver/console.h"
#include "driver/report.h"
#include "driver/spi.h"
#include "driver/tick.h"

#define CAMERA_TEST 0x00u
#define CAMERA_FIFO 0x04u
#define CAMERA_FIFO_CLEAR_DONE 0x01u
#define CAMERA_FIFO_START 0x02u
#define CAMERA_BURST_READ 0x3Cu
#define CAMERA_VERSION 0x40u
#define CAMERA_TRIGGER 0x41u
#define CAMERA_TRIGGER_DONE 0x08u
#define CAMERA_SIZE_0 0x42u
#define CAMERA_WRITE 0x80u
#define PICTURES 2u
#define TIMEOUT_MS 200u

static uint8_t read_register(uint8_t from)
{
    spi_select(true);
    (void)spi_exchange(from);
    const uint8_t value = spi_exchange(0);
    spi_select(false);
    return value;
}

static void write_register(uint8_t to, uint8_t value)
{
    spi_select(true);
    (void)spi_exchange(CAMERA_WRITE | to);
    (void)spi_exchange(value);
    spi_select(false);
}

/* Whether a picture came in time. */
static bool capture(void)
{
    write_register(CAMERA_FIFO, CAMERA_FIFO_CLEAR_DONE);
    write_register(CAMERA_FIFO, CAMERA_FIFO_START);
    const uint32_t begin = tick_ms();
    while ((read_register(CAMERA_TRIGGER) & CAMERA_TRIGGER_DONE) == 0u) {
        if (tick_ms() - begin > TIMEOUT_MS) {
            return false;
        }
        wait_for_interrupt();
    }
    report("captured_ms", tick_ms() - begin);
    return true;
}

static void print_picture(void)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < 3u; i++) {
        size |= (uint32_t)read_register((uint8_t)(CAMERA_SIZE_0 + i)) << (8u * i);
    }
    report("size", size);
    uint32_t sum = 0;
    spi_select(true);
    (void)spi_exchange(CAMERA_BURST_READ);
    for (uint32_t i = 0; i < size; i++) {
        sum = sum * 31u + spi_exchange(0);
    }
    spi_select(false);
    report("sum", sum);
}

int main(void)
{
    (void)board_start();
    spi_start();
    write_register(CAMERA_TEST, 0x55);
    report("test", read_register(CAMERA_TEST));
    report("version", read_register(CAMERA_VERSION));
    for (uint32_t picture = 0; picture < PICTURES; picture++) {
        if (capture()) {
            print_picture();
        } else {
            console_text("no picture\n");
        }
    }
    report_done();
}
