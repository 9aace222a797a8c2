/* execute_fp.c - access to the FPU, and which handler serves which instruction: see execute_fp.h. */
#include "execute_fp.h"

HANDLER(ask_for_fp_access)
{
    expose(cpu, op);
    if (!cpu->fpu_present) {
        cpu->fault = (struct fault){.kind = FAULT_NO_COPROCESSOR};
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!system_fp_access(cpu))
        GO(leave_fault, OP_ARGUMENTS);
    cpu->fpu_enabled = true;
    if (UNLIKELY(cpu->attention)) { /* a fault has been noticed that waits: tell of it first */
        cpu->leave = LEAVE_CONTINUE;
        GO(leave_before, OP_ARGUMENTS);
    }
    DISPATCH(op);
}

bool bind_fp(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;

    if (in->kind >= K_VLDR)
        return bind_fp_memory(op, binding);
    op->a = in->rd;
    op->b = in->rn == NO_REGISTER ? 0 : in->rn;
    op->c = in->rm == NO_REGISTER ? 0 : in->rm;
    op->d = in->amount;
    op->imm = in->sub;
    if (bind_fp_conversion(op, in) || bind_fp_move(op, in))
        return true;
    op->run = in->is_double ? fp_double_handler(in) : fp_single_handler(in);
    return op->run != NULL;
}
