/* code_cache.h - decoded blocks: where they are kept, found and dropped. */
#ifndef SIMGATE_CODE_CACHE_H
#define SIMGATE_CODE_CACHE_H

#include "operation.h"

enum {
    OPS_CAPACITY = 1 << 20,
    BLOCK_LENGTH = 64,     /* instructions in a block, usually at most */
    BLOCK_LIMIT = 160,     /* never more */
    STEP_SLOTS = 512,      /* single instructions kept decoded, see code_step() */
    STEP_SLOT_OPS = 5,
    DUE_LIMIT = 16,        /* ranges of addresses whose code is to be dropped */
};

struct step_slot {
    uint32_t pc;
    bool valid, in_it;
    const struct view *view;
};

struct code_range {
    uint32_t first, last; /* addresses of bytes */
    bool constants;       /* and what may have taken them as constants */
};

struct code_cache {
    struct op *ops; /* the first STEP_SLOTS * STEP_SLOT_OPS are the step slots */
    struct op_position *positions; /* parallel to ops */
    uint32_t used;
    struct granule **granules; /* those that have a table of blocks, of all views */
    size_t granule_count, granule_capacity;
    uint32_t *stops; /* stop points, sorted */
    size_t stop_count;
    struct step_slot step_slots[STEP_SLOTS];
    bool built_with_unaligned_trap;
    bool all_due;
    struct code_range due[DUE_LIMIT];
    unsigned due_count;
};

/* One instruction of the block that is being built. */
struct entry {
    struct instruction instruction;
    uint32_t pc;
    uint8_t itstate;
    uint8_t condition; /* 14: always */
    bool flags_dead;
};

struct code_cache *code_create(void);
void code_destroy(struct cpu *cpu);

/* The head of the block at `pc`, decoded when need be; NULL: no room or no memory, code_stale is
 * set and the caller comes back through execute(). */
struct op *code_block(struct cpu *cpu, uint32_t pc);

/* Keeps a new block, of head->pc up to `end`. */
void code_remember(struct cpu *cpu, struct op *head, uint32_t end);

/* To be dropped before anything else is executed: blocks that hold a byte of first..last, and with
 * `constants` those that may have taken one as a constant; or all. */
void code_drop(struct cpu *cpu, uint32_t first, uint32_t last, bool constants);
void code_drop_all(struct cpu *cpu);
/* Marks again (memory_code.c) what holds a byte of first..last. */
void code_mark_blocks(struct cpu *cpu, uint32_t first, uint32_t last);
/* Drops what is due: code_stale is false then. Not while handlers run. */
void code_settle(struct cpu *cpu);

bool code_has_stop(const struct code_cache *cache, uint32_t pc);

/* A block of the one instruction at cpu->r[15], with the flags always computed. */
struct op *code_step(struct cpu *cpu, const struct instruction *instruction);

/* Reads and decodes; false: nothing there, or it may not be executed. */
bool code_decode(struct cpu *cpu, uint32_t pc, bool in_it, struct instruction *instruction);
/* Sets cpu->fault to why code_decode() answers false there. */
void fault_fetch(struct cpu *cpu, uint32_t pc);

/* Binds one instruction; what nothing can bind becomes an operation that faults. */
void bind_instruction(struct op *op, const struct binding *binding);

/* Gives `op`, bound from `in`, a handler that also does the conditional branch in the next
 * operation, where there is one: fuse.c. */
void fuse_with_branch(struct op *op, const struct instruction *in, unsigned condition);

static inline const struct op_position *op_position(const struct cpu *cpu, const struct op *op)
{
    return &cpu->code->positions[op - cpu->code->ops];
}

/* ITAdvance (A7.3.3) and the condition that ITSTATE imposes now. */
static inline uint8_t it_advance(uint8_t itstate)
{
    return (itstate & 7u) == 0 ? 0 : (uint8_t)((itstate & 0xE0u) | ((itstate << 1) & 0x1Fu));
}

/* How many of the instructions from `entries` on are steps of a matrix product that an operation can
 * do together, 0: none; and the two operations that do, which stand in front of their own. */
unsigned tile_length(const struct entry *entries, unsigned count);
void bind_tile(struct op *ops, const struct entry *entries, unsigned length);

/* The same for short sequences that kernels consist of; one operation in front of their own. */
unsigned sequence_length(const struct entry *entries, unsigned count);
void bind_sequence(struct op *op, const struct entry *entries, unsigned count);

/* Handlers of operations that are no instruction. */
op_handler go_on, go_on_unpaid, resolve_target, decode_anew, step_exit, untaken_exit, stop_here, step_here, fetch_fails;
op_handler *skip_unless(unsigned condition);

#endif
