/* execute_exclusive.c - LDREX, STREX, CLREX: one core, so the monitor is one bit.
 *
 * Operands: a = Rt, b = Rn, c = bytes, d = Rd of STREX, imm = offset.
 */
#include "memory_width.h"
#include "operation.h"

static HANDLER(load_exclusive)
{
    uint32_t address = R(op->b) + op->imm;
    uint8_t bytes = op->c;

    if (address & (bytes - 1u)) {
        fault_unaligned(cpu, address, bytes, false);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!load_slow(cpu, op, address, bytes))
        GO(leave_fault, OP_ARGUMENTS);
    cpu->exclusive_monitor = true;
    R(op->a) = cpu->loaded[0];
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(store_exclusive)
{
    uint32_t address = R(op->b) + op->imm;
    uint8_t bytes = op->c;

    if (address & (bytes - 1u)) {
        fault_unaligned(cpu, address, bytes, true);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!cpu->exclusive_monitor) {
        R(op->d) = 1;
        NEXT;
    }
    if (!store_slow(cpu, op, address, bytes,
                    bytes == 4 ? R(op->a) : R(op->a) & ((1u << (8 * bytes)) - 1u)))
        GO(leave_fault, OP_ARGUMENTS);
    cpu->exclusive_monitor = false;
    R(op->d) = 0;
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(clear_exclusive)
{
    cpu->exclusive_monitor = false;
    NEXT;
}

bool bind_exclusive(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;

    if (in->kind == K_CLREX) {
        op->run = clear_exclusive;
        return true;
    }
    op->a = in->rd;
    op->b = in->rn;
    op->c = width_bytes[in->sub];
    op->d = in->ra;
    op->imm = in->imm;
    op->run = in->kind == K_LOAD_EXCLUSIVE ? load_exclusive : store_exclusive;
    return in->kind == K_LOAD_EXCLUSIVE || in->kind == K_STORE_EXCLUSIVE;
}
