#include "nor_flash.h"

#include "board/armv7m/system_control.h"
#include "board/placement.h"
#include "driver/spi.h"
#include "driver/tick.h"

#define WRITE_STATUS 0x01u
#define PAGE_PROGRAM 0x02u
#define READ 0x03u
#define READ_STATUS 0x05u
#define WRITE_ENABLE 0x06u
#define SECTOR_ERASE 0x20u
#define JEDEC_ID 0x9Fu
#define BUSY 1u
#define HEAD 4u /* command and address */

#define BUFFER (HEAD + NOR_FLASH_PAGE + 28u) /* whole cache lines */

static DMA_BUFFER uint8_t out[BUFFER];
static DMA_BUFFER uint8_t in[BUFFER];

static void command(uint8_t code)
{
    spi_select(true);
    (void)spi_exchange(code);
    spi_select(false);
}

static void put_head(uint8_t code, uint32_t address)
{
    out[0] = code;
    out[1] = (uint8_t)(address >> 16);
    out[2] = (uint8_t)(address >> 8);
    out[3] = (uint8_t)address;
}

static bool transfer(uint32_t size)
{
    spi_select(true);
    const bool good = spi_transfer(out, in, size);
    spi_select(false);
    return good;
}

static uint32_t read_id(uint8_t (*exchange)(uint8_t))
{
    spi_select(true);
    (void)exchange(JEDEC_ID);
    uint32_t id = exchange(0);
    id = id << 8 | exchange(0);
    id = id << 8 | exchange(0);
    spi_select(false);
    return id;
}

uint32_t nor_flash_id(void)
{
    return read_id(spi_exchange);
}

uint32_t nor_flash_id_by_interrupt(void)
{
    return read_id(spi_exchange_by_interrupt);
}

uint16_t nor_flash_id_wide(void)
{
    spi_select(true);
    (void)spi_exchange_wide(JEDEC_ID << 8);
    const uint16_t id = spi_exchange_wide(0);
    spi_select(false);
    return id;
}

uint8_t nor_flash_status(void)
{
    spi_select(true);
    (void)spi_exchange(READ_STATUS);
    const uint8_t status = spi_exchange(0);
    spi_select(false);
    return status;
}

void nor_flash_write_status(uint8_t value)
{
    command(WRITE_ENABLE);
    spi_select(true);
    (void)spi_exchange(WRITE_STATUS);
    (void)spi_exchange(value);
    spi_select(false);
}

void nor_flash_enable_writing(void)
{
    command(WRITE_ENABLE);
}

uint32_t nor_flash_wait(void)
{
    const uint32_t start = tick_ms();
    while ((nor_flash_status() & BUSY) != 0u) {
        wait_for_interrupt(); /* the tick's */
    }
    return tick_ms() - start;
}

void nor_flash_erase_sector(uint32_t address)
{
    put_head(SECTOR_ERASE, address);
    (void)transfer(HEAD);
}

bool nor_flash_program(uint32_t address, const uint8_t *bytes, uint32_t size)
{
    put_head(PAGE_PROGRAM, address);
    for (uint32_t i = 0; i < size; i++) {
        out[HEAD + i] = bytes[i];
    }
    return transfer(HEAD + size);
}

bool nor_flash_read(uint32_t address, uint8_t *bytes, uint32_t size)
{
    put_head(READ, address);
    const bool good = transfer(HEAD + size);
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = in[HEAD + i];
    }
    return good;
}
