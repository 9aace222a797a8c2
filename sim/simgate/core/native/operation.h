/* operation.h - decoded code as it is run: a sequence of operations, each a handler and operands.
 *
 * A block of operations stands for instructions without a branch between them:
 *
 *     head (imm = instructions in the block)   pays the budget for the whole block
 *     operation, operation, ...                one an instruction; IT is a conditional skip
 *     branch, or an operation that leaves
 *
 * Handlers have one signature, so that each ends in a sibling call to the next (direct threading:
 * cpu and op stay in registers). Where the compiler cannot be relied on to make
 * sibling calls, handlers return the next operation to a loop instead; SIMGATE_TAIL_CALLS says which.
 *
 * While handlers run, N Z C V live in flag_nz, flag_c and flag_v, r[15] and itstate are stale, and
 * cpu->budget is the number of instructions left after those that are paid for. op_position() says where
 * an operation stands; leave_before() and leave_after() put everything in order.
 */
#ifndef SIMGATE_OPERATION_H
#define SIMGATE_OPERATION_H

#include <string.h>

#include "cpu.h"
#include "instruction.h"
#include "memory.h"

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#ifndef SIMGATE_TAIL_CALLS
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define SIMGATE_TAIL_CALLS 0
#elif defined(__x86_64__) || defined(__aarch64__)
#define SIMGATE_TAIL_CALLS 1
#else
#define SIMGATE_TAIL_CALLS 0
#endif
#endif

#if SIMGATE_TAIL_CALLS && defined(__clang__)
#define MUST_TAIL __attribute__((musttail))
#else
#define MUST_TAIL
#endif

struct op;
#define OP_PARAMETERS \
    __attribute__((unused)) struct cpu *cpu, __attribute__((unused)) const struct op *op
#define OP_ARGUMENTS cpu, op
typedef const struct op *op_handler(OP_PARAMETERS);

struct op {
    op_handler *run;
    union {
        struct {
            uint8_t a, b, c, d;
        };
        uint32_t pc; /* of a head: the block's first instruction */
    };
    union {
        uint32_t imm;
        int32_t to; /* of a branch: distance to the target's head, in bytes */
    };
};

static inline const struct op *op_target(const struct op *branch)
{
    return (const struct op *)((const char *)branch + branch->to);
}

static inline void op_aim(struct op *branch, const struct op *head)
{
    branch->to = (int32_t)((const char *)head - (const char *)branch);
}

/* What lies behind an operation, for when it leaves. */
struct op_position {
    uint32_t pc;
    uint8_t itstate; /* before the instruction */
    uint8_t behind;  /* instructions of the block after this one */
    uint8_t size;
};

/* cpu->leave: enum halt, or one of these for execute() itself. */
enum leave {
    LEAVE_CONTINUE = 0x40, /* look up r[15] and go on */
    LEAVE_SHORT,           /* the budget does not pay the block at r[15] */
    LEAVE_STEP,            /* the instruction at r[15] has to be stepped over by itself */
};

#define HANDLER(name) const struct op *name(OP_PARAMETERS)
#define DECLARE_HANDLER(name) op_handler name

#define GO(handler, ...) MUST_TAIL return handler(__VA_ARGS__)

/* The barrier keeps the compiler from computing op + 1 twice. */
#if SIMGATE_TAIL_CALLS
#define DISPATCH(next)                          \
    do {                                        \
        op = (next);                            \
        __asm__("" : "+r"(op));                 \
        MUST_TAIL return op->run(OP_ARGUMENTS); \
    } while (0)
#else
#define DISPATCH(next) return (next)
#endif

#define NEXT DISPATCH(op + 1)

/* pc and imm of a head, as they lie side by side. */
static inline uint64_t note_block(struct cpu *cpu, const struct op *head)
{
    uint64_t block;

    memcpy(&block, &head->pc, sizeof block);
#ifndef SIMGATE_UNCHECKED
    cpu->trail[cpu->trail_at & (TRAIL_LENGTH - 1)] = block;
    cpu->trail_at++;
#endif
    return block >> 32;
}

/* Enters the block at `head`, which pays for it. */
#define ENTER(head)                        \
    do {                                   \
        op = (head);                       \
        cpu->budget -= (int64_t)note_block(cpu, op); \
        if (UNLIKELY(cpu->budget < 0))     \
            GO(leave_short, OP_ARGUMENTS); \
        NEXT;                              \
    } while (0)

#define R(index) (cpu->r[index])

/* ---- flags ---- */

