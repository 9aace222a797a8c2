/* memory_code.c - instruction fetches, and which bytes of memory were decoded. */
#include <string.h>

#include "code_cache.h"

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

/* ---- marks ---- */

enum { STORES_TO_EMPTIED = UINT8_MAX }; /* then a page is taken for one without code */

static bool bit_at(const uint8_t *bits, uint32_t offset)
{
    return (bits[offset >> 4] >> (offset >> 1 & 7u) & 1u) != 0;
}

bool memory_pages_have_code(const struct backing *backing, uint32_t offset, uint32_t size)
{
    uint32_t page;

    if (!backing->has_code)
        return false;
    for (page = offset >> GRANULE_BITS; page <= (offset + size - 1) >> GRANULE_BITS; page++)
        if (backing->code_pages[page] != PAGE_CLEAR)
            return true;
    return false;
}

/* Calls `act` for the addresses at which first..last of these bytes are mapped. */
static void for_places(struct cpu *cpu, const struct backing *backing, uint32_t first,
                       uint32_t last, void (*act)(struct cpu *cpu, uint32_t first, uint32_t last))
{
    const struct memory_map *map = cpu->memory;

    for (size_t i = 0; i < map->region_count; i++) {
        const struct region *region = &map->regions[i];
        const uint32_t begin = region->backing_offset, end = begin + (region->last - region->base);

        if (region->kind != REGION_MEMORY || region->backing != backing || begin > last ||
            end < first)
            continue;
        act(cpu, region->base + (first > begin ? first - begin : 0),
            region->base + ((last < end ? last : end) - begin));
    }
}

static void refresh_page(struct cpu *cpu, const struct backing *backing, uint32_t page)
{
    const uint32_t first = page << GRANULE_BITS;

    for_places(cpu, backing, first, first | (GRANULE_SIZE - 1u), memory_refresh);
}

static void mark_page(struct cpu *cpu, struct backing *backing, uint32_t page)
{
    const uint8_t before = backing->code_pages[page];

    backing->has_code = true;
    backing->code_pages[page] = PAGE_MARKED;
    if (before == PAGE_CLEAR)
        refresh_page(cpu, backing, page);
}

/* The bytes behind `address`, of at most `size`; NULL: no memory. */
static struct backing *bytes_at(const struct cpu *cpu, uint32_t address, uint32_t size,
                                uint32_t *first, uint32_t *last)
{
    const struct region *region = memory_region(cpu->memory, address);

    if (region == NULL || region->kind != REGION_MEMORY)
        return NULL;
    const uint32_t left = region->last - address;
    *first = region->backing_offset + (address - region->base);
    *last = *first + (size - 1 < left ? size - 1 : left);
    return region->backing;
}

static void mark(struct cpu *cpu, struct backing *backing, uint8_t *bits, uint32_t first,
                 uint32_t last)
{
    for (uint32_t at = first & ~1u; at <= last; at += 2) {
        bits[at >> 4] |= (uint8_t)(1u << (at >> 1 & 7u));
        if (backing->code_pages[at >> GRANULE_BITS] != PAGE_MARKED)
            mark_page(cpu, backing, at >> GRANULE_BITS);
    }
}

void memory_mark_code(struct cpu *cpu, uint32_t address, uint32_t size)
{
    uint32_t first, last;
    struct backing *backing = bytes_at(cpu, address, size, &first, &last);

    if (backing != NULL)
        mark(cpu, backing, backing->code_bits, first, last);
}

static void mark_constant(struct cpu *cpu, uint32_t address, uint32_t size)
{
    uint32_t first, last;
    struct backing *backing = bytes_at(cpu, address, size, &first, &last);

    if (backing != NULL)
        mark(cpu, backing, backing->constant_bits, first, last);
}

static void unmark(uint8_t *bits, uint32_t first, uint32_t last)
{
    for (uint32_t at = first & ~1u; at <= last; at += 2)
        bits[at >> 4] &= (uint8_t)~(1u << (at >> 1 & 7u));
}

static bool page_is_empty(const struct backing *backing, uint32_t page)
{
    const uint32_t bytes = GRANULE_SIZE / 16, end = backing->size / 16 + 1;

    for (uint32_t at = page * bytes; at < (page + 1) * bytes && at < end; at++)
        if (backing->code_bits[at] | backing->constant_bits[at])
            return false;
    return true;
}

