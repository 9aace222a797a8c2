/* agenda.c - what is to happen at which tick: a binary heap, first come first served at a tie. */
#include "system.h"

#include <stdlib.h>

static bool before(const struct entry *a, const struct entry *b)
{
    return a->tick != b->tick ? a->tick < b->tick : a->serial < b->serial;
}

static void sift_up(struct agenda *agenda, size_t at)
{
    const struct entry moving = agenda->entries[at];

    while (at > 0) {
        const size_t parent = (at - 1) / 2;
        if (!before(&moving, &agenda->entries[parent])) {
            break;
        }
        agenda->entries[at] = agenda->entries[parent];
        at = parent;
    }
    agenda->entries[at] = moving;
}

static void sift_down(struct agenda *agenda, size_t at)
{
    const struct entry moving = agenda->entries[at];

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= agenda->count) {
            break;
        }
        if (child + 1 < agenda->count
            && before(&agenda->entries[child + 1], &agenda->entries[child])) {
            child++;
        }
        if (!before(&agenda->entries[child], &moving)) {
            break;
        }
        agenda->entries[at] = agenda->entries[child];
        at = child;
    }
    agenda->entries[at] = moving;
}

static void remove_at(struct agenda *agenda, size_t at)
{
    agenda->count--;
    if (at < agenda->count) {
        agenda->entries[at] = agenda->entries[agenda->count];
        sift_down(agenda, at);
        sift_up(agenda, at);
    }
}

uint64_t agenda_add(struct agenda *agenda, uint64_t tick, void (*act)(void *), void *context)
{
    if (agenda->count == agenda->room) {
        const size_t room = agenda->room ? 2 * agenda->room : 16;
        struct entry *entries = realloc(agenda->entries, room * sizeof *entries);
        if (entries == NULL) {
            return 0;
        }
        agenda->entries = entries;
        agenda->room = room;
    }
    const uint64_t serial = ++agenda->serials;
    agenda->entries[agenda->count] = (struct entry){tick, serial, act, context};
    sift_up(agenda, agenda->count++);
    return serial;
}

bool agenda_remove(struct agenda *agenda, uint64_t handle, void **context)
{
    for (size_t at = 0; at < agenda->count; at++) {
        if (agenda->entries[at].serial == handle) {
            *context = agenda->entries[at].context;
            remove_at(agenda, at);
            return true;
        }
    }
    return false;
}

bool agenda_take_due(struct agenda *agenda, uint64_t now, struct entry *due)
{
    if (agenda->count == 0 || agenda->entries[0].tick > now) {
        return false;
    }
    *due = agenda->entries[0];
    remove_at(agenda, 0);
    return true;
}
