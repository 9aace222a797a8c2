/* memory.c - regions and the careful path of loads and stores. The host is little-endian. */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct memory_map *memory_create(void)
{
    struct memory_map *map = calloc(1, sizeof *map);

    if (map == NULL)
        return NULL;
    /* Untouched pages of this table cost address space only. */
    map->granules = calloc((size_t)1 << (32 - GRANULE_BITS), sizeof *map->granules);
    if (map->granules == NULL) {
        free(map);
        return NULL;
    }
    return map;
}

void memory_destroy(struct memory_map *map)
{
    struct backing *backing, *next;

    for (backing = map->backings; backing != NULL; backing = next) {
        next = backing->next;
        free(backing->bytes);
        free(backing->code_bits);
        free(backing->code_pages);
        free(backing);
    }
    free(map->regions);
    free(map->granules);
    free(map);
}

struct region *memory_region(const struct memory_map *map, uint32_t address)
{
    size_t low = 0, high = map->region_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (map->regions[middle].last < address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == map->region_count || map->regions[low].base > address)
        return NULL;
    return &map->regions[low];
}

static bool pages_have_code(const struct backing *backing, uint32_t offset, uint32_t size)
{
    uint32_t page;

    if (!backing->has_code)
        return false;
    for (page = offset >> GRANULE_BITS; page <= (offset + size - 1) >> GRANULE_BITS; page++)
        if (backing->code_pages[page])
            return true;
    return false;
}

/* Brings the entries of all granules that `region` touches in line with it. */
static void refresh_granules(struct memory_map *map, const struct region *region)
{
    uint32_t index;

    if (region->kind != REGION_MEMORY)
        return;
    for (index = region->base >> GRANULE_BITS; index <= region->last >> GRANULE_BITS; index++) {
        uint32_t start = index << GRANULE_BITS;
        struct granule *granule = &map->granules[index];

        if (start < region->base)
            continue; /* starts in mid-granule: its first part has the careful path only */
        uint32_t offset = region->backing_offset + (start - region->base);
        uint32_t left = region->last - start;
        uint32_t size = left >= GRANULE_SIZE ? GRANULE_SIZE : left + 1;

        granule->host = region->backing->bytes + offset;
        granule->read_size = size;
        granule->write_size =
            region->writable && !pages_have_code(region->backing, offset, size) ? size : 0;
    }
}

static void refresh_backing(struct memory_map *map, const struct backing *backing)
{
    size_t i;

    for (i = 0; i < map->region_count; i++)
        if (map->regions[i].kind == REGION_MEMORY && map->regions[i].backing == backing)
            refresh_granules(map, &map->regions[i]);
}

/* Chooses the largest writable and the largest read-only memory; one that holds decoded code has no
 * window for stores. */
static void refresh_windows(struct cpu *cpu)
{
    uint32_t largest[2] = {0, 0};
    size_t i;

    cpu->windows[0] = cpu->windows[1] = (struct window){0};
    for (i = 0; i < cpu->memory->region_count; i++) {
        const struct region *region = &cpu->memory->regions[i];
        unsigned which = region->writable ? 0 : 1;
        uint32_t span = region->last - region->base;

        if (region->kind != REGION_MEMORY || span <= largest[which] || span < 3)
            continue;
        largest[which] = span;
        cpu->windows[which] = (struct window){
            .host = region->backing->bytes + region->backing_offset, .base = region->base,
            .read_span = span - 2,
            .write_span = region->writable && !region->backing->has_code ? span - 2 : 0};
    }
}