void memory_unmark_code(struct cpu *cpu, uint32_t first, uint32_t last)
{
    uint32_t from, to;
    struct backing *backing = bytes_at(cpu, first, last - first + 1, &from, &to);

    if (backing == NULL)
        return;
    unmark(backing->code_bits, from, to);
    for (uint32_t page = from >> GRANULE_BITS; page <= to >> GRANULE_BITS; page++)
        if (backing->code_pages[page] == PAGE_MARKED && page_is_empty(backing, page))
            backing->code_pages[page] = PAGE_EMPTIED;
    for_places(cpu, backing, from, to, code_mark_blocks);
}

void memory_unmark_constants(struct cpu *cpu, uint32_t first, uint32_t last)
{
    uint32_t from, to;
    struct backing *backing = bytes_at(cpu, first, last - first + 1, &from, &to);

    if (backing != NULL)
        unmark(backing->constant_bits, from, to);
}

void memory_clear_code(struct cpu *cpu)
{
    struct backing *backing;

    for (backing = cpu->memory->backings; backing != NULL; backing = backing->next) {
        if (!backing->has_code)
            continue;
        for (uint32_t page = 0; page <= (backing->size - 1) >> GRANULE_BITS; page++) {
            const uint32_t at = page * (GRANULE_SIZE / 16), end = backing->size / 16 + 1;
            const uint32_t bytes = end - at < GRANULE_SIZE / 16 ? end - at : GRANULE_SIZE / 16;

            if (backing->code_pages[page] == PAGE_CLEAR)
                continue;
            memset(backing->code_bits + at, 0, bytes);
            memset(backing->constant_bits + at, 0, bytes);
            backing->code_pages[page] = PAGE_EMPTIED;
        }
    }
}

/* ---- what was written ---- */

static void drop_code(struct cpu *cpu, uint32_t first, uint32_t last)
{
    code_drop(cpu, first, last, false);
}

static void drop_users(struct cpu *cpu, uint32_t first, uint32_t last)
{
    code_drop(cpu, first, last, true);
}

static void note_in_page(struct cpu *cpu, struct backing *backing, uint32_t first, uint32_t last)
{
    uint8_t *page = &backing->code_pages[first >> GRANULE_BITS];
    bool code = false, constant = false;

    if (*page >= PAGE_EMPTIED) {
        if (++*page == STORES_TO_EMPTIED) {
            *page = PAGE_CLEAR;
            refresh_page(cpu, backing, first >> GRANULE_BITS);
        }
        return;
    }
    for (uint32_t at = first & ~1u; at <= last; at += 2) {
        code |= bit_at(backing->code_bits, at);
        constant |= bit_at(backing->constant_bits, at);
    }
    if (constant)
        for_places(cpu, backing, first, last, drop_users);
    else if (code)
        for_places(cpu, backing, first, last, drop_code);
}

void memory_note_written(struct cpu *cpu, struct backing *backing, uint32_t offset, uint32_t size)
{
    const uint32_t end = offset + (size - 1);

    if (!backing->has_code)
        return;
    for (uint32_t first = offset;; first = (first | (GRANULE_SIZE - 1u)) + 1) {
        const uint32_t page_end = first | (GRANULE_SIZE - 1u);

        if (backing->code_pages[first >> GRANULE_BITS] != PAGE_CLEAR)
            note_in_page(cpu, backing, first, page_end < end ? page_end : end);
        if (page_end >= end)
            return;
    }
}

void code_invalidate(struct cpu *cpu, uint32_t address, uint32_t size)
{
    const struct memory_map *map = cpu->memory;
    const uint32_t last = address + (size - 1);

    for (size_t i = 0; i < map->region_count && size != 0; i++) {
        const struct region *region = &map->regions[i];

        if (region->kind != REGION_MEMORY || region->base > last || region->last < address)
            continue;
        const uint32_t from = address > region->base ? address : region->base;
        const uint32_t to = last < region->last ? last : region->last;
        memory_note_written(cpu, region->backing, region->backing_offset + (from - region->base),
                            to - from + 1);
    }
}

/* ---- constants ---- */

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
    mark_constant(cpu, address, width);
    return true;
}
