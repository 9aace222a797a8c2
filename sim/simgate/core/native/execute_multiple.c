/* execute_multiple.c - LDM, STM, PUSH, POP: word-aligned, always.
 *
 * Operands: a = Rn, b = number of registers, c = flags below, imm = register list; with FEW, one
 * register a byte instead.
 */
#include "operation.h"

enum { BEFORE = 1, WRITEBACK = 2, FEW = 4 };

static inline uint32_t lowest_address(const struct cpu *cpu, const struct op *op)
{
    return op->c & BEFORE ? R(op->a) - 4u * op->b : R(op->a);
}

static inline uint32_t final_base(const struct cpu *cpu, const struct op *op)
{
    return op->c & BEFORE ? R(op->a) - 4u * op->b : R(op->a) + 4u * op->b;
}

/* Loads the listed registers and writes the base back; PC, if listed, goes to slow_value. */
static inline void load_list(struct cpu *cpu, uint32_t list, const uint32_t *words)
{
    for (; list != 0; list &= list - 1)
        R(__builtin_ctz(list)) = *words++;
}

static uint32_t list_of(const struct op *op)
{
    uint32_t list = 0;
    unsigned i;

    if (!(op->c & FEW))
        return op->imm;
    for (i = 0; i < op->b; i++)
        list |= 1u << (op->imm >> (8 * i) & 0xFFu);
    return list;
}

/* Reads all words first: a fault in the middle leaves the registers alone. */
static HANDLER(load_multiple_slow)
{
    uint32_t address = cpu->slow_value, base = final_base(cpu, op);

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, false);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!load_words_slow(cpu, op, address, op->b))
        GO(leave_fault, OP_ARGUMENTS);
    if (op->c & WRITEBACK) {
        if (op->a == 13)
            SET_SP(base);
        else
            R(op->a) = base;
    }
    load_list(cpu, list_of(op) & 0x7FFFu, cpu->loaded);
    if (list_of(op) & 0x8000u) {
        cpu->slow_value = cpu->loaded[op->b - 1];
        GO(branch_slow, OP_ARGUMENTS);
    }
    GO(after_access, OP_ARGUMENTS);
}

/* LDMDB SP!: unlike every other load it makes the stack grow. */
static HANDLER(load_multiple_below)
{
    cpu->slow_value = lowest_address(cpu, op);
    GO(load_multiple_slow, OP_ARGUMENTS);
}

static HANDLER(store_multiple_slow)
{
    uint32_t address = cpu->slow_value, base = final_base(cpu, op), list = op->imm;

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, true);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if ((op->c & WRITEBACK) && op->a == 13 && base < cpu->sp_floor && !sp_fell(cpu, op, base))
        GO(leave_fault, OP_ARGUMENTS);
    for (; list != 0; list &= list - 1, address += 4)
        if (!store_slow(cpu, op, address, 4, R(__builtin_ctz(list))))
            GO(leave_fault, OP_ARGUMENTS);
    if (op->c & WRITEBACK)
        R(op->a) = base;
    GO(after_access, OP_ARGUMENTS);
}

/* Fast path: all words lie in one piece. */
#define FIND(access, slow)                                              \
    uint32_t address = lowest_address(cpu, op);                         \
    if (UNLIKELY(!is_##access(cpu, address, 4u * op->b) || IS_ODD(address))) {\
        cpu->slow_value = address;                                      \
        GO(slow, OP_ARGUMENTS);                                         \
    }                                                                   \
    uint8_t *host = host_bytes(cpu, address);

static HANDLER(load_multiple)
{
    FIND(readable, load_multiple_slow)
    if (op->c & WRITEBACK)
        R(op->a) = final_base(cpu, op);
    load_list(cpu, op->imm, (const uint32_t *)(const void *)host);
    NEXT;
}

/* LDM of two to four registers upwards, with writeback. */
#define DEFINE_FEW(count, more)                                           \
    static HANDLER(load_few_##count)                                      \
    {                                                                     \
        uint32_t address = R(op->a), list = op->imm;                      \
        if (UNLIKELY(!is_readable(cpu, address, 4 * (count)) || IS_ODD(address))) {\
            cpu->slow_value = address;                                    \
            GO(load_multiple_slow, OP_ARGUMENTS);                         \
        }                                                                 \
        const uint32_t *words = (const uint32_t *)(const void *)host_bytes(cpu, address); \
        R(op->a) = address + 4 * (count);                                 \
        R(list & 0xFFu) = words[0];                                       \
        R(list >> 8 & 0xFFu) = words[1];                                  \
        more                                                              \
        NEXT;                                                             \
    }

DEFINE_FEW(2, )
DEFINE_FEW(3, R(list >> 16 & 0xFFu) = words[2];)
DEFINE_FEW(4, R(list >> 16 & 0xFFu) = words[2]; R(list >> 24) = words[3];)

static bool bind_few(struct op *op)
{
    static op_handler *const handlers[5] = {NULL, NULL, load_few_2, load_few_3, load_few_4};
    uint32_t list = op->imm, packed = 0;
    unsigned i;

    if (op->b < 2 || op->b > 4 || op->c != WRITEBACK || (list & 0xA000u))
        return false;
    for (i = 0; list != 0; i++, list &= list - 1)
        packed |= (uint32_t)__builtin_ctz(list) << (8 * i);
    op->run = handlers[op->b];
    op->c |= FEW;
    op->imm = packed;
    return true;
}

static HANDLER(load_multiple_branch)
{
    FIND(readable, load_multiple_slow)
    const uint32_t *words = (const uint32_t *)(const void *)host;
    if (op->c & WRITEBACK)
        R(op->a) = final_base(cpu, op);
    load_list(cpu, op->imm & 0x7FFFu, words);
    BRANCH_EXCHANGE(words[op->b - 1]);
}

static HANDLER(store_multiple)
{
    FIND(writable, store_multiple_slow)
    uint32_t list = op->imm, *words = (uint32_t *)(void *)host;
    uint32_t base = final_base(cpu, op);

    if (op->c & WRITEBACK) {
        if (op->a == 13 && UNLIKELY(HAS_FALLEN(base)) && !sp_fell(cpu, op, base))
            GO(leave_fault, OP_ARGUMENTS);
    }
    for (; list != 0; list &= list - 1)
        *words++ = R(__builtin_ctz(list));
    if (op->c & WRITEBACK)
        R(op->a) = base;
    NEXT;
}

/* Where STM's base is in the list and written back, the old value is stored: as the lowest that is the
 * architecture's rule, else the word is UNKNOWN. */
bool bind_multiple(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    bool load = in->kind == K_LOAD_MULTIPLE;

    op->a = in->rn;
    op->b = (uint8_t)__builtin_popcount(in->imm);
    op->c = (uint8_t)((in->sub ? BEFORE : 0) | (in->writeback ? WRITEBACK : 0));
    op->imm = in->imm;
    if (load && bind_few(op))
        return true;
    if (load && op->a == 13 && op->c == (BEFORE | WRITEBACK))
        op->run = load_multiple_below;
    else if (load)
        op->run = in->imm & 0x8000u ? load_multiple_branch : load_multiple;
    else
        op->run = store_multiple;
    return true;
}
