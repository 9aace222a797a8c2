/* memory_debug.c - memories as a debugger sees them: no devices, no faults, no side effects. */
#include <string.h>

#include "memory.h"

/* The memory bytes from `address` on, and how many of the `size` wanted lie there in one piece. */
static uint8_t *piece(const struct cpu *cpu, uint32_t address, uint32_t size, uint32_t *length,
                      struct backing **backing)
{
    const struct region *region = memory_region(cpu->memory, address);

    if (region == NULL || region->kind != REGION_MEMORY)
        return NULL;
    uint32_t left = region->last - address;
    *length = size - 1 <= left ? size : left + 1;
    *backing = region->backing;
    return region->backing->bytes + region->backing_offset + (address - region->base);
}

static bool all_mapped(const struct cpu *cpu, uint32_t address, uint32_t size)
{
    struct backing *backing;
    uint32_t length;

    for (; size != 0; size -= length, address += length)
        if (piece(cpu, address, size, &length, &backing) == NULL)
            return false;
    return true;
}

bool memory_peek(const struct cpu *cpu, uint32_t address, void *bytes, uint32_t size)
{
    struct backing *backing;
    uint8_t *to = bytes;
    uint32_t length;

    if (!all_mapped(cpu, address, size))
        return false;
    for (; size != 0; size -= length, address += length, to += length) {
        const uint8_t *from = piece(cpu, address, size, &length, &backing);

        memcpy(to, from, length);
    }
    return true;
}

bool memory_poke(struct cpu *cpu, uint32_t address, const void *bytes, uint32_t size)
{
    struct backing *backing;
    const uint8_t *from = bytes;
    uint32_t length;

    if (!all_mapped(cpu, address, size))
        return false;
    for (; size != 0; size -= length, address += length, from += length) {
        uint8_t *to = piece(cpu, address, size, &length, &backing);

        memcpy(to, from, length);
        memory_note_written(cpu, backing, (uint32_t)(to - backing->bytes), length);
    }
    return true;
}
