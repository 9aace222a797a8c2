/* block.c - decodes blocks into operations, links them, drops them. */
#include <stdlib.h>

#include "code_cache.h"
#include "decode.h"

enum {
    FIRST_BLOCK_OP = STEP_SLOTS * STEP_SLOT_OPS,
    CHAIN_LIMIT = 8,             /* blocks decoded ahead along fall-throughs */
    CHAIN_OPS = CHAIN_LIMIT * (3 * BLOCK_LIMIT + 8), /* operations that one build can need */
    OPENING = 5,                 /* an IT block is one unit: IT and up to four */
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

void code_flush(struct cpu *cpu)
{
    forget_blocks(cpu);
    memory_clear_code(cpu);
    cpu->code->built_with_unaligned_trap = cpu->unaligned_trap;
    cpu->code_stale = false;
}

void code_invalidate(struct cpu *cpu, uint32_t address, uint32_t size)
{
    (void)address;
    if (size != 0)
        cpu->code_stale = true;
}

/* ---- stop points ---- */

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
    cpu->code_stale = true;
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
    cpu->code_stale = true;
}

/* ---- decoding ---- */

bool code_decode(struct cpu *cpu, uint32_t pc, bool in_it, struct instruction *instruction)
{
    uint16_t first, second = 0;

    if (memory_fetch(cpu, pc, &first) != FAULT_NONE)
        return false;
    if (instruction_size(first) == 4 && memory_fetch(cpu, pc + 2, &second) != FAULT_NONE)
        return false;
    decode(instruction, pc, first, second, in_it, (enum fpu)cpu->fpu);
    return true;
}

void fault_fetch(struct cpu *cpu, uint32_t pc)
{
    uint16_t halfword;
    const enum fault_kind first = memory_fetch(cpu, pc, &halfword);
    const uint32_t at = first != FAULT_NONE ? pc : pc + 2;

    cpu->fault = (struct fault){.kind = memory_fetch(cpu, at, &halfword), .pc = pc, .address = at,
                                .width = 2};
}

struct link {
    uint32_t op; /* the branch whose target is not decoded */
    uint32_t target;
};

struct builder {
    struct cpu *cpu;
    struct code_cache *cache;
    struct entry entries[BLOCK_LIMIT + OPENING];
    unsigned count;
    struct link links[CHAIN_LIMIT * 2 + 2];
    unsigned link_count;
};

static bool ends_block(const struct instruction *in)
{
    switch (in->kind) {
    case K_UNDEFINED: case K_UNSUPPORTED: case K_NO_COPROCESSOR: case K_FP_UNDEFINED:
    case K_TABLE_BRANCH: case K_B: case K_B_COND: case K_BL: case K_BX: case K_BLX:
    case K_CBZ: case K_CBNZ: case K_MOV_PC: case K_ADD_PC:
    case K_SVC: case K_BKPT: case K_WFI: case K_WFE: case K_MSR:
        return true;
    case K_LOAD: case K_LOAD_LITERAL:
        return in->rd == 15;
    case K_LOAD_MULTIPLE:
        return (in->imm & 0x8000u) != 0;
    default:
        return false;
    }
}

static bool may_fall_through(const struct entry *last)
{
    switch (last->instruction.kind) {
    case K_B_COND: case K_CBZ: case K_CBNZ:
        return true;
    default:
        return last->condition != 14 || !ends_block(&last->instruction);
    }
}

/* Adds the instruction at `pc`; false: nothing executable there. */
static bool take(struct builder *builder, uint32_t pc, uint8_t itstate)
{
    struct entry *entry = &builder->entries[builder->count];
    bool in_it = itstate != 0;

    if (!code_decode(builder->cpu, pc, in_it, &entry->instruction))
        return false;
    struct instruction *in = &entry->instruction;
    if (in_it && (in->kind == K_IT || in->kind == K_B_COND || in->kind == K_CBZ ||
                  in->kind == K_CBNZ || in->kind == K_CPS ||
                  (ends_block(in) && it_advance(itstate) != 0 && in->kind != K_UNDEFINED &&
                   in->kind != K_BKPT && in->kind != K_SVC && in->kind != K_WFI &&
                   in->kind != K_WFE && in->kind != K_MSR && in->kind != K_NO_COPROCESSOR &&
                   in->kind != K_FP_UNDEFINED)))
        in->kind = K_UNSUPPORTED; /* UNPREDICTABLE in an IT block */
    entry->pc = pc;
    entry->itstate = itstate;
    entry->condition = in_it ? itstate >> 4 : 14;
    entry->flags_dead = false;
    builder->count++;
    return true;
}

/* Adds an IT and its instructions as one; false: it has to be stepped through. */
static bool take_it_block(struct builder *builder)
{
    unsigned start = builder->count - 1;
    const struct entry *it = &builder->entries[start];
    uint8_t itstate = (uint8_t)it->instruction.imm;
    uint32_t pc = it->pc + 2;

    while (itstate != 0) {
        if (code_has_stop(builder->cpu->code, pc) || !take(builder, pc, itstate))
            break;
        const struct entry *entry = &builder->entries[builder->count - 1];
        if (entry->instruction.kind == K_UNSUPPORTED || entry->instruction.kind == K_BKPT)
            break;
        pc += entry->instruction.size;
        itstate = it_advance(itstate);
        if (ends_block(&entry->instruction) && itstate != 0)
            break;
    }
    if (itstate == 0)
        return true;
    builder->count = start;
    return false;
}

