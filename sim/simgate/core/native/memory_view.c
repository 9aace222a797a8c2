/* memory_view.c - the granule tables and windows, and which of them is in force.
 *
 * The views that the MPU guards are made when they are first needed, and brought up to date when
 * they are needed again: what was changed in the MPU meanwhile costs only the granules concerned.
 */
#include <stdlib.h>
#include <string.h>

#include "code_cache.h"

/* ---- granules ---- */

/* What of first..last, inside one granule and one memory, may be accessed directly. */
static unsigned direct_access(const struct memory_map *map, const struct view *view,
                              const struct region *region, uint32_t first, uint32_t last,
                              unsigned permissions)
{
    const uint32_t offset = region->backing_offset + (first - region->base);
    unsigned may = permissions & MAY_DIFFER ? 0 : permissions;

    if (!view->guarded)
        may = MAY_READ | MAY_WRITE;
    if (!region->writable || memory_pages_have_code(region->backing, offset, last - first + 1))
        may &= ~(unsigned)MAY_WRITE;
    if (map->watches.count != 0) {
        if (watch_covers(&map->watches, first, last, false))
            may &= ~(unsigned)MAY_READ;
        if (watch_covers(&map->watches, first, last, true))
            may &= ~(unsigned)MAY_WRITE;
    }
    return may;
}

/* Whether what was decoded there, or taken as a constant, may no longer be right. */
static bool permissions_matter(unsigned before, unsigned now)
{
    return ((before ^ now) & (MAY_READ | MAY_EXECUTE)) != 0 || ((before | now) & MAY_DIFFER) != 0;
}

enum { PARTS = GRANULE_SIZE / MPU_PART };

/* A granule that is not permitted alike everywhere: what may be accessed directly in each part. */
static void refresh_parts(const struct memory_map *map, const struct view *view,
                          const struct region *region, struct granule *granule, uint32_t start,
                          uint32_t size)
{
    unsigned mask = MAY_READ;

    if (map->watches.count != 0) /* rare: the careful path will do */
        mask = 0;
    else if (region->writable &&
             !memory_pages_have_code(region->backing,
                                     region->backing_offset + (start - region->base), size))
        mask |= MAY_WRITE;
    if (granule->parts == NULL)
        granule->parts = malloc(PARTS);
    for (uint32_t part = 0; part < PARTS && granule->parts != NULL; part++)
        granule->parts[part] =
            (part + 1) * MPU_PART > size
                ? 0
                : mpu_permissions(&map->mpu, start + part * MPU_PART, view->privileged) & mask;
}

static void forget_parts(struct granule *granule)
{
    free(granule->parts);
    granule->parts = NULL;
}

static void refresh_granule(struct cpu *cpu, struct view *view, const struct region *region,
                            uint32_t index)
{
    struct memory_map *map = cpu->memory;
    struct granule *granule = &view->granules[index];
    const uint32_t start = index << GRANULE_BITS;
    unsigned permissions = 0;

    if (start < region->base)
        return; /* starts in mid-granule: its first part has the careful path only */
    const uint32_t left = region->last - start;
    const uint32_t size = left >= GRANULE_SIZE ? GRANULE_SIZE : left + 1;
    if (view->guarded) {
        permissions = mpu_range_permissions(&map->mpu, start, start + (size - 1), view->privileged);
        if (permissions_matter(view->permissions[index], permissions) &&
            memory_pages_have_code(region->backing, region->backing_offset + (start - region->base),
                                   size))
            code_drop(cpu, start, start + (size - 1), true);
        view->permissions[index] = (uint8_t)permissions;
    }
    const unsigned may =
        direct_access(map, view, region, start, start + (size - 1), permissions);
    granule->host = region->backing->bytes + region->backing_offset + (start - region->base);
    granule->read_size = may & MAY_READ ? size : 0;
    granule->write_size = may & MAY_WRITE ? size : 0;
    if (permissions & MAY_DIFFER)
        refresh_parts(map, view, region, granule, start, size);
    else
        forget_parts(granule);
}

static void refresh_range(struct cpu *cpu, struct view *view, uint32_t first, uint32_t last)
{
    const struct memory_map *map = cpu->memory;

    for (size_t i = 0; i < map->region_count; i++) {
        const struct region *region = &map->regions[i];

        if (region->kind != REGION_MEMORY || region->base > last || region->last < first)
            continue;
        const uint32_t from = region->base > first ? region->base : first;
        const uint32_t to = region->last < last ? region->last : last;
        for (uint32_t index = from >> GRANULE_BITS; index <= to >> GRANULE_BITS; index++)
            refresh_granule(cpu, view, region, index);
    }
}

/* ---- windows ---- */

/* How many bytes below `address`, a granule's start, belong to its run: in the parts of the granule
 * below it. */
static uint32_t bytes_below(const struct view *view, const struct region *region, uint32_t address,
                            unsigned wanted)
{
    const uint32_t index = (address >> GRANULE_BITS) - 1;
    uint32_t part = PARTS;

    if (address - region->base < GRANULE_SIZE || view->granules[index].parts == NULL)
        return 0;
    while (part > 0 && (view->granules[index].parts[part - 1] & wanted) == wanted)
        part--;
    return (PARTS - part) * MPU_PART;
}

