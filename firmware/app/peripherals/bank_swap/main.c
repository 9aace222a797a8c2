/*
 * An update by bank swap (G4, H7): the program copies itself into the other bank, with another
 * version number, has the chip start from there, and finds itself to be the new version.
 */

#include "board.h"
#include "driver/console.h"
#include "driver/flash_store.h"
#include "driver/flash_swap.h"
#include "driver/report.h"
#include "memory_map.h"
#include "startup.h"

#define WORDS (FLASH_STORE_UNIT_BYTES / 4u)

/* Which version this image is; the copy differs in this word alone. In Flash, read each time. */
__attribute__((section(".rodata.version"))) static const volatile uint32_t version = 1;

static uint32_t image_end(void)
{
    return (uint32_t)(uintptr_t)__data_load + (uint32_t)((uintptr_t)__data_end - (uintptr_t)__data_start);
}

static enum flash_status copy_unit(uint32_t from)
{
    uint32_t words[WORDS];
    for (uint32_t i = 0; i < WORDS; i++) {
        const uint32_t *source = (const uint32_t *)(uintptr_t)from + i;
        words[i] = source == (const uint32_t *)&version ? version + 1u : *source;
    }
    return flash_store_program(from + FLASH_OTHER_BANK, words);
}

static enum flash_status copy_image(void)
{
    enum flash_status status = FLASH_DONE;
    for (uint32_t at = FLASH_BANK1; at < image_end() && status == FLASH_DONE; at += FLASH_ERASE_BYTES) {
        status = flash_store_erase(at + FLASH_OTHER_BANK);
    }
    for (uint32_t at = FLASH_BANK1; at < image_end() && status == FLASH_DONE;
         at += FLASH_STORE_UNIT_BYTES) {
        status = copy_unit(at);
    }
    return status;
}

int main(void)
{
    (void)board_start();
    report("version", version);
    report("swapped", flash_swapped());
    if (version == 1u) {
        flash_store_unlock();
        report("copy", copy_image());
        flash_swap_and_reset();
        console_text("no swap\n");
    }
    report_done();
}
