/* watch.c - watchpoints. */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "code_cache.h"

bool watch_add(struct cpu *cpu, uint32_t address, uint32_t size, bool read, bool write)
{
    struct watch_list *list = &cpu->memory->watches;
    const uint32_t last = address + (size - 1);

    if (size == 0 || last < address)
        return false;
    struct watch *grown = realloc(list->items, (list->count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    list->items = grown;
    grown[list->count++] = (struct watch){address, last, read, write};
    memory_refresh(cpu, address, last);
    /* Folded literals are no loads, and handlers chosen for a window may not suit. */
    code_drop_all(cpu);
    return true;
}

bool watch_remove(struct cpu *cpu, uint32_t address, uint32_t size)
{
    struct watch_list *list = &cpu->memory->watches;
    const uint32_t last = address + (size - 1);
    size_t kept = 0, i;

    for (i = 0; i < list->count; i++)
        if (list->items[i].first != address || list->items[i].last != last)
            list->items[kept++] = list->items[i];
    if (kept == list->count)
        return false;
    list->count = kept;
    memory_refresh(cpu, address, last);
    code_drop_all(cpu);
    return true;
}

bool watch_covers(const struct watch_list *list, uint32_t first, uint32_t last, bool is_store)
{
    size_t i;

    for (i = 0; i < list->count; i++) {
        const struct watch *watch = &list->items[i];

        if ((is_store ? watch->write : watch->read) && watch->first <= last && watch->last >= first)
            return true;
    }
    return false;
}

void watch_note(struct cpu *cpu, uint32_t address, uint8_t width, bool is_store)
{
    struct watch_list *list = &cpu->memory->watches;

    if (list->pending || !watch_covers(list, address, address + (width - 1u), is_store))
        return;
    list->hit = (struct watch_hit){cpu->r[15], address, width, is_store};
    list->is_hit = list->pending = true;
    cpu->attention = true;
}

void watch_forget(struct cpu *cpu)
{
    if (!cpu->memory->watches.pending)
        cpu->memory->watches.is_hit = false;
}

void watch_disregard(struct cpu *cpu)
{
    cpu->memory->watches.pending = cpu->memory->watches.is_hit = false;
}

bool watch_is_pending(const struct cpu *cpu)
{
    return cpu->memory->watches.pending;
}

bool watch_take(struct cpu *cpu)
{
    const bool pending = cpu->memory->watches.pending;

    cpu->memory->watches.pending = false;
    return pending;
}