/* A run of granules whose bytes may all be read, and (with both) written. */
static struct window longest_run(const struct view *view, const struct region *region, bool both)
{
    struct window best = {0};
    uint32_t best_size = 0, run_base = region->base, run_size = 0;
    uint32_t index = region->base >> GRANULE_BITS;

    for (; index <= region->last >> GRANULE_BITS; index++) {
        const struct granule *granule = &view->granules[index];
        const uint32_t start = index << GRANULE_BITS;
        const uint32_t left = region->last - start;
        const uint32_t size = left >= GRANULE_SIZE ? GRANULE_SIZE : left + 1;
        const bool fits = start >= region->base && granule->read_size == size &&
                          (!both || granule->write_size == size);

        if (!fits) {
            run_size = 0;
            continue;
        }
        if (run_size == 0) {
            run_size = bytes_below(view, region, start, both ? MAY_READ | MAY_WRITE : MAY_READ);
            run_base = start - run_size;
        }
        run_size += size;
        if (run_size > best_size && run_size >= 4) {
            best_size = run_size;
            best = (struct window){
                .host = region->backing->bytes + region->backing_offset + (run_base - region->base),
                .base = run_base, .read_span = run_size - 3,
                .write_span = both ? run_size - 3 : 0};
        }
    }
    return best;
}

/* Chooses the largest writable and the largest read-only memory. */
static void refresh_windows(struct cpu *cpu, struct view *view)
{
    const struct region *largest[2] = {NULL, NULL};
    const struct memory_map *map = cpu->memory;

    for (size_t i = 0; i < map->region_count; i++) {
        const struct region *region = &map->regions[i];
        const unsigned which = region->writable ? 0 : 1;

        if (region->kind == REGION_MEMORY &&
            (largest[which] == NULL ||
             region->last - region->base > largest[which]->last - largest[which]->base))
            largest[which] = region;
    }
    memset(view->windows, 0, sizeof view->windows);
    if (largest[0] != NULL) {
        view->windows[0] = longest_run(view, largest[0], true);
        if (view->windows[0].read_span == 0)
            view->windows[0] = longest_run(view, largest[0], false);
    }
    if (largest[1] != NULL)
        view->windows[1] = longest_run(view, largest[1], false);
    if (cpu->view == view)
        memcpy(cpu->windows, view->windows, sizeof cpu->windows);
}

void memory_refresh(struct cpu *cpu, uint32_t first, uint32_t last)
{
    for (unsigned i = 0; i < VIEW_COUNT; i++) {
        struct view *view = &cpu->memory->views[i];

        if (view->guarded && !view->used)
            continue;
        refresh_range(cpu, view, first, last);
        refresh_windows(cpu, view);
    }
}

/* ---- views ---- */

static void region_changed(struct cpu *cpu, struct view *view, const struct mpu *mpu, unsigned n)
{
    uint32_t first, last;

    if (mpu_region_range(mpu, n, &first, &last))
        refresh_range(cpu, view, first, last);
}

/* Brings a guarded view in line with the MPU's registers. */
static void follow_mpu(struct cpu *cpu, struct view *view)
{
    const struct mpu *now = &cpu->memory->mpu;
    const struct mpu before = view->made_for;
    const bool all = !view->used || ((before.control ^ now->control) & MPU_PRIVDEFENA);

    if (!all && memcmp(before.base, now->base, sizeof now->base) == 0 &&
        memcmp(before.attributes, now->attributes, sizeof now->attributes) == 0)
        return;
    view->used = true;
    view->made_for = *now;
    if (all) {
        refresh_range(cpu, view, 0, UINT32_MAX);
    } else {
        for (unsigned n = 0; n < now->region_count; n++) {
            if (before.base[n] == now->base[n] && before.attributes[n] == now->attributes[n])
                continue;
            region_changed(cpu, view, &before, n);
            region_changed(cpu, view, now, n);
        }
    }
    refresh_windows(cpu, view);
}

const struct view *memory_view_of(struct cpu *cpu, uint8_t who)
{
    struct memory_map *map = cpu->memory;
    const uint32_t control = map->mpu.control;

    if (LIKELY(!(control & MPU_ENABLE)) || (who & VIEW_VECTOR) ||
        ((who & VIEW_NEGATIVE) && !(control & MPU_HFNMIENA)))
        return &map->views[VIEW_OPEN];
    struct view *view = &map->views[who & VIEW_PRIVILEGED ? VIEW_OF_PRIVILEGED : VIEW_OF_USER];
    follow_mpu(cpu, view);
    return view;
}

void memory_view_changed(struct cpu *cpu)
{
    const struct view *view = memory_view_of(cpu, cpu->memory_view);

    cpu->attention = true; /* what runs now was chosen for the view before */
    if (view == cpu->view)
        return;
    cpu->view = view;
    cpu->granules = view->granules;
    memcpy(cpu->windows, view->windows, sizeof cpu->windows);
}
