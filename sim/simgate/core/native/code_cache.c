/* code_cache.c - where decoded blocks are kept, and how those go whose code changed.
 *
 * A dropped block's operations stay where they are until the cache is full, for branches lead to
 * them: its first operation becomes one that goes to the block decoded anew. Code is dropped by
 * execute() between blocks only, for the operations may be running; what is due until then is
 * noted as ranges of addresses, and code_stale makes the running block be left.
 */
#include <stdlib.h>

#include "code_cache.h"

enum {
    FIRST_BLOCK_OP = STEP_SLOTS * STEP_SLOT_OPS,
    BLOCK_BYTES = 4 * (BLOCK_LIMIT + 5), /* the longest block */
    LITERAL_REACH = 4 * 1024,            /* how far from an instruction its literal may be */
    RANGE_LIMIT = 1 << 24,               /* above it everything is dropped */
};

struct code_cache *code_create(void)
{
    struct code_cache *cache = calloc(1, sizeof *cache);

    if (cache == NULL)
        return NULL;
    cache->ops = malloc((size_t)OPS_CAPACITY * sizeof *cache->ops);
    cache->positions = malloc((size_t)OPS_CAPACITY * sizeof *cache->positions);
    if (cache->ops == NULL || cache->positions == NULL) {
        free(cache->ops);
        free(cache->positions);
        free(cache);
        return NULL;
    }
    cache->used = FIRST_BLOCK_OP;
    return cache;
}

static void forget_blocks(struct cpu *cpu)
{
    struct code_cache *cache = cpu->code;
    size_t i;

    for (i = 0; cpu->memory != NULL && i < cache->granule_count; i++) {
        struct granule *granule = cache->granules[i];

        free(granule->blocks);
        granule->blocks = NULL;
    }
    cache->granule_count = 0;
    cache->used = FIRST_BLOCK_OP;
    memset(cache->step_slots, 0, sizeof cache->step_slots);
}

void code_destroy(struct cpu *cpu)
{
    forget_blocks(cpu);
    free(cpu->code->ops);
    free(cpu->code->positions);
    free(cpu->code->granules);
    free(cpu->code->stops);
    free(cpu->code);
    cpu->code = NULL;
}

static bool remember(struct cpu *cpu, struct op *head)
{
    struct code_cache *cache = cpu->code;
    struct granule *granule = &cpu->granules[head->pc >> GRANULE_BITS];

    if (granule->blocks == NULL) {
        if (cache->granule_count == cache->granule_capacity) {
            size_t capacity = cache->granule_capacity * 2 + 64;
            struct granule **grown = realloc(cache->granules, capacity * sizeof *grown);

            if (grown == NULL)
                return false;
            cache->granules = grown;
            cache->granule_capacity = capacity;
        }
        granule->blocks = calloc(GRANULE_SIZE / 2, sizeof(struct op *));
        if (granule->blocks == NULL)
            return false;
        cache->granules[cache->granule_count++] = granule;
    }
    granule->blocks[(head->pc & (GRANULE_SIZE - 1)) >> 1] = head;
    return true;
}

static struct op_position *end_of(const struct cpu *cpu, const struct op *head)
{
    return &cpu->code->positions[head - cpu->code->ops]; /* no instruction stands at a head */
}

void code_remember(struct cpu *cpu, struct op *head, uint32_t end)
{
    end_of(cpu, head)->pc = end;
    if (!remember(cpu, head))
        code_drop_all(cpu);
}

/* ---- what is due ---- */

void code_drop_all(struct cpu *cpu)
{
    cpu->code->all_due = true;
    cpu->code_stale = true;
}

