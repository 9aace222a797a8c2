/* memory.c - the map: memories, aliases, devices, bit-band. */
#include "code_cache.h"
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#define GRANULE_COUNT ((size_t)1 << (32 - GRANULE_BITS))

struct memory_map *memory_create(void)
{
    struct memory_map *map = calloc(1, sizeof *map);
    unsigned i;

    if (map == NULL)
        return NULL;
    for (i = 0; i < VIEW_COUNT; i++) {
        struct view *view = &map->views[i];

        /* Untouched pages of this table cost address space only. */
        view->granules = pages_take(GRANULE_COUNT * sizeof *view->granules);
        view->guarded = i != VIEW_OPEN;
        view->privileged = i == VIEW_OF_PRIVILEGED;
        view->permissions = pages_take(GRANULE_COUNT);
        if (view->granules == NULL || view->permissions == NULL) {
            memory_destroy(map);
            return NULL;
        }
    }
    return map;
}

static void free_backing(struct backing *backing)
{
    free(backing->bytes);
    free(backing->code_bits);
    free(backing->constant_bits);
    free(backing->code_pages);
    free(backing);
}

static void free_parts(const struct memory_map *map, const struct view *view)
{
    size_t i;
    uint32_t index;

    for (i = 0; view->used && i < map->region_count; i++)
        for (index = map->regions[i].base >> GRANULE_BITS;
             map->regions[i].kind == REGION_MEMORY &&
             index <= map->regions[i].last >> GRANULE_BITS; index++) {
            free(view->granules[index].parts);
            view->granules[index].parts = NULL;
        }
}

void memory_destroy(struct memory_map *map)
{
    struct backing *backing, *next;
    unsigned i;

    for (backing = map->backings; backing != NULL; backing = next) {
        next = backing->next;
        free_backing(backing);
    }
    for (i = 0; i < VIEW_COUNT; i++) {
        if (map->views[i].granules != NULL)
            free_parts(map, &map->views[i]);
        pages_give_back(map->views[i].granules, GRANULE_COUNT * sizeof(struct granule));
        pages_give_back(map->views[i].permissions, GRANULE_COUNT);
    }
    free(map->regions);
    free(map->watches.items);
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
    memory_refresh(cpu, region->base, region->last);
    code_drop_all(cpu);
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
    backing->constant_bits = calloc(1, size / 16 + 1);
    backing->code_pages = calloc(1, (size >> GRANULE_BITS) + 1);
    region.kind = REGION_MEMORY;
    region.writable = writable;
    region.backing = backing;
    if (backing->bytes == NULL || backing->code_bits == NULL || backing->constant_bits == NULL ||
        backing->code_pages == NULL || !insert_region(cpu, &region)) {
        free_backing(backing);
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

bool memory_set_mirror(struct cpu *cpu, uint32_t base, const struct mirror *mirror)
{
    struct region *region = memory_region(cpu->memory, base);

    if (region == NULL || region->kind != REGION_DEVICE || region->base != base)
        return false;
    region->device.mirror = mirror;
    return true;
}