static bool insert_region(struct cpu *cpu, const struct region *region)
{
    struct memory_map *map = cpu->memory;
    size_t at = 0;

    while (at < map->region_count && map->regions[at].base < region->base)
        at++;
    if ((at > 0 && map->regions[at - 1].last >= region->base) ||
        (at < map->region_count && map->regions[at].base <= region->last))
        return false;
    struct region *grown = realloc(map->regions, (map->region_count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    map->regions = grown;
    memmove(grown + at + 1, grown + at, (map->region_count - at) * sizeof *grown);
    grown[at] = *region;
    map->region_count++;
    refresh_granules(map, &grown[at]);
    refresh_windows(cpu);
    cpu->code_stale = true;
    return true;
}

static bool fill_range(struct region *region, uint32_t base, uint32_t size)
{
    memset(region, 0, sizeof *region);
    region->base = base;
    region->last = base + (size - 1);
    return size != 0 && region->last >= base;
}

bool memory_add(struct cpu *cpu, uint32_t base, uint32_t size, bool writable, uint8_t **bytes)
{
    struct region region;

    if (!fill_range(&region, base, size) || (base & 3u) || (size & 3u))
        return false;
    struct backing *backing = calloc(1, sizeof *backing);
    if (backing == NULL)
        return false;
    backing->size = size;
    backing->bytes = calloc(1, size);
    backing->code_bits = calloc(1, size / 16 + 1);
    backing->code_pages = calloc(1, (size >> GRANULE_BITS) + 1);
    region.kind = REGION_MEMORY;
    region.writable = writable;
    region.backing = backing;
    if (backing->bytes == NULL || backing->code_bits == NULL || backing->code_pages == NULL ||
        !insert_region(cpu, &region)) {
        free(backing->bytes);
        free(backing->code_bits);
        free(backing->code_pages);
        free(backing);
        return false;
    }
    backing->next = cpu->memory->backings;
    cpu->memory->backings = backing;
    *bytes = backing->bytes;
    return true;
}

bool memory_add_alias(struct cpu *cpu, uint32_t base, uint32_t size, uint32_t target)
{
    struct region region;
    const struct region *original = memory_region(cpu->memory, target);

    if (!fill_range(&region, base, size) || (base & 3u) || (size & 3u) || original == NULL ||
        original->kind != REGION_MEMORY || original->last - target < size - 1)
        return false;
    region.kind = REGION_MEMORY;
    region.writable = original->writable;
    region.has_store_handler = original->has_store_handler;
    region.device = original->device;
    region.backing = original->backing;
    region.backing_offset = original->backing_offset + (target - original->base);
    return insert_region(cpu, &region);
}

bool memory_add_device(struct cpu *cpu, uint32_t base, uint32_t size, const struct device *device)
{
    struct region region;

    if (!fill_range(&region, base, size))
        return false;
    region.kind = REGION_DEVICE;
    region.device = *device;
    return insert_region(cpu, &region);
}

bool memory_add_bitband(struct cpu *cpu, uint32_t base, uint32_t size, uint32_t target)
{
    struct region region;

    if (!fill_range(&region, base, size))
        return false;
    region.kind = REGION_BITBAND;
    region.target = target;
    return insert_region(cpu, &region);
}

bool memory_set_store_handler(struct cpu *cpu, uint32_t base, const struct device *device)
{
    struct region *region = memory_region(cpu->memory, base);

    if (region == NULL || region->kind != REGION_MEMORY || region->base != base)
        return false;
    region->has_store_handler = device != NULL;
    if (device != NULL)
        region->device = *device;
    return true;
}

/* ---- decoded code ---- */

bool memory_fetch(const struct memory_map *map, uint32_t address, uint16_t *halfword)
{
    bool execute_never = (address >= 0x40000000u && address < 0x60000000u) ||
                         address >= 0xA0000000u; /* B3.1, the default memory map */
    const struct region *region = execute_never ? NULL : memory_region(map, address);

    if (region == NULL || region->kind != REGION_MEMORY || region->last - address < 1)
        return false;
    memcpy(halfword, region->backing->bytes + region->backing_offset + (address - region->base), 2);
    return true;
}

void memory_mark_code(struct cpu *cpu, uint32_t address, uint32_t size)
{
    struct memory_map *map = cpu->memory;
    const struct region *region = memory_region(map, address);

    if (region == NULL || region->kind != REGION_MEMORY)
        return;
    struct backing *backing = region->backing;
    uint32_t first = region->backing_offset + (address - region->base), at;
    bool new_page = false;

    for (at = first; at < first + size && at < backing->size; at++) {
        backing->code_bits[at >> 4] |= (uint8_t)(1u << (at >> 1 & 7u));
        if (!backing->code_pages[at >> GRANULE_BITS]) {
            backing->code_pages[at >> GRANULE_BITS] = 1;
            new_page = true;
        }
    }
    backing->has_code = true;
    if (new_page) {
        refresh_backing(map, backing);
        refresh_windows(cpu);
    }
}

void memory_clear_code(struct cpu *cpu)
{
    struct memory_map *map = cpu->memory;
    struct backing *backing;

    for (backing = map->backings; backing != NULL; backing = backing->next) {
        if (!backing->has_code)
            continue;
        memset(backing->code_bits, 0, backing->size / 16 + 1);
        memset(backing->code_pages, 0, (backing->size >> GRANULE_BITS) + 1);
        backing->has_code = false;
        refresh_backing(map, backing);
    }
    refresh_windows(cpu);
}

static void note_written(struct cpu *cpu, const struct backing *backing, uint32_t offset,
                         uint32_t size)
{
    uint32_t at;

    if (!pages_have_code(backing, offset, size))
        return;
    for (at = offset; at < offset + size; at++)
        if (backing->code_bits[at >> 4] >> (at >> 1 & 7u) & 1u) {
            cpu->code_stale = true;
            return;
        }
}

/* ---- careful loads and stores ---- */

static bool refuse(struct cpu *cpu, enum fault_kind kind, uint32_t address, uint8_t width,
                   bool is_store)
{
    cpu->fault = (struct fault){.kind = kind, .pc = cpu->r[15], .address = address,
                                .width = width, .is_store = is_store};
    return false;
}

static bool load_bitband(struct cpu *cpu, const struct region *region, uint32_t address,
                         uint8_t width, uint32_t *value)
{
    uint32_t offset = address - region->base;
    uint32_t byte = region->target + (offset >> 5);
    uint32_t aligned = byte & ~(width - 1u);
    unsigned bit = (byte & (width - 1u)) * 8 + (offset >> 2 & 7u);

    if (!memory_load(cpu, aligned, width, value))
        return false;
    *value = *value >> bit & 1u;
    return true;
}

static bool store_bitband(struct cpu *cpu, const struct region *region, uint32_t address,
                          uint8_t width, uint32_t value)
{
    uint32_t offset = address - region->base, old;
    uint32_t byte = region->target + (offset >> 5);
    uint32_t aligned = byte & ~(width - 1u);
    unsigned bit = (byte & (width - 1u)) * 8 + (offset >> 2 & 7u);

    if (!memory_load(cpu, aligned, width, &old))
        return false;
    return memory_store(cpu, aligned, width, (old & ~(1u << bit)) | (value & 1u) << bit);
}

/* An unaligned access that crosses from one region to the next, byte by byte. */
static bool load_bytes(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value)
{
    uint32_t result = 0;
    unsigned i;

    for (i = 0; i < width; i++) {
        uint8_t byte;

        if (!memory_peek(cpu, address + i, &byte, 1))
            return refuse(cpu, FAULT_UNMAPPED, address + i, width, false);
        result |= (uint32_t)byte << (8 * i);
    }
    *value = result;
    return true;
}

static bool store_bytes(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value)
{
    unsigned i;

    for (i = 0; i < width; i++) {
        const struct region *region = memory_region(cpu->memory, address + i);

        if (region == NULL || region->kind != REGION_MEMORY)
            return refuse(cpu, FAULT_UNMAPPED, address + i, width, true);
        if (!region->writable)
            return refuse(cpu, FAULT_FLASH_STORE, address + i, width, true);
    }
    for (i = 0; i < width; i++) {
        uint8_t byte = (uint8_t)(value >> (8 * i));

        memory_poke(cpu, address + i, &byte, 1);
    }
    return true;
}

bool memory_load(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value)
{
    bool aligned = (address & (width - 1u)) == 0;

    if (!aligned && cpu->unaligned_trap)
        return refuse(cpu, FAULT_UNALIGNED, address, width, false);
    if (address >> 20 == 0xE00u) {
        if (!aligned)
            return refuse(cpu, FAULT_UNALIGNED, address, width, false);
        return system_load(cpu, address, width, value);
    }
    const struct region *region = memory_region(cpu->memory, address);
    if (region == NULL)
        return refuse(cpu, FAULT_UNMAPPED, address, width, false);
    if (region->kind == REGION_MEMORY) {
        const uint8_t *host = region->backing->bytes + region->backing_offset;

        if (region->last - address < width - 1u)
            return load_bytes(cpu, address, width, value);
        *value = 0;
        memcpy(value, host + (address - region->base), width);
        return true;
    }
    if (!aligned || region->last - address < width - 1u)
        return refuse(cpu, FAULT_UNALIGNED, address, width, false);
    if (region->kind == REGION_BITBAND)
        return load_bitband(cpu, region, address, width, value);
    if (!region->device.read(region->device.context, address - region->base, width, value))
        return refuse(cpu, FAULT_DEVICE, address, width, false);
    return true;
}

bool memory_store(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value)
{
    bool aligned = (address & (width - 1u)) == 0;

    if (!aligned && cpu->unaligned_trap)
        return refuse(cpu, FAULT_UNALIGNED, address, width, true);
    if (address >> 20 == 0xE00u) {
        if (!aligned)
            return refuse(cpu, FAULT_UNALIGNED, address, width, true);
        return system_store(cpu, address, width, value);
    }
    const struct region *region = memory_region(cpu->memory, address);
    if (region == NULL)
        return refuse(cpu, FAULT_UNMAPPED, address, width, true);
    bool inside = region->last - address >= width - 1u;
    if (region->kind == REGION_MEMORY && region->writable) {
        if (!inside)
            return store_bytes(cpu, address, width, value);
        uint32_t offset = region->backing_offset + (address - region->base);

        memcpy(region->backing->bytes + offset, &value, width);
        note_written(cpu, region->backing, offset, width);
        return true;
    }
    if (region->kind == REGION_MEMORY && !region->has_store_handler)
        return refuse(cpu, FAULT_FLASH_STORE, address, width, true);
    if (!aligned || !inside)
        return refuse(cpu, FAULT_UNALIGNED, address, width, true);
    if (region->kind == REGION_BITBAND)
        return store_bitband(cpu, region, address, width, value);
    if (!region->device.write(region->device.context, address - region->base, width, value))
        return refuse(cpu, FAULT_DEVICE, address, width, true);
    return true;
}

uint8_t *memory_ram(struct cpu *cpu, uint32_t address, uint32_t size)
{
    struct granule *granule = &cpu->memory->granules[address >> GRANULE_BITS];
    uint32_t offset = address & (GRANULE_SIZE - 1);

    return (uint64_t)offset + size <= granule->write_size ? granule->host + offset : NULL;
}

/* ---- the debugger's view ---- */

/* The memory bytes from `address` on, and how many of the `size` wanted lie there in one piece. */
static uint8_t *piece(const struct cpu *cpu, uint32_t address, uint32_t size, uint32_t *length,
                      const struct backing **backing)
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
    const struct backing *backing;
    uint32_t length;

    for (; size != 0; size -= length, address += length)
        if (piece(cpu, address, size, &length, &backing) == NULL)
            return false;
    return true;
}

bool memory_peek(const struct cpu *cpu, uint32_t address, void *bytes, uint32_t size)
{
    const struct backing *backing;
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
    const struct backing *backing;
    const uint8_t *from = bytes;
    uint32_t length;

    if (!all_mapped(cpu, address, size))
        return false;
    for (; size != 0; size -= length, address += length, from += length) {
        uint8_t *to = piece(cpu, address, size, &length, &backing);

        memcpy(to, from, length);
        note_written(cpu, backing, (uint32_t)(to - backing->bytes), length);
    }
    return true;
}

/* ---- who looks at the memories ---- */

void memory_view_changed(struct cpu *cpu)
{
    (void)cpu; /* every memory looks the same to everybody */
}