static inline void set_nz(struct cpu *cpu, uint32_t result)
{
    cpu->flag_nz = (int64_t)(int32_t)result;
}

static inline uint32_t add_with_flags(struct cpu *cpu, uint32_t x, uint32_t y)
{
    uint32_t result;
    int32_t ignored;

    cpu->flag_c = __builtin_add_overflow(x, y, &result);
    cpu->flag_v = __builtin_add_overflow((int32_t)x, (int32_t)y, &ignored);
    set_nz(cpu, result);
    return result;
}

static inline uint32_t subtract_with_flags(struct cpu *cpu, uint32_t x, uint32_t y)
{
    uint32_t result = x - y;
    int32_t ignored;

    cpu->flag_c = x >= y;
    cpu->flag_v = __builtin_sub_overflow((int32_t)x, (int32_t)y, &ignored);
    set_nz(cpu, result);
    return result;
}

/* AddWithCarry (A2.2.1). */
static inline uint32_t add_carry_with_flags(struct cpu *cpu, uint32_t x, uint32_t y, uint32_t carry)
{
    uint64_t wide = (uint64_t)x + y + carry;
    uint32_t result = (uint32_t)wide;

    cpu->flag_c = (uint8_t)(wide >> 32);
    cpu->flag_v = (uint8_t)((~(x ^ y) & (x ^ result)) >> 31);
    set_nz(cpu, result);
    return result;
}

/* Conditions, by their number (A7.3). */
#define COND_0 ((uint32_t)cpu->flag_nz == 0)
#define COND_1 ((uint32_t)cpu->flag_nz != 0)
#define COND_2 (cpu->flag_c)
#define COND_3 (!cpu->flag_c)
#define COND_4 (cpu->flag_nz < 0)
#define COND_5 (cpu->flag_nz >= 0)
#define COND_6 (cpu->flag_v)
#define COND_7 (!cpu->flag_v)
#define COND_8 (cpu->flag_c && (uint32_t)cpu->flag_nz != 0)
#define COND_9 (!cpu->flag_c || (uint32_t)cpu->flag_nz == 0)
#define COND_10 ((cpu->flag_nz < 0) == cpu->flag_v)
#define COND_11 ((cpu->flag_nz < 0) != cpu->flag_v)
#define COND_12 ((uint32_t)cpu->flag_nz != 0 && (cpu->flag_nz < 0) == cpu->flag_v)
#define COND_13 ((uint32_t)cpu->flag_nz == 0 || (cpu->flag_nz < 0) != cpu->flag_v)
#define FOR_EACH_CONDITION(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13)

/* apsr from the flags, and back. */
void flags_to_apsr(struct cpu *cpu);
void flags_from_apsr(struct cpu *cpu);

/* ---- leaving ---- */

op_handler leave_short;          /* op = head that could not be paid; r[15] = its block */
op_handler leave_fault;          /* cpu->fault is set; state as before the instruction */
op_handler leave_before, leave_after; /* cpu->leave is set */
op_handler after_access;         /* next operation, or leave when attention asks for it */
op_handler leave_for_target;     /* r[15] = target of a branch that is the block's end */
op_handler enter_block;          /* run of a head */

/* BXWritePC, BLXWritePC, LoadWritePC (A2.3.1) to slow_value by an instruction that ends a block. */
op_handler branch_slow;
/* BranchWritePC: EXC_RETURN has no meaning to it. */
op_handler branch_plain;

static inline struct op *known_block(const struct cpu *cpu, uint32_t target)
{
    struct op **blocks = cpu->granules[target >> GRANULE_BITS].blocks;

    return LIKELY(blocks != NULL) ? blocks[(target & (GRANULE_SIZE - 1)) >> 1] : NULL;
}

#define BRANCH_EXCHANGE(address)                                   \
    do {                                                           \
        uint32_t target_ = (address);                              \
        const struct op *block_ = known_block(cpu, target_);  \
        if (LIKELY(block_ != NULL && (target_ & 1u)))              \
            ENTER(block_);                                         \
        cpu->slow_value = target_;                                 \
        GO(branch_slow, OP_ARGUMENTS);                             \
    } while (0)

/* The same for BranchWritePC: MOV and ADD to PC, TBB. */
#define BRANCH_PLAIN(address)                                      \
    do {                                                           \
        uint32_t target_ = (address);                              \
        const struct op *block_ = known_block(cpu, target_);       \
        if (LIKELY(block_ != NULL))                                \
            ENTER(block_);                                         \
        cpu->slow_value = target_;                                 \
        GO(branch_plain, OP_ARGUMENTS);                            \
    } while (0)

