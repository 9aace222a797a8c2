/* memory_code.c - instruction fetches, and which bytes of memory were decoded. */
#include <string.h>

#include "memory.h"

static enum fault_kind fetch_objection(const struct cpu *cpu, uint32_t address)
{
    const unsigned may = cpu->view->guarded
                             ? mpu_permissions(&cpu->memory->mpu, address, cpu->view->privileged)
                             : mpu_default_permissions(address);

    return may & MAY_EXECUTE ? FAULT_NONE : FAULT_MPU_FETCH;
}

enum fault_kind memory_fetch(const struct cpu *cpu, uint32_t address, uint16_t *halfword)
{
    const enum fault_kind objection = fetch_objection(cpu, address);

    if (objection != FAULT_NONE)
        return objection;
    const struct region *region = memory_region(cpu->memory, address);
    if (region == NULL || region->kind != REGION_MEMORY || region->last - address < 1)
        return FAULT_UNMAPPED_FETCH;
    memcpy(halfword, region->backing->bytes + region->backing_offset + (address - region->base), 2);
    return FAULT_NONE;
}

static bool may_be_read(const struct cpu *cpu, uint32_t address, uint8_t width)
{
    const struct view *view = cpu->view;
    const struct mpu *mpu = &cpu->memory->mpu;

    return !view->guarded ||
           (mpu_permissions(mpu, address, view->privileged) &
            mpu_permissions(mpu, address + (width - 1u), view->privileged) & MAY_READ);
}

bool memory_constant(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value)
{
    const struct region *region = memory_region(cpu->memory, address);

    *value = 0;
    if (region == NULL || region->kind != REGION_MEMORY || region->writable ||
        !may_be_read(cpu, address, width) ||
        watch_covers(&cpu->memory->watches, address, address + (width - 1u), false) ||
        !memory_peek(cpu, address, value, width))
        return false;
    memory_mark_code(cpu, address, width);
    return true;
}

bool memory_pages_have_code(const struct backing *backing, uint32_t offset, uint32_t size)
{
    uint32_t page;

    if (!backing->has_code)
        return false;
    for (page = offset >> GRANULE_BITS; page <= (offset + size - 1) >> GRANULE_BITS; page++)
        if (backing->code_pages[page])
            return true;
    return false;
}

/* Brings the granules of first..last of these bytes in line, wherever they are mapped writable. */
static void refresh_backing(struct cpu *cpu, const struct backing *backing, uint32_t first,
                            uint32_t last)
{
    const struct memory_map *map = cpu->memory;

    for (size_t i = 0; i < map->region_count; i++) {
        const struct region *region = &map->regions[i];
        const uint32_t end = region->backing_offset + (region->last - region->base);

        if (region->kind != REGION_MEMORY || region->backing != backing || !region->writable ||
            region->backing_offset > last || end < first)
            continue;
        const uint32_t from = first > region->backing_offset ? first - region->backing_offset : 0;
        const uint32_t to = (last < end ? last : end) - region->backing_offset;
        memory_refresh(cpu, region->base + from, region->base + to);
    }
}

void memory_mark_code(struct cpu *cpu, uint32_t address, uint32_t size)
{
    const struct region *region = memory_region(cpu->memory, address);

    if (region == NULL || region->kind != REGION_MEMORY)
        return;
    struct backing *backing = region->backing;
    const uint32_t first = region->backing_offset + (address - region->base);

    for (uint32_t at = first; at < first + size && at < backing->size; at++) {
        uint8_t *page = &backing->code_pages[at >> GRANULE_BITS];

        backing->code_bits[at >> 4] |= (uint8_t)(1u << (at >> 1 & 7u));
        backing->has_code = true;
        if (!*page) {
            *page = 1;
            refresh_backing(cpu, backing, at & ~(GRANULE_SIZE - 1u), at | (GRANULE_SIZE - 1u));
        }
    }
}

void memory_clear_code(struct cpu *cpu)
{
    struct backing *backing;

    for (backing = cpu->memory->backings; backing != NULL; backing = backing->next) {
        if (!backing->has_code)
            continue;
        memset(backing->code_bits, 0, backing->size / 16 + 1);
        memset(backing->code_pages, 0, (backing->size >> GRANULE_BITS) + 1);
        backing->has_code = false;
        refresh_backing(cpu, backing, 0, backing->size - 1);
    }
}

void memory_note_written(struct cpu *cpu, const struct backing *backing, uint32_t offset,
                         uint32_t size)
{
    uint32_t at;

    if (!memory_pages_have_code(backing, offset, size))
        return;
    for (at = offset; at < offset + size; at++)
        if (backing->code_bits[at >> 4] >> (at >> 1 & 7u) & 1u) {
            cpu->code_stale = true;
            return;
        }
}