/* What ended the collection of a block. */
enum ending { ENDING_BRANCH, ENDING_NEXT, ENDING_STOP, ENDING_STEP, ENDING_FETCH };

/* Blocks are kept short, for what a deadline inside one costs, but a kernel's run of multiplications
 * is not cut. */
static bool is_long_enough(const struct builder *builder)
{
    if (builder->count < BLOCK_LENGTH || builder->count >= BLOCK_LIMIT)
        return builder->count >= BLOCK_LIMIT;
    switch (builder->entries[builder->count - 1].instruction.kind) {
    case K_SMUAD: case K_EXTEND: case K_LOAD_DUAL: case K_LOAD_MULTIPLE:
        return false;
    default:
        return true;
    }
}

static enum ending collect(struct builder *builder, uint32_t pc, uint32_t *next)
{
    builder->count = 0;
    for (;;) {
        *next = pc;
        if (code_has_stop(builder->cache, pc))
            return builder->count == 0 ? ENDING_STOP : ENDING_NEXT;
        if (is_long_enough(builder))
            return ENDING_NEXT;
        if (!take(builder, pc, 0))
            return builder->count == 0 ? ENDING_FETCH : ENDING_NEXT;
        const struct entry *entry = &builder->entries[builder->count - 1];
        if (entry->instruction.kind == K_IT && !take_it_block(builder))
            return builder->count == 0 ? ENDING_STEP : ENDING_NEXT;
        entry = &builder->entries[builder->count - 1];
        pc = entry->pc + entry->instruction.size;
        *next = pc;
        if (ends_block(&entry->instruction))
            return ENDING_BRANCH;
    }
}

/* ---- flags that nothing sees ---- */

enum { FLAG_NZ = 1, FLAG_C = 2, FLAG_V = 4 };

static unsigned flags_written(const struct instruction *in)
{
    switch (in->kind) {
    case K_ADD: case K_ADC: case K_SBC: case K_SUB: case K_RSB: case K_CMP: case K_CMN:
        return FLAG_NZ | FLAG_C | FLAG_V;
    case K_AND: case K_BIC: case K_ORR: case K_ORN: case K_EOR: case K_MOV: case K_MVN:
    case K_TST: case K_TEQ:
        return FLAG_NZ | (in->form == FORM_SHIFTED || in->carry != CARRY_KEPT ? FLAG_C : 0);
    default:
        return FLAG_NZ; /* MUL; shifts by register keep C for an amount of 0 */
    }
}

/* Plain arithmetic: neither leaves the block nor looks at flags that it does not write. */
static bool is_transparent(const struct entry *entry)
{
    const struct instruction *in = &entry->instruction;

    if (entry->condition != 14 || in->rd == 13 || in->kind < K_AND)
        return false;
    if (in->kind <= K_SHIFT_REGISTER)
        return in->kind != K_ADC && in->kind != K_SBC &&
               !(in->form == FORM_SHIFTED && in->shift_type == SHIFT_RRX);
    return in->kind <= K_SMLSLD && in->kind != K_SEL;
}

static void find_dead_flags(struct builder *builder)
{
    unsigned i, j;

    for (i = 0; i + 1 < builder->count; i++) {
        struct entry *entry = &builder->entries[i];
        unsigned seen = 0;

        if (!entry->instruction.set_flags || entry->condition != 14)
            continue;
        unsigned wanted = flags_written(&entry->instruction);
        if (entry->instruction.kind == K_SHIFT_REGISTER)
            wanted |= FLAG_C;
        for (j = i + 1; j < builder->count; j++) {
            const struct entry *later = &builder->entries[j];

            if (!is_transparent(later))
                break;
            if (later->instruction.set_flags)
                seen |= flags_written(&later->instruction);
            if ((seen & wanted) == wanted) {
                entry->flags_dead = true;
                break;
            }
        }
    }
}

/* ---- emitting ---- */

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
        branch->to = (int32_t)(block - branch);
        return;
    }
    struct link *link = &builder->links[builder->link_count++];
    link->op = (uint32_t)(branch - builder->cache->ops);
    link->target = target;
}

