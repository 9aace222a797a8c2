/* timing_form.c - what of an instruction matters to its cost.
 *
 * Cycles of the Cortex-M4: DDI 0439, tables 3-1 and 7-1. For the Cortex-M7 Arm publishes none: its
 * latencies, units and pairing rules are those on which compilers schedule for it.
 */
#include "timing.h"

static uint16_t bit(uint8_t r)
{
    return r < 16 ? (uint16_t)(1u << r) : 0;
}

static uint32_t fp_bits(uint8_t first, bool is_double)
{
    return first < 32 ? (is_double ? 3u : 1u) << first : 0;
}

static uint32_t fp_range(uint8_t first, unsigned count)
{
    return first >= 32 ? 0 : (count >= 32 ? UINT32_MAX : (1u << count) - 1) << first;
}

static void plain(struct timing_form *form, const struct instruction *in, uint8_t timing_class)
{
    form->timing_class = timing_class;
    form->cycles = form->latency = 1;
    form->reads = bit(in->rn);
    if (in->form != FORM_IMMEDIATE || in->kind > K_CMN)
        form->reads |= bit(in->rm);
    form->writes = bit(in->rd);
    form->sets_flags = in->set_flags;
}

static void arithmetic(struct timing_form *form, const struct instruction *in)
{
    plain(form, in, T_SIMPLE);
    if (in->form == FORM_SHIFTED) {
        form->timing_class = T_SHIFTED;
        if (in->rn != NO_REGISTER) { /* a bare shift takes the later shifter */
            form->reads = bit(in->rn);
            form->reads_early = bit(in->rm);
        }
    }
    form->reads_flags = in->kind == K_ADC || in->kind == K_SBC;
    if (in->kind >= K_TST && in->kind <= K_CMN) {
        form->sets_flags = true;
        form->writes = 0;
    }
}

/* What goes through the lane unit or the first shifter, as the older of a pair only. */
static void lanes(struct timing_form *form, const struct instruction *in, uint8_t latency,
                  bool early)
{
    plain(form, in, T_SIMD);
    form->is_first_only = true;
    form->latency = latency;
    form->reads = (uint16_t)(bit(in->rn) | bit(in->rm) | bit(in->ra));
    if (early) {
        form->reads_early = bit(in->rm) | (in->rm == NO_REGISTER ? bit(in->rn) : 0);
        form->reads &= (uint16_t)~form->reads_early;
    }
    if (in->kind == K_BFI || in->kind == K_MOVT)
        form->reads |= bit(in->rd);
}

static void multiply(struct timing_form *form, const struct instruction *in)
{
    form->timing_class = T_MULTIPLY;
    form->cycles = 1;
    form->latency = 2;
    form->reads = (uint16_t)(bit(in->rn) | bit(in->rm));
    form->writes = bit(in->rd);
    form->sets_flags = in->set_flags;
    switch (in->kind) {
    case K_SMULL: case K_UMULL:
        form->writes |= bit(in->ra);
        break;
    case K_SMLAL: case K_UMLAL: case K_UMAAL: case K_SMLAL_HALVES: case K_SMLALD: case K_SMLSLD:
        form->writes |= bit(in->ra);
        form->reads_late = form->writes;
        break;
    default:
        form->reads_late = bit(in->ra);
        break;
    }
}

static void divide(struct timing_form *form, const struct instruction *in)
{
    form->timing_class = T_DIVIDE;
    form->cycles = form->latency = 2;
    form->is_alone = true;
    form->reads = (uint16_t)(bit(in->rn) | bit(in->rm));
    form->writes = bit(in->rd);
    form->dividend = in->rn;
    form->divisor = in->rm;
    form->is_signed = in->kind == K_SDIV;
}

/* ---- memory ---- */

static void address(struct timing_form *form, const struct instruction *in)
{
    form->base = in->rn;
    form->imm = in->mode == MODE_POST ? 0 : in->imm;
    form->reads_early = bit(in->rn);
    if (in->mode == MODE_PRE || in->mode == MODE_POST || in->writeback)
        form->writes_base = bit(in->rn);
}

