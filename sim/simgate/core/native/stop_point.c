/* stop_point.c - addresses before whose instruction execute() returns. */
#include <stdlib.h>

#include "code_cache.h"

static size_t stop_index(const struct code_cache *cache, uint32_t pc)
{
    size_t low = 0, high = cache->stop_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (cache->stops[middle] < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool code_has_stop(const struct code_cache *cache, uint32_t pc)
{
    if (LIKELY(cache->stop_count == 0))
        return false;
    size_t at = stop_index(cache, pc);
    return at < cache->stop_count && cache->stops[at] == pc;
}

bool stop_point_add(struct cpu *cpu, uint32_t address)
{
    struct code_cache *cache = cpu->code;

    address &= ~1u;
    if (code_has_stop(cache, address))
        return true;
    uint32_t *grown = realloc(cache->stops, (cache->stop_count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    cache->stops = grown;
    size_t at = stop_index(cache, address);
    memmove(grown + at + 1, grown + at, (cache->stop_count - at) * sizeof *grown);
    grown[at] = address;
    cache->stop_count++;
    code_drop(cpu, address, address + 1, false);
    return true;
}

void stop_point_remove(struct cpu *cpu, uint32_t address)
{
    struct code_cache *cache = cpu->code;

    address &= ~1u;
    if (!code_has_stop(cache, address))
        return;
    size_t at = stop_index(cache, address);
    cache->stop_count--;
    memmove(cache->stops + at, cache->stops + at + 1,
            (cache->stop_count - at) * sizeof *cache->stops);
    code_drop(cpu, address, address + 1, false);
}
