/*
 * An accelerometer (LIS2DW12) on I2C1: who it is, registers written and read back in transfers of one
 * to six bytes, also by DMA and by interrupt, an address that nobody has, refusals that go away, and a bus that is stuck and freed.
 * Before the last two it waits for a byte on the console.
 */

#include <stdbool.h>

#include "board.h"
#include "board/placement.h"
#include "driver/cycle_counter.h"
#include "driver/i2c.h"
#include "driver/report.h"

#define SENSOR 0x18u
#define NOBODY 0x3Au
#define WHO_AM_I 0x0Fu
#define TAP_THS_X 0x30u /* the first of six registers that keep what is written */
#define RETRIES 10u

static DMA_BUFFER uint8_t by_dma[32]; /* a whole cache line */

static void read_back(uint32_t size)
{
    uint8_t bytes[6] = {0};
    const enum i2c_status status = i2c_read(SENSOR, TAP_THS_X, bytes, size);
    if (status != I2C_OK) {
        report("status", status);
    }
    report_bytes("read", bytes, size);
}

int main(void)
{
    const struct clock_tree clock = board_start();
    i2c_start(clock.apb1_hz);

    uint8_t who = 0;
    const uint32_t start = cycle_counter_read();
    report("who_status", i2c_read(SENSOR, WHO_AM_I, &who, 1));
    const uint32_t cycles = cycle_counter_read() - start;
    report("read_ns", cycles / (clock.core_hz / 1000000u) * 1000u);
    report_bytes("who", &who, 1);

    const uint8_t settings[] = {TAP_THS_X, 0x11, 0x22, 0x33, 0x44, 0x15, 0x66};
    report("write_status", i2c_write(SENSOR, settings, sizeof settings));
    for (uint32_t size = 1; size <= 6; size++) {
        read_back(size);
    }
    for (uint32_t size = 2; size <= 6; size += 2) {
        report("dma_status", i2c_read_by_dma(SENSOR, TAP_THS_X, by_dma, size));
        report_bytes("by_dma", by_dma, size);
    }
    report("probe", i2c_probe_by_interrupt(SENSOR));
    report("probe_nobody", i2c_probe_by_interrupt(NOBODY));
    report("nobody_write", i2c_write(NOBODY, settings, 2));
    report("nobody_read", i2c_read(NOBODY, WHO_AM_I, &who, 1));
    report("somebody", i2c_write(SENSOR, settings, 0));

    report_wait("nack");
    uint32_t refusals = 0;
    while (i2c_read(SENSOR, WHO_AM_I, &who, 1) == I2C_NACK && refusals < RETRIES) {
        refusals++;
    }
    report("refusals", refusals);
    report("data_refused", i2c_write(SENSOR, settings, sizeof settings));
    read_back(2);

    report_wait("stuck");
    report("stuck_status", i2c_write(SENSOR, settings, sizeof settings));
    report("clocks", i2c_free_bus(clock.apb1_hz));
    report("freed_status", i2c_read(SENSOR, WHO_AM_I, &who, 1));
    report_bytes("who", &who, 1);

    report_wait("reset");
    report("held_status", i2c_write(SENSOR, settings, sizeof settings));
    report_wait("released");
    i2c_start(clock.apb1_hz);
    report("reset_status", i2c_read(SENSOR, WHO_AM_I, &who, 1));
    report_done();
}