static void single(struct timing_form *form, const struct instruction *in)
{
    static const uint8_t bytes[] = {4, 2, 1, 2, 1};

    form->words = 1;
    form->width = bytes[in->sub];
    form->cycles = 2;
    address(form, in);
    if (in->rm != NO_REGISTER) {
        form->index = in->rm;
        form->shift = in->amount;
        form->imm = 0;
        form->reads_early |= bit(in->rm);
    }
    if (in->kind == K_STORE || in->kind == K_STORE_EXCLUSIVE) {
        form->timing_class = T_STORE;
        form->reads_late = bit(in->rd);
        form->latency = 1;
        form->cycles = in->rm == NO_REGISTER ? 1 : 2;
    } else {
        form->timing_class = T_LOAD;
        form->writes = bit(in->rd);
        form->latency = form->width == 4 ? 1 : 2;
        form->loads_pc = in->rd == 15;
    }
    if (in->kind == K_LOAD_LITERAL) {
        form->base = NO_REGISTER;
        form->imm = in->imm;
        form->reads_early = form->writes_base = 0;
    }
    if (in->kind == K_STORE_EXCLUSIVE) {
        form->writes = bit(in->ra);
        form->is_alone = true;
        form->cycles = 2;
    }
}

static void many(struct timing_form *form, const struct instruction *in, uint16_t list)
{
    const bool load = in->kind == K_LOAD_MULTIPLE || in->kind == K_LOAD_DUAL ||
                      in->kind == K_LOAD_DUAL_LITERAL;

    form->timing_class = load ? T_LOAD_MANY : T_STORE_MANY;
    form->words = (uint8_t)__builtin_popcount(list);
    form->width = 4;
    form->cycles = (uint8_t)(1 + form->words);
    form->latency = 1;
    form->is_alone = true;
    address(form, in);
    if (load)
        form->writes = list;
    else
        form->reads_late = list;
    form->loads_pc = load && (list & 0x8000u);
    if (in->kind == K_LOAD_MULTIPLE || in->kind == K_STORE_MULTIPLE)
        form->imm = in->sub ? 0u - 4u * form->words : 0;
    if (in->kind == K_LOAD_DUAL_LITERAL) {
        form->base = NO_REGISTER;
        form->imm = in->imm;
        form->reads_early = 0;
    }
}

static void fp_transfer(struct timing_form *form, const struct instruction *in)
{
    const bool load = in->kind == K_VLDR || in->kind == K_VLDR_LITERAL || in->kind == K_VLDM;
    const bool multiple = in->kind == K_VLDM || in->kind == K_VSTM;

    form->timing_class = load ? T_FP_LOAD : T_FP_STORE;
    form->words = multiple ? in->amount : in->sub;
    form->width = 4;
    form->cycles = (uint8_t)(1 + form->words);
    form->latency = form->words > 1 ? 2 : 1;
    form->is_alone = form->words > 1;
    form->base = in->kind == K_VLDR_LITERAL ? NO_REGISTER : in->rn;
    form->imm = multiple ? (in->sub ? 0u - in->imm : 0) : in->imm;
    form->reads_early = bit(form->base);
    if (in->writeback)
        form->writes_base = bit(in->rn);
    if (load)
        form->fp_writes = fp_range(in->rd, form->words);
    else
        form->fp_reads_late = fp_range(in->rd, form->words);
}

/* ---- floating point ---- */

