/* execute_dual.c - LDRD, STRD: word-aligned, always.
 *
 * Operands: a = Rt, b = Rn, c = Rt2, d = mode, imm = offset.
 */
#include "operation.h"

static HANDLER(load_dual_slow)
{
    uint32_t base = op->b == NO_REGISTER ? 0 : R(op->b);
    uint32_t address = cpu->slow_value;

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, false);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!load_words_slow(cpu, op, address, 2))
        GO(leave_fault, OP_ARGUMENTS);
    if (op->d != MODE_OFFSET) {
        if (op->b == 13)
            SET_SP(base + op->imm);
        else
            R(op->b) = base + op->imm;
    }
    R(op->a) = cpu->loaded[0];
    R(op->c) = cpu->loaded[1];
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(store_dual_slow)
{
    uint32_t base = R(op->b), address = cpu->slow_value;

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, true);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (op->d != MODE_OFFSET && op->b == 13 && base + op->imm < cpu->sp_floor &&
        !sp_fell(cpu, op, base + op->imm))
        GO(leave_fault, OP_ARGUMENTS);
    if (!store_slow(cpu, op, address, 4, R(op->a)) ||
        !store_slow(cpu, op, address + 4, 4, R(op->c)))
        GO(leave_fault, OP_ARGUMENTS);
    if (op->d != MODE_OFFSET)
        R(op->b) = base + op->imm;
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(load_dual)
{
    uint32_t address = R(op->b) + op->imm;

    if (UNLIKELY(!is_readable(cpu, address, 8) || IS_ODD(address))) {
        cpu->slow_value = address;
        GO(load_dual_slow, OP_ARGUMENTS);
    }
    uint32_t words[2];
    memcpy(words, host_bytes(cpu, address), 8);
    R(op->a) = words[0];
    R(op->c) = words[1];
    NEXT;
}

static HANDLER(store_dual)
{
    uint32_t address = R(op->b) + op->imm;

    if (UNLIKELY(!is_writable(cpu, address, 8) || IS_ODD(address))) {
        cpu->slow_value = address;
        GO(store_dual_slow, OP_ARGUMENTS);
    }
    uint32_t words[2] = {R(op->a), R(op->c)};
    memcpy(host_bytes(cpu, address), words, 8);
    NEXT;
}

#define DUAL_ADDRESS (op->d == MODE_POST ? R(op->b) : R(op->b) + op->imm)

static HANDLER(load_dual_writeback)
{
    uint32_t address = DUAL_ADDRESS;

    if (UNLIKELY(!is_readable(cpu, address, 8) || IS_ODD(address) || op->b == 13)) {
        cpu->slow_value = address;
        GO(load_dual_slow, OP_ARGUMENTS);
    }
    uint32_t words[2];
    memcpy(words, host_bytes(cpu, address), 8);
    R(op->b) += op->imm;
    R(op->a) = words[0];
    R(op->c) = words[1];
    NEXT;
}

static HANDLER(store_dual_writeback)
{
    uint32_t address = DUAL_ADDRESS;

    if (UNLIKELY(!is_writable(cpu, address, 8) || IS_ODD(address) || op->b == 13)) {
        cpu->slow_value = address;
        GO(store_dual_slow, OP_ARGUMENTS);
    }
    uint32_t words[2] = {R(op->a), R(op->c)};
    memcpy(host_bytes(cpu, address), words, 8);
    R(op->b) += op->imm;
    NEXT;
}

static HANDLER(load_dual_literal)
{
    cpu->slow_value = op->imm;
    GO(load_dual_slow, OP_ARGUMENTS);
}

bool bind_dual(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    bool load = in->kind == K_LOAD_DUAL;

    op->a = in->rd;
    op->b = in->rn;
    op->c = in->ra;
    op->d = in->mode;
    op->imm = in->imm;
    if (in->kind == K_LOAD_DUAL_LITERAL) {
        op->d = MODE_OFFSET;
        op->run = load_dual_literal;
    } else if (in->mode == MODE_OFFSET)
        op->run = load ? load_dual : store_dual;
    else
        op->run = load ? load_dual_writeback : store_dual_writeback;
    return true;
}