static bool has_direct_target(const struct instruction *in)
{
    return in->kind == K_B || in->kind == K_B_COND || in->kind == K_BL || in->kind == K_CBZ ||
           in->kind == K_CBNZ;
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

static void emit_entries(struct builder *builder)
{
    struct code_cache *cache = builder->cache;
    unsigned i, j, first, behind = 0;

    for (i = 0; i < builder->count; i++) {
        const struct entry *entry = &builder->entries[i];
        struct op_position position = {.pc = entry->pc, .itstate = entry->itstate,
                                       .behind = (uint8_t)(builder->count - 1 - i),
                                       .size = entry->instruction.size};

        memory_mark_code(builder->cpu, entry->pc, entry->instruction.size);
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
        first = cache->used;
        struct op *op = emit(cache, NULL, 0);
        cache->positions[first] = position;
        struct binding binding = {.instruction = &entry->instruction, .pc = entry->pc,
                                  .flags_dead = entry->flags_dead, .cpu = builder->cpu};
        bind_instruction(op, &binding);
        if (has_direct_target(&entry->instruction))
            link_branch(builder, op, entry->instruction.imm);
        if (entry->instruction.kind == K_B_COND && i > 0 && entry[-1].condition == 14)
            fuse_with_branch(op - 1, &entry[-1].instruction, entry->instruction.cond);
    }
}

static bool remember_block(struct cpu *cpu, struct op *head, uint32_t pc)
{
    struct code_cache *cache = cpu->code;
    struct granule *granule = &cpu->granules[pc >> GRANULE_BITS];

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
    granule->blocks[(pc & (GRANULE_SIZE - 1)) >> 1] = head;
    return true;
}

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
    enum ending ending = collect(builder, pc, next);
    struct op *head = emit_head(cache, pc, builder->count == 0 ? 1 : builder->count);

    if (!remember_block(builder->cpu, head, pc))
        builder->cpu->code_stale = true;
    switch (ending) {
    case ENDING_STOP: emit_leaving(cache, stop_here, pc); return false;
    case ENDING_STEP: emit_leaving(cache, step_here, pc); return false;
    case ENDING_FETCH:
        memory_mark_code(builder->cpu, pc, 4); /* it may be allowed one day */
        emit_leaving(cache, fetch_fails, pc);
        return false;
    default: break;
    }
    find_dead_flags(builder);
    emit_entries(builder);
    fuse_multiplications(head + 1, &cache->ops[cache->used]);
    return ending == ENDING_NEXT || may_fall_through(&builder->entries[builder->count - 1]);
}

/* A block of its own that looks the target up when it is first reached, and mends the branch. */
static void emit_stub(struct builder *builder, const struct link *link)
{
    struct code_cache *cache = builder->cache;
    struct op *branch = &cache->ops[link->op];
    struct op *head = emit_head(cache, link->target, 0);

    emit(cache, resolve_target, link->op)->pc = link->target;
    branch->to = (int32_t)(head - branch);
}

static void build(struct cpu *cpu, uint32_t pc)
{
    struct builder builder = {.cpu = cpu, .cache = cpu->code};
    unsigned built = 0, i;
    uint32_t next;

    while (build_one(&builder, pc, &next)) {
        pc = next;
        if (known_block(cpu, pc) != NULL || ++built == CHAIN_LIMIT - 1) {
            emit_head(builder.cache, pc, 0);
            link_branch(&builder, emit(builder.cache, jump, 0), pc);
            break;
        }
    }
    for (i = 0; i < builder.link_count; i++) {
        const struct link *link = &builder.links[i];
        struct op *branch = &builder.cache->ops[link->op];
        struct op *block = known_block(cpu, link->target);

        if (block != NULL)
            branch->to = (int32_t)(block - branch);
        else
            emit_stub(&builder, link);
    }
}

struct op *code_block(struct cpu *cpu, uint32_t pc)
{
    struct op *block = known_block(cpu, pc);

    if (block != NULL)
        return block;
    if (cpu->code->used + CHAIN_OPS > OPS_CAPACITY || cpu->code_stale) {
        cpu->code_stale = true;
        return NULL;
    }
    build(cpu, pc);
    return known_block(cpu, pc);
}

struct op *code_step(struct cpu *cpu, const struct instruction *instruction)
{
    struct code_cache *cache = cpu->code;
    uint32_t pc = cpu->r[15], index = (pc >> 1) % STEP_SLOTS;
    struct step_slot *slot = &cache->step_slots[index];
    struct op *head = &cache->ops[index * STEP_SLOT_OPS], *op = head + 1;
    bool in_it = cpu->itstate != 0;
    struct instruction used = *instruction;

    cache->positions[op - cache->ops] = (struct op_position){
        .pc = pc, .itstate = cpu->itstate, .behind = 0, .size = instruction->size};
    if (slot->valid && slot->pc == pc && slot->in_it == in_it && slot->view == cpu->view)
        return head;
    *slot = (struct step_slot){.pc = pc, .valid = true, .in_it = in_it,
                               .view = cpu->view};
    *head = (struct op){.run = enter_block, .imm = 1};
    head->pc = pc;
    memory_mark_code(cpu, pc, instruction->size);
    struct binding binding = {.instruction = &used, .pc = pc, .cpu = cpu};
    bind_instruction(op, &binding);
    op[1] = (struct op){.run = step_exit};
    if (has_direct_target(instruction)) {
        op[2] = (struct op){.run = untaken_exit};
        /* To a head that no budget pays: leaves for the target. */
        op->to = 3;
        op[3] = (struct op){.run = enter_block, .imm = BLOCK_LIMIT};
        op[3].pc = instruction->imm;
    }
    return head;
}
