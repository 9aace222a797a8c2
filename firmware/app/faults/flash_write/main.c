/*
 * What is wrong: settings are stored to Flash as if it were RAM: not unlocked, PG not set.
 * Silicon: the store is dropped and FLASH_SR.PGSERR set (RM0090 sections 3.6 and 3.9.4), nothing else
 * happens: after the next reset the settings are the old ones.
 */

#include "board.h"
#include "driver/console.h"
#include "memory_map.h"

struct settings {
    uint32_t version;
    uint32_t threshold;
};

/* Its own sector, the last one. */
#define SAVED ((volatile struct settings *)FLASH_LAST_SECTOR)

__attribute__((noipa)) static void save_settings(const struct settings *settings)
{
    SAVED->threshold = settings->threshold; /* faults here */
    SAVED->version = settings->version;
}

int main(void)
{
    const struct settings settings = {.version = 2, .threshold = 170};
    (void)board_start();
    console_text("saving\n");
    save_settings(&settings);
    console_text("PASS\n");
    for (;;) {
    }
}