static void fp(struct timing_form *form, const struct instruction *in)
{
    const bool wide = in->is_double;

    form->timing_class = T_FP;
    form->cycles = 1;
    form->latency = wide ? 4 : 3;
    form->is_first_only = wide;
    form->fp_reads = fp_bits(in->rn, wide) | fp_bits(in->rm, wide);
    form->fp_writes = fp_bits(in->rd, wide);
    switch (in->kind) {
    case K_VMLA: case K_VMLS: case K_VNMLA: case K_VNMLS: case K_VFMA: case K_VFMS: case K_VFNMA:
    case K_VFNMS:
        form->cycles = 3;
        form->latency = wide ? 11 : 6;
        form->fp_reads_late = form->fp_writes;
        break;
    case K_VMUL: case K_VNMUL:
        form->latency = wide ? 7 : 3;
        break;
    case K_VDIV: case K_VSQRT:
        form->cycles = 14;
        form->latency = wide ? 30 : 16;
        form->stall = (uint8_t)(form->latency - 3);
        break;
    case K_VCMP:
        form->fp_reads |= fp_bits(in->rd, wide);
        form->fp_writes = 0;
        break;
    case K_VMOV: case K_VABS: case K_VNEG: case K_VMOV_IMM: case K_VSEL:
        form->timing_class = T_FP_MOVE;
        break;
    default:
        break;
    }
}

static void fp_core(struct timing_form *form, const struct instruction *in)
{
    form->timing_class = T_FP_MOVE;
    form->cycles = 1;
    form->latency = 1;
    switch (in->kind) {
    case K_VMOV_TO_CORE:
        form->fp_reads = fp_bits(in->rn, false);
        form->writes = bit(in->rd);
        break;
    case K_VMOV_FROM_CORE:
        form->fp_writes = fp_bits(in->rn, false);
        form->reads = bit(in->rd);
        break;
    case K_VMOV_PAIR_TO_CORE:
        form->cycles = 2;
        form->fp_reads = fp_range(in->rm, 2);
        form->writes = (uint16_t)(bit(in->rd) | bit(in->ra));
        form->is_alone = true;
        break;
    case K_VMOV_PAIR_FROM_CORE:
        form->cycles = 2;
        form->fp_writes = fp_range(in->rm, 2);
        form->reads = (uint16_t)(bit(in->rd) | bit(in->ra));
        form->is_alone = true;
        break;
    default: /* VMRS, VMSR */
        form->is_alone = true;
        form->sets_flags = in->kind == K_VMRS && in->rd == 15;
        form->writes = in->kind == K_VMRS && in->rd != 15 ? bit(in->rd) : 0;
        form->reads = in->kind == K_VMSR ? bit(in->rd) : 0;
        break;
    }
}

/* ---- branches and the rest ---- */

static void branch(struct timing_form *form, const struct instruction *in)
{
    const bool fixed = in->kind == K_B || in->kind == K_B_COND || in->kind == K_BL ||
                       in->kind == K_CBZ || in->kind == K_CBNZ;

    form->timing_class = fixed ? T_BRANCH : T_BRANCH_INDIRECT;
    form->cycles = form->latency = 1;
    form->reads_flags = in->kind == K_B_COND;
    form->reads = in->kind == K_CBZ || in->kind == K_CBNZ ? bit(in->rn) : bit(in->rm);
    form->writes = in->kind == K_BL || in->kind == K_BLX ? bit(14) : 0;
    if (in->kind == K_TABLE_BRANCH) {
        form->base = in->rn == 15 ? NO_REGISTER : in->rn;
        form->index = in->rm;
        form->imm = in->rn == 15 ? in->imm : 0;
        form->shift = in->sub;
        form->words = 1;
        form->width = (uint8_t)(1u << in->sub);
        form->cycles = 2;
        form->is_alone = true;
        form->reads_early = (uint16_t)(bit(in->rn) | bit(in->rm)) & 0x7FFFu;
        form->reads = 0;
    }
}

static void other(struct timing_form *form, const struct instruction *in)
{
    form->cycles = form->latency = 1;
    form->is_alone = true;
    switch (in->kind) {
    case K_IT: form->timing_class = T_IT; break;
    case K_MRS: case K_MSR:
        form->timing_class = T_SYSTEM;
        form->cycles = 2;
        form->stall = 2;
        form->writes = in->kind == K_MRS ? bit(in->rd) : 0;
        break;
    case K_CPS: form->timing_class = T_SYSTEM; form->stall = 1; break;
    case K_NOP:
        form->timing_class = T_NOP;
        if ((in->encoding & 0xFFFFFF00u) == 0xF3BF8F00u)
            form->timing_class = T_BARRIER;
        else
            form->is_alone = false;
        break;
    default: form->timing_class = T_NOP; break;
    }
}