void code_drop(struct cpu *cpu, uint32_t first, uint32_t last, bool constants)
{
    struct code_cache *cache = cpu->code;
    struct code_range *due = cache->due;
    unsigned i;

    cpu->code_stale = true;
    for (i = 0; i < cache->due_count; i++)
        if (due[i].constants == constants && first >= due[i].first && first - 1 <= due[i].last) {
            due[i].last = due[i].last > last ? due[i].last : last;
            return;
        }
    if (cache->due_count == DUE_LIMIT || last - first > RANGE_LIMIT)
        cache->all_due = true;
    else
        due[cache->due_count++] = (struct code_range){first, last, constants};
}

/* ---- dropping ---- */

/* Calls `act` for the blocks of a view that hold a byte of first..last. */
static void for_blocks(struct cpu *cpu, const struct view *view, uint32_t first, uint32_t last,
                       void (*act)(struct cpu *cpu, struct op **slot, struct code_range *range),
                       struct code_range *range)
{
    uint32_t from = first > BLOCK_BYTES ? first - BLOCK_BYTES : 0;
    uint32_t index;

    for (index = from >> GRANULE_BITS; index <= last >> GRANULE_BITS; index++) {
        struct op **blocks = view->granules[index].blocks;
        const uint32_t start = index << GRANULE_BITS;

        if (blocks == NULL)
            continue;
        uint32_t slot = from > start ? (from - start) >> 1 : 0;
        uint32_t stop = last - start < GRANULE_SIZE ? (last - start) >> 1 : GRANULE_SIZE / 2 - 1;
        for (; slot <= stop; slot++)
            if (blocks[slot] != NULL && end_of(cpu, blocks[slot])->pc > first)
                act(cpu, &blocks[slot], range);
    }
}

/* `range` grows to hold all of what is dropped. */
static void drop_block(struct cpu *cpu, struct op **slot, struct code_range *range)
{
    struct op *head = *slot;
    const uint32_t end = end_of(cpu, head)->pc;

    range->first = head->pc < range->first ? head->pc : range->first;
    range->last = end - 1 > range->last ? end - 1 : range->last;
    head[1].run = decode_anew;
    head[1].pc = head->pc;
    *slot = NULL;
}

static void mark_block(struct cpu *cpu, struct op **slot, struct code_range *range)
{
    (void)range;
    memory_mark_code(cpu, (*slot)->pc, end_of(cpu, *slot)->pc - (*slot)->pc);
}

void code_mark_blocks(struct cpu *cpu, uint32_t first, uint32_t last)
{
    for (unsigned i = 0; i < VIEW_COUNT; i++)
        for_blocks(cpu, &cpu->memory->views[i], first, last, mark_block, NULL);
}

static void drop_range(struct cpu *cpu, const struct code_range *due)
{
    struct code_range wanted = *due, dropped;
    unsigned i;

    if (due->constants) {
        const uint32_t before = LITERAL_REACH + BLOCK_BYTES;

        wanted.first = due->first > before ? due->first - before : 0;
        wanted.last = due->last < UINT32_MAX - LITERAL_REACH ? due->last + LITERAL_REACH : UINT32_MAX;
    }
    dropped = *due;
    for (i = 0; i < VIEW_COUNT; i++)
        for_blocks(cpu, &cpu->memory->views[i], wanted.first, wanted.last, drop_block, &dropped);
    if (due->constants)
        memory_unmark_constants(cpu, due->first, due->last);
    memory_unmark_code(cpu, dropped.first, dropped.last);
}

static void flush(struct cpu *cpu)
{
    forget_blocks(cpu);
    memory_clear_code(cpu);
    cpu->code->built_with_unaligned_trap = cpu->unaligned_trap;
}

void code_settle(struct cpu *cpu)
{
    struct code_cache *cache = cpu->code;
    unsigned i;

    if (cache->all_due || cache->built_with_unaligned_trap != cpu->unaligned_trap) {
        flush(cpu);
    } else {
        memset(cache->step_slots, 0, sizeof cache->step_slots);
        for (i = 0; i < cache->due_count; i++)
            drop_range(cpu, &cache->due[i]);
    }
    cache->due_count = 0;
    cache->all_due = false;
    cpu->code_stale = false;
}
