/* execute_fp_move.c - moves of floating-point registers, immediates, core registers and FPSCR. */
#include "execute_fp.h"

MOVE(single_immediate, S(op->a) = op->imm)
MOVE(double_immediate, D(op->a) = (uint64_t)op->imm << 32)
MOVE(to_core, R(op->a) = S(op->b))
MOVE(from_core, S(op->b) = R(op->a))

/* a = Rt, b = Rt2, c = first S register */
MOVE(pair_to_core, R(op->a) = S(op->c); R(op->b) = S(op->c + 1))
MOVE(pair_from_core, S(op->c) = R(op->a); S(op->c + 1) = R(op->b))

MOVE(vmrs, R(op->a) = cpu->fpscr)
MOVE(vmrs_flags, uint32_t low = cpu->fpscr >> 30 & 1u ? 0 : 1;
     cpu->flag_nz = (cpu->fpscr >> 31 ? INT64_MIN : 0) | low;
     cpu->flag_c = cpu->fpscr >> 29 & 1u;
     cpu->flag_v = cpu->fpscr >> 28 & 1u)
MOVE(vmsr, cpu->fpscr = R(op->a) & FPSCR_WRITABLE; refresh_fp_slow(cpu))

bool bind_fp_move(struct op *op, const struct instruction *in)
{
    switch (in->kind) {
    case K_VMOV_IMM:
        op->run = in->is_double ? double_immediate : single_immediate;
        op->imm = in->imm;
        break;
    case K_VMOV_TO_CORE: op->run = to_core; break;
    case K_VMOV_FROM_CORE: op->run = from_core; break;
    case K_VMOV_PAIR_TO_CORE: case K_VMOV_PAIR_FROM_CORE:
        op->b = in->ra;
        op->run = in->kind == K_VMOV_PAIR_TO_CORE ? pair_to_core : pair_from_core;
        break;
    case K_VMRS: op->run = in->rd == 15 ? vmrs_flags : vmrs; break;
    case K_VMSR: op->run = vmsr; break;
    default: return false;
    }
    return true;
}
