/*
 * A record in the last sector of the chip's own Flash, as settings are kept: found, erased, written,
 * read back; then what the controller refuses; then a reset, after which the record is still there.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "driver/flash_store.h"
#include "driver/report.h"
#include "driver/tick.h"
#include "memory_map.h"

#define MAGIC 0x53474631u
#define BOOTS 1u
#define WORDS (FLASH_STORE_UNIT_BYTES / 4u)

struct record {
    uint32_t words[WORDS]; /* magic, boots, then a pattern */
};

_Static_assert(sizeof(struct record) == FLASH_STORE_UNIT_BYTES, "one programming operation");

#define SAVED ((const volatile struct record *)FLASH_LAST_SECTOR)
#define BEHIND (FLASH_LAST_SECTOR + FLASH_STORE_UNIT_BYTES)

static struct record next_record(uint32_t boots)
{
    struct record record = {.words = {MAGIC, boots}};
    for (uint32_t i = 2; i < WORDS; i++) {
        record.words[i] = boots * 0x01010101u + i;
    }
    return record;
}

static bool is_saved(const struct record *record)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        if (SAVED->words[i] != record->words[i]) {
            return false;
        }
    }
    return true;
}

int main(void)
{
    (void)board_start();
    const uint32_t boots = SAVED->words[0] == MAGIC ? SAVED->words[1] : 0u;
    report("boots", boots);
    if (boots >= BOOTS) {
        report_done();
    }

    const struct record record = next_record(boots + 1u);
    const uint32_t start = tick_ms();
    flash_store_unlock();
    report("erase", flash_store_erase(FLASH_LAST_SECTOR));
    report("erase_ms", tick_ms() - start);
    report("erased", SAVED->words[0] == UINT32_MAX);
    report("program", flash_store_program(FLASH_LAST_SECTOR, record.words));
    report("saved", is_saved(&record));

    const struct record other = next_record(UINT32_MAX);
    report("program_behind", flash_store_program(BEHIND, record.words));
    report("program_again", flash_store_program(BEHIND, other.words));
    report("kept", is_saved(&record));
    flash_store_lock();
    system_reset();
}
