/* block.c - turns the instructions of blocks into operations, and links them. */
#include "block.h"
#include "timing.h"

enum {
    CHAIN_OPS = CHAIN_LIMIT * (4 * BLOCK_LIMIT + 8), /* operations that one build can need */
};

static struct op *emit(struct code_cache *cache, op_handler *run, uint32_t imm)
{
    struct op *op = &cache->ops[cache->used];

    cache->positions[cache->used++] = (struct op_position){0};
    op->run = run;
    op->pc = 0;
    op->imm = imm;
    return op;
}

static struct op *emit_head(struct code_cache *cache, uint32_t pc, uint32_t count)
{
    struct op *head = emit(cache, enter_block, count);

    head->pc = pc;
    return head;
}

/* Gives a branch its target, or notes that it needs a stub. */
static void link_branch(struct builder *builder, struct op *branch, uint32_t target)
{
    struct op *block = known_block(builder->cpu, target);

    if (block != NULL) {
        op_aim(branch, block);
        return;
    }
    struct link *link = &builder->links[builder->link_count++];
    link->op = (uint32_t)(branch - builder->cache->ops);
    link->target = target;
}

/* What does several instructions from number `at` on together, in front of their own operations;
 * how many they are. */
static unsigned emit_joint(struct builder *builder, unsigned at)
{
    struct code_cache *cache = builder->cache;
    const struct entry *entries = &builder->entries[at];
    unsigned left = builder->count - at, length = tile_length(entries, left);

    if (length != 0) {
        struct op *ops = emit(cache, NULL, 0);

        emit(cache, NULL, 0);
        bind_tile(ops, entries, length);
        return length;
    }
    length = builder->cpu->unaligned_trap ? 0 : sequence_length(entries, left);
    if (length != 0)
        bind_sequence(emit(cache, NULL, 0), entries, left);
    return length;
}

static void emit_own(struct builder *builder, const struct entry *entry,
                     struct op_position position)
{
    struct code_cache *cache = builder->cache;
    struct binding binding = {.instruction = &entry->instruction, .pc = entry->pc,
                              .flags_dead = entry->flags_dead, .cpu = builder->cpu};
    struct op *op = emit(cache, NULL, 0);

    cache->positions[cache->used - 1] = position;
    bind_instruction(op, &binding);
    if (has_direct_target(&entry->instruction))
        link_branch(builder, op, entry->instruction.imm);
}

static struct op_position position_of(const struct builder *builder, unsigned i)
{
    const struct entry *entry = &builder->entries[i];

    memory_mark_code(builder->cpu, entry->pc, entry->instruction.size);
    return (struct op_position){.pc = entry->pc, .itstate = entry->itstate,
                                .behind = (uint8_t)(builder->count - 1 - i),
                                .size = entry->instruction.size};
}

/* With the cycle model: each instruction by itself, behind the operation that reckons it. */
static void emit_timed(struct builder *builder)
{
    struct code_cache *cache = builder->cache;

    for (unsigned i = 0; i < builder->count; i++) {
        const struct entry *entry = &builder->entries[i];
        const struct op_position position = position_of(builder, i);

        timing_bind(builder->cpu, emit(cache, NULL, 0), &entry->instruction, entry->pc,
                    entry->condition);
        if (entry->instruction.kind == K_IT)
            continue;
        if (entry->condition < 14) {
            emit(cache, skip_unless(entry->condition), 2);
            cache->positions[cache->used - 1] = position;
        }
        emit_own(builder, entry, position);
    }
}

