/*
 * A W25Q128 on SPI1: its id polled, by interrupt and in frames of 16 bits; a sector erased, pages
 * programmed and read back by DMA, zeros that stay, a page that wraps, a block that is protected.
 */

#include "board.h"
#include "driver/cycle_counter.h"
#include "driver/report.h"
#include "driver/spi.h"
#include "nor_flash.h"

#define SECTOR 0x010000u
#define PAGE (SECTOR + 0x300u)
#define UPPER_64TH 0xFC0000u
#define BLOCK_PROTECT_1 (1u << 2)

static uint8_t page[NOR_FLASH_PAGE];
static uint8_t back[NOR_FLASH_PAGE];

static bool is_same(const uint8_t *expected)
{
    for (uint32_t i = 0; i < NOR_FLASH_PAGE; i++) {
        if (back[i] != expected[i]) {
            return false;
        }
    }
    return true;
}

static void program_and_read(const char *what)
{
    nor_flash_enable_writing();
    bool good = nor_flash_program(PAGE, page, NOR_FLASH_PAGE);
    (void)nor_flash_wait();
    good = nor_flash_read(PAGE, back, NOR_FLASH_PAGE) && good;
    report(what, good && is_same(page));
}

int main(void)
{
    const struct clock_tree clock = board_start();
    spi_start();
    report_hex("id", nor_flash_id(), 3);
    report_hex("id_by_interrupt", nor_flash_id_by_interrupt(), 3);
    report_hex("id_wide", nor_flash_id_wide(), 2);

    nor_flash_enable_writing();
    report("write_enabled", nor_flash_status());
    nor_flash_erase_sector(SECTOR);
    report("busy", nor_flash_status());
    report("erase_ms", nor_flash_wait());
    report("idle", nor_flash_status());

    for (uint32_t i = 0; i < NOR_FLASH_PAGE; i++) {
        page[i] = (uint8_t)(i * 7u + 1u);
    }
    program_and_read("programmed");
    const uint32_t start = cycle_counter_read();
    (void)nor_flash_read(PAGE, back, NOR_FLASH_PAGE);
    report("read_ns", (cycle_counter_read() - start) / (clock.core_hz / 1000000u) * 1000u);

    const uint8_t over[] = {0xF0};
    nor_flash_enable_writing();
    (void)nor_flash_program(PAGE + 1u, over, 1);
    (void)nor_flash_wait();
    (void)nor_flash_read(PAGE + 1u, back, 1);
    report_hex("zeros_stay", back[0], 1); /* 0x08 & 0xF0 */

    const uint8_t three[] = {1, 2, 3};
    nor_flash_enable_writing();
    (void)nor_flash_program(SECTOR + 0xFEu, three, 3);
    (void)nor_flash_wait();
    (void)nor_flash_read(SECTOR, back, NOR_FLASH_PAGE);
    report_hex("wrapped", (uint32_t)back[0xFE] << 16 | (uint32_t)back[0xFF] << 8 | back[0], 3);

    (void)nor_flash_program(PAGE, three, 1);
    (void)nor_flash_read(PAGE, back, 1);
    report_hex("not_enabled", back[0], 1);

    nor_flash_write_status(BLOCK_PROTECT_1);
    (void)nor_flash_wait();
    nor_flash_enable_writing();
    (void)nor_flash_program(UPPER_64TH, three, 3);
    (void)nor_flash_wait();
    (void)nor_flash_read(UPPER_64TH, back, 1);
    report_hex("protected", back[0], 1);
    nor_flash_write_status(0);
    (void)nor_flash_wait();
    report_done();
}
