/* watch.h - watchpoints: ranges of addresses whose loads or stores end the run.
 *
 * The granules concerned are taken from the fast paths, so that every access to them goes through
 * memory_load() and memory_store(), which look here. Nothing is looked at while there is none.
 */
#ifndef SIMGATE_WATCH_H
#define SIMGATE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;

struct watch {
    uint32_t first, last; /* addresses of bytes */
    bool read, write;
};

/* The first access that a watch saw in an instruction. */
struct watch_hit {
    uint32_t pc;
    uint32_t address;
    uint8_t width;
    bool is_store;
};

struct watch_list {
    struct watch *items;
    size_t count;
    struct watch_hit hit;
    bool is_hit;  /* `hit` is of the last run */
    bool pending; /* run() has not reported it */
};

/* false: no memory left, or the range is empty or wraps. */
bool watch_add(struct cpu *cpu, uint32_t address, uint32_t size, bool read, bool write);
/* Takes away what was added for exactly this range; false: nothing was. */
bool watch_remove(struct cpu *cpu, uint32_t address, uint32_t size);

bool watch_covers(const struct watch_list *list, uint32_t first, uint32_t last, bool is_store);
/* After an access, while there is any watch. */
void watch_note(struct cpu *cpu, uint32_t address, uint8_t width, bool is_store);

void watch_forget(struct cpu *cpu);    /* what was hit, unless it has still to be reported */
void watch_disregard(struct cpu *cpu); /* and that too: nobody's run hit it */

#endif