/* Makes r[15], itstate, apsr and instructions exact for a look from outside during `op`. */
void expose(struct cpu *cpu, const struct op *op);

/* ---- checks ---- */

/* SIMGATE_UNCHECKED is for measuring only what the checks cost: the bounds of memories (devices are
 * still told apart), the alignment of words, the stack's limit and depth, and the trail. */
#ifdef SIMGATE_UNCHECKED
#define IS_ODD(address) 0
#define IS_WITHIN(offset, size, limit) ((limit) != 0)
#define HAS_FALLEN(sp) 0
#else
#define IS_ODD(address) ((address) & 3u)
#define IS_WITHIN(offset, size, limit) ((offset) + (size) <= (limit))
#define HAS_FALLEN(sp) ((sp) < cpu->sp_floor)
#endif

/* ---- SP ---- */

/* Notes a new value of SP that is below sp_floor, by `op`; false: the stack overflowed, fault is
 * set. */
bool sp_fell(struct cpu *cpu, const struct op *op, uint32_t sp);
bool main_sp_fell(struct cpu *cpu, uint32_t sp); /* the same of MSP, while state is exposed */

/* Writes SP; on overflow leaves with everything unchanged. */
#define SET_SP(value)                                                    \
    do {                                                                 \
        uint32_t sp_ = (value) & ~3u;                                    \
        if (UNLIKELY(HAS_FALLEN(sp_)) && !sp_fell(cpu, op, sp_))             \
            GO(leave_fault, OP_ARGUMENTS);                               \
        cpu->r[13] = sp_;                                                \
    } while (0)

/* ---- memory ---- */

/* Whether `size` bytes at `address` can be read (written) at host_bytes(). */
static inline bool is_readable(const struct cpu *cpu, uint32_t address, uint32_t size)
{
    return IS_WITHIN(address & (GRANULE_SIZE - 1), size,
                     cpu->granules[address >> GRANULE_BITS].read_size);
}

static inline bool is_writable(const struct cpu *cpu, uint32_t address, uint32_t size)
{
    return IS_WITHIN(address & (GRANULE_SIZE - 1), size,
                     cpu->granules[address >> GRANULE_BITS].write_size);
}

static inline uint8_t *host_bytes(const struct cpu *cpu, uint32_t address)
{
    return cpu->granules[address >> GRANULE_BITS].host + (address & (GRANULE_SIZE - 1));
}

/* The careful path; state is exposed meanwhile. false: cpu->fault is set. Values arrive in
 * cpu->loaded: a local whose address went to a function would keep the handler's frame alive and
 * forbid the sibling call at its end. */
bool load_slow(struct cpu *cpu, const struct op *op, uint32_t address, uint8_t width);
bool load_words_slow(struct cpu *cpu, const struct op *op, uint32_t address, unsigned count);
bool store_slow(struct cpu *cpu, const struct op *op, uint32_t address, uint8_t width,
                uint32_t value);
bool fault_unaligned(struct cpu *cpu, uint32_t address, uint8_t width, bool is_store);

/* ---- binding: from an instruction to its operation, by family ---- */

/* What binding may know of the place. */
struct binding {
    const struct instruction *instruction;
    uint32_t pc;
    bool flags_dead;  /* nothing sees the flags that the instruction sets */
    struct cpu *cpu;
};

bool bind_alu(struct op *op, const struct binding *binding);
bool bind_bits(struct op *op, const struct binding *binding);
bool bind_dsp(struct op *op, const struct binding *binding);
bool bind_multiply(struct op *op, const struct binding *binding);
bool bind_memory(struct op *op, const struct binding *binding);
bool bind_rare(struct op *op, const struct binding *binding);
bool bind_dual(struct op *op, const struct binding *binding);
bool bind_exclusive(struct op *op, const struct binding *binding);
bool bind_multiple(struct op *op, const struct binding *binding);
bool bind_branch(struct op *op, const struct binding *binding);
bool bind_system(struct op *op, const struct binding *binding);
bool bind_fp(struct op *op, const struct binding *binding);

/* Joins what kernels of neural networks consist of: runs of SMLAD with one Rm, after the SXTB16 that
 * makes it. Each operation but the first keeps its own handler, for those that land on it. */
void fuse_multiplications(struct op *first, const struct op *end);
bool is_sxtb16(const struct op *op);

#endif