static void emit_entries(struct builder *builder)
{
    struct code_cache *cache = builder->cache;
    unsigned i, j, behind = 0;

    for (i = 0; i < builder->count; i++) {
        const struct entry *entry = &builder->entries[i];
        const struct op_position position = position_of(builder, i);

        if (entry->instruction.kind == K_IT)
            continue; /* the skips before its instructions do its work */
        if (entry->condition < 14 &&
            (builder->entries[i - 1].instruction.kind == K_IT ||
             builder->entries[i - 1].condition != entry->condition ||
             builder->entries[i - 1].instruction.set_flags ||
             builder->entries[i - 1].instruction.kind == K_CMP ||
             builder->entries[i - 1].instruction.kind == K_VMRS)) {
            /* one skip for all that follow under the same condition, up to a change of flags */
            for (j = i + 1; j < builder->count; j++) {
                const struct entry *last = &builder->entries[j - 1];

                if (builder->entries[j].condition != entry->condition ||
                    builder->entries[j].itstate == 0 || last->instruction.set_flags ||
                    last->instruction.kind == K_VMRS)
                    break;
            }
            emit(cache, skip_unless(entry->condition), j - i + 1);
            cache->positions[cache->used - 1] = position;
        }
        if (i >= behind)
            behind = i + emit_joint(builder, i);
        struct op *op = &cache->ops[cache->used];
        emit_own(builder, entry, position);
        if (entry->instruction.kind == K_B_COND && i > 0 && entry[-1].condition == 14)
            fuse_with_branch(op - 1, &entry[-1].instruction, entry->instruction.cond);
    }
}

/* ---- building ---- */

/* An operation that is a block by itself: it leaves before anything executes. */
static void emit_leaving(struct code_cache *cache, op_handler *run, uint32_t pc)
{
    emit(cache, run, 0);
    cache->positions[cache->used - 1] = (struct op_position){.pc = pc};
}

/* Builds the block at `pc`; *next = where the one behind it starts, when it is wanted. */
static bool build_one(struct builder *builder, uint32_t pc, uint32_t *next)
{
    struct code_cache *cache = builder->cache;
    enum ending ending = block_collect(builder, pc, next);
    struct op *head = emit_head(cache, pc, builder->count == 0 ? 1 : builder->count);

    code_remember(builder->cpu, head, builder->count == 0 ? pc + 4 : *next);
    switch (ending) {
    case ENDING_STOP: emit_leaving(cache, stop_here, pc); return false;
    case ENDING_STEP: emit_leaving(cache, step_here, pc); return false;
    case ENDING_FETCH:
        memory_mark_code(builder->cpu, pc, 4); /* it may be allowed one day */
        emit_leaving(cache, fetch_fails, pc);
        return false;
    default: break;
    }
    block_find_dead_flags(builder);
    if (builder->cpu->timing != NULL) {
        emit_timed(builder);
    } else {
        emit_entries(builder);
        fuse_multiplications(head + 1, &cache->ops[cache->used]);
    }
    return ending == ENDING_NEXT || block_may_fall_through(&builder->entries[builder->count - 1]);
}

/* A block of its own that looks the target up when it is first reached, and mends the branch. */
static void emit_stub(struct builder *builder, const struct link *link)
{
    struct code_cache *cache = builder->cache;
    struct op *branch = &cache->ops[link->op];
    struct op *head = emit_head(cache, link->target, 0);

    emit(cache, resolve_target, link->op)->pc = link->target;
    op_aim(branch, head);
}

/* Behind the last block of a chain, which goes on at `pc`. */
static void emit_way_on(struct builder *builder, uint32_t pc)
{
    const struct op *block = known_block(builder->cpu, pc);

    emit_head(builder->cache, pc, block != NULL ? block->imm : 0);
    link_branch(builder, emit(builder->cache, block != NULL ? go_on : go_on_unpaid, 0), pc);
}

static void build(struct cpu *cpu, uint32_t pc)
{
    struct builder builder = {.cpu = cpu, .cache = cpu->code};
    unsigned built = 0, i;
    uint32_t next;

    while (build_one(&builder, pc, &next)) {
        pc = next;
        if (known_block(cpu, pc) != NULL || ++built == CHAIN_LIMIT - 1) {
            emit_way_on(&builder, pc);
            break;
        }
    }
    for (i = 0; i < builder.link_count; i++) {
        const struct link *link = &builder.links[i];
        struct op *branch = &builder.cache->ops[link->op];
        struct op *block = known_block(cpu, link->target);

        if (block != NULL)
            op_aim(branch, block);
        else
            emit_stub(&builder, link);
    }
}

struct op *code_block(struct cpu *cpu, uint32_t pc)
{
    struct op *block = known_block(cpu, pc);

    if (block != NULL)
        return block;
    if (cpu->code_stale)
        return NULL;
    if (cpu->code->used + CHAIN_OPS > OPS_CAPACITY) {
        code_drop_all(cpu);
        return NULL;
    }
    build(cpu, pc);
    return known_block(cpu, pc);
}