static void data_processing(struct timing_form *form, const struct instruction *in)
{
    switch (in->kind) {
    case K_SHIFT_REGISTER:
        plain(form, in, T_SHIFTED);
        form->reads = (uint16_t)(bit(in->rn) | bit(in->rm));
        break;
    case K_CLZ: lanes(form, in, 1, false); break;
    case K_RBIT: case K_REV: case K_REV16: case K_REVSH: lanes(form, in, 1, true); break;
    case K_BFI: case K_BFC: lanes(form, in, 1, false); break;
    case K_SBFX: case K_UBFX: lanes(form, in, 1, true); break;
    case K_SSAT: case K_USAT: case K_SSAT16: case K_USAT16: lanes(form, in, 2, true); break;
    case K_EXTEND: lanes(form, in, 1, in->rn != NO_REGISTER); break;
    case K_PKHBT: case K_PKHTB: lanes(form, in, 1, true); break;
    case K_SEL: lanes(form, in, 1, false); break;
    case K_PARALLEL:
        lanes(form, in, (in->sub & 7u) == PREFIX_Q || (in->sub & 7u) == PREFIX_UQ ? 2 : 1, false);
        break;
    case K_QADD: case K_QSUB: case K_USAD8: lanes(form, in, 2, false); break;
    case K_QDADD: case K_QDSUB: lanes(form, in, 2, true); break;
    case K_MOVT: plain(form, in, T_SIMPLE); form->reads = bit(in->rd); break;
    default: arithmetic(form, in); break;
    }
}

static void fill(struct timing_form *form, const struct instruction *in)
{
    switch (in->kind) {
    case K_SDIV: case K_UDIV: divide(form, in); return;
    case K_LOAD: case K_STORE: case K_LOAD_LITERAL: case K_LOAD_EXCLUSIVE: case K_STORE_EXCLUSIVE:
        single(form, in);
        return;
    case K_LOAD_DUAL: case K_STORE_DUAL: case K_LOAD_DUAL_LITERAL:
        many(form, in, (uint16_t)(bit(in->rd) | bit(in->ra)));
        return;
    case K_LOAD_MULTIPLE: case K_STORE_MULTIPLE: many(form, in, (uint16_t)in->imm); return;
    case K_B: case K_B_COND: case K_BL: case K_BX: case K_BLX: case K_CBZ: case K_CBNZ:
    case K_TABLE_BRANCH: case K_MOV_PC: case K_ADD_PC:
        branch(form, in);
        return;
    case K_VLDR: case K_VSTR: case K_VLDR_LITERAL: case K_VLDM: case K_VSTM:
        fp_transfer(form, in);
        return;
    case K_VMOV_TO_CORE: case K_VMOV_FROM_CORE: case K_VMOV_PAIR_TO_CORE:
    case K_VMOV_PAIR_FROM_CORE: case K_VMRS: case K_VMSR:
        fp_core(form, in);
        return;
    default: break;
    }
    if (in->kind >= K_FP_FIRST)
        fp(form, in);
    else if (in->kind >= K_MUL && in->kind <= K_SMLSLD)
        multiply(form, in);
    else if (in->kind >= K_AND && in->kind < K_MUL)
        data_processing(form, in);
    else
        other(form, in);
}

void timing_form(struct timing_form *form, const struct instruction *in, uint32_t pc,
                 unsigned condition)
{
    *form = (struct timing_form){.pc = pc, .size = in->size, .base = NO_REGISTER,
                                 .index = NO_REGISTER, .condition = (uint8_t)condition};
    fill(form, in);
    if (in->kind == K_B_COND)
        form->condition = 14; /* it executes; whether it is taken, the next one tells */
    form->reads_flags |= form->condition != 14;
}
