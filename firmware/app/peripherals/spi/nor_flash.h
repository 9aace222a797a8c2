#ifndef NOR_FLASH_H
#define NOR_FLASH_H

/* A serial NOR flash of Winbond's W25Q family behind driver/spi.h (data sheet of W25Q128JV, 8.1). */

#include <stdbool.h>
#include <stdint.h>

#define NOR_FLASH_PAGE 256u

/* Maker, kind and capacity: 0xEF4018 for a W25Q128. */
uint32_t nor_flash_id(void);

/* The same by interrupt, and kind and capacity as one frame of 16 bits. */
uint32_t nor_flash_id_by_interrupt(void);
uint16_t nor_flash_id_wide(void);

uint8_t nor_flash_status(void);
void nor_flash_write_status(uint8_t value);
void nor_flash_enable_writing(void);

/* Waits until a program or erase is done; returns the milliseconds it took. */
uint32_t nor_flash_wait(void);

/* Begin an erase of 4 KiB, or a program of size bytes of one page; by DMA. */
void nor_flash_erase_sector(uint32_t address);
bool nor_flash_program(uint32_t address, const uint8_t *bytes, uint32_t size);

/* Reads size bytes, one page at most; by DMA. */
bool nor_flash_read(uint32_t address, uint8_t *bytes, uint32_t size);

#endif
