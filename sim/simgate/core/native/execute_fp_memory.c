/* execute_fp_memory.c - VLDR, VSTR, VLDM, VSTM: word-aligned, always.
 *
 * Operands: a = first S register, b = Rn, c = words.
 */
#include "execute_fp.h"

static HANDLER(vload_slow)
{
    uint32_t address = cpu->slow_value;

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, false);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!load_words_slow(cpu, op, address, op->c))
        GO(leave_fault, OP_ARGUMENTS);
    if (op->d) {
        uint32_t base = R(op->b) + op->imm;

        if (op->b == 13)
            SET_SP(base);
        else
            R(op->b) = base;
    }
    memcpy(&S(op->a), cpu->loaded, 4u * op->c);
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(vstore_slow)
{
    uint32_t address = cpu->slow_value, base = R(op->b) + op->imm;
    unsigned i;

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, true);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (op->d && op->b == 13 && base < cpu->sp_floor && !sp_fell(cpu, op, base))
        GO(leave_fault, OP_ARGUMENTS);
    for (i = 0; i < op->c; i++)
        if (!store_slow(cpu, op, address + 4 * i, 4, S(op->a + i)))
            GO(leave_fault, OP_ARGUMENTS);
    if (op->d)
        R(op->b) = base;
    GO(after_access, OP_ARGUMENTS);
}

/* VLDR, VSTR. */
#define LOAD_FP(name, words)                                            \
    static HANDLER(name)                                                \
    {                                                                   \
        NEED_ACCESS                                                     \
        uint32_t address = R(op->b) + op->imm;                          \
        if (UNLIKELY(!is_readable(cpu, address, 4 * (words)) || IS_ODD(address))) {\
            cpu->slow_value = address;                                  \
            GO(vload_slow, OP_ARGUMENTS);                               \
        }                                                               \
        memcpy(&S(op->a), host_bytes(cpu, address), 4 * (words));                           \
        NEXT;                                                           \
    }

#define STORE_FP(name, words)                                           \
    static HANDLER(name)                                                \
    {                                                                   \
        NEED_ACCESS                                                     \
        uint32_t address = R(op->b) + op->imm;                          \
        if (UNLIKELY(!is_writable(cpu, address, 4 * (words)) || IS_ODD(address))) {\
            cpu->slow_value = address;                                  \
            GO(vstore_slow, OP_ARGUMENTS);                              \
        }                                                               \
        memcpy(host_bytes(cpu, address), &S(op->a), 4 * (words));                           \
        NEXT;                                                           \
    }

LOAD_FP(vldr_single, 1)
LOAD_FP(vldr_double, 2)
STORE_FP(vstr_single, 1)
STORE_FP(vstr_double, 2)

/* imm = address */
#define LOAD_LITERAL(name, words)                                       \
    static HANDLER(name)                                                \
    {                                                                   \
        NEED_ACCESS                                                     \
        uint32_t address = op->imm;                                     \
        if (UNLIKELY(!is_readable(cpu, address, 4 * (words)))) {        \
            cpu->slow_value = address;                                  \
            GO(vload_slow, OP_ARGUMENTS);                               \
        }                                                               \
        memcpy(&S(op->a), host_bytes(cpu, address), 4 * (words));       \
        NEXT;                                                           \
    }

LOAD_LITERAL(vldr_literal_single, 1)
LOAD_LITERAL(vldr_literal_double, 2)

static HANDLER(vldr_constant)
{
    NEED_ACCESS
    S(op->a) = op->imm;
    NEXT;
}

/* VLDM, VSTM: d: bit 0 writeback, bit 1 DB; imm = what the base changes by. */
static HANDLER(vload_multiple)
{
    NEED_ACCESS
    uint32_t address = op->d & 2u ? R(op->b) + op->imm : R(op->b);

    if (UNLIKELY(!is_readable(cpu, address, 4u * op->c) || IS_ODD(address) || (op->b == 13 && (op->d & 2u)))) {
        cpu->slow_value = address;
        GO(vload_slow, OP_ARGUMENTS);
    }
    if (op->d)
        R(op->b) += op->imm;
    memcpy(&S(op->a), host_bytes(cpu, address), 4u * op->c);
    NEXT;
}

static HANDLER(vstore_multiple)
{
    NEED_ACCESS
    uint32_t address = op->d & 2u ? R(op->b) + op->imm : R(op->b);

    if (UNLIKELY(!is_writable(cpu, address, 4u * op->c) || IS_ODD(address))) {
        cpu->slow_value = address;
        GO(vstore_slow, OP_ARGUMENTS);
    }
    if (op->d) {
        uint32_t base = R(op->b) + op->imm;

        if (op->b == 13)
            SET_SP(base);
        else
            R(op->b) = base;
    }
    memcpy(host_bytes(cpu, address), &S(op->a), 4u * op->c);
    NEXT;
}

/* ---- binding ---- */

static void bind_literal(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    uint32_t value;

    op->run = in->sub == 2 ? vldr_literal_double : vldr_literal_single;
    if (in->sub == 1 && memory_constant(binding->cpu, in->imm, 4, &value)) {
        op->run = vldr_constant;
        op->imm = value;
    }
}

bool bind_fp_memory(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;

    op->a = in->rd;
    op->b = in->rn == NO_REGISTER ? 0 : in->rn;
    op->c = in->sub;
    op->d = 0;
    op->imm = in->imm;
    switch (in->kind) {
    case K_VLDR: op->run = in->sub == 2 ? vldr_double : vldr_single; return true;
    case K_VSTR: op->run = in->sub == 2 ? vstr_double : vstr_single; return true;
    case K_VLDR_LITERAL: bind_literal(op, binding); return true;
    case K_VLDM: op->run = vload_multiple; break;
    case K_VSTM: op->run = vstore_multiple; break;
    default: return false;
    }
    op->c = in->amount;
    op->d = (uint8_t)((in->writeback ? 1 : 0) | (in->sub ? 2 : 0));
    op->imm = in->sub ? 0u - in->imm : in->imm;
    return true;
}
