/* decode_t32.c - 32-bit data processing, branches and control (DDI 0403, A5.3). */
#include <string.h>

#include "decode.h"

/* ThumbExpandImm_C (A5.3.2); false: UNPREDICTABLE. */
static bool expand_immediate(struct instruction *out, unsigned imm12)
{
    uint32_t imm8 = imm12 & 0xFFu;

    out->carry = CARRY_KEPT;
    if (imm12 < 0x400u) {
        static const uint32_t factors[4] = {1, 0x00010001u, 0x01000100u, 0x01010101u};

        out->imm = imm8 * factors[imm12 >> 8];
        return imm12 < 0x100u || imm8 != 0;
    }
    uint32_t unrotated = 0x80u | (imm12 & 0x7Fu);
    unsigned rotation = imm12 >> 7;
    out->imm = unrotated >> rotation | unrotated << (32 - rotation);
    out->carry = out->imm >> 31 ? CARRY_SET : CARRY_CLEAR;
    return true;
}

/* Which operation op, S, Rn and Rd select; shared by shifted register and modified immediate. */
static void select_operation(struct instruction *out, unsigned op, bool set_flags, unsigned rn,
                             unsigned rd)
{
    static const uint8_t kinds[16] = {
        K_AND, K_BIC, K_ORR, K_ORN, K_EOR, K_UNDEFINED, K_UNDEFINED, K_UNDEFINED,
        K_ADD, K_UNDEFINED, K_ADC, K_SBC, K_UNDEFINED, K_SUB, K_RSB, K_UNDEFINED};
    bool test = rd == 15 && set_flags;

    out->kind = kinds[op];
    out->set_flags = set_flags;
    out->rn = (uint8_t)rn;
    out->rd = (uint8_t)rd;
    if (rn == 15 && (op == 2 || op == 3)) {
        out->kind = op == 2 ? K_MOV : K_MVN;
        out->rn = NO_REGISTER;
    } else if (test && (op == 0 || op == 4 || op == 8 || op == 13)) {
        out->kind = op == 0 ? K_TST : op == 4 ? K_TEQ : op == 8 ? K_CMN : K_CMP;
        out->rd = NO_REGISTER;
    }
}

/* SP and PC as operands are UNPREDICTABLE but for a few forms (A7.7, each instruction). */
static void check_operands(struct instruction *out)
{
    bool arithmetic = out->kind == K_ADD || out->kind == K_SUB;
    bool compare = out->kind == K_CMP || out->kind == K_CMN;
    bool plain_move = out->kind == K_MOV && out->form == FORM_REGISTER && !out->set_flags;

    if (out->kind == K_UNDEFINED || out->kind == K_UNSUPPORTED)
        return;
    bool bad = is_sp_or_pc(out->rd) && !(out->rd == 13 && ((arithmetic && out->rn == 13) || plain_move));
    bad |= is_sp_or_pc(out->rn) && !(out->rn == 13 && (arithmetic || compare));
    bad |= is_sp_or_pc(out->rm) && !(out->rm == 13 && plain_move && out->rd != 13);
    if (bad)
        out->kind = K_UNSUPPORTED;
}

static void decode_shifted_register(struct instruction *out, uint16_t first, uint16_t second)
{
    unsigned op = bits(first, 8, 5), imm5 = bits(second, 14, 12) << 2 | bits(second, 7, 6);
    bool set_flags = (first & 0x10u) != 0;

    select_operation(out, op, set_flags, bits(first, 3, 0), bits(second, 11, 8));
    out->rm = (uint8_t)bits(second, 3, 0);
    set_shift(out, bits(second, 5, 4), imm5);
    if (op == 6) {
        if (set_flags || (second & 0x10u))
            return;
        out->kind = second & 0x20u ? K_PKHTB : K_PKHBT;
        out->set_flags = false;
    } else if (second & 0x8000u)
        out->kind = K_UNSUPPORTED;
    check_operands(out);
}

static void decode_modified_immediate(struct instruction *out, uint16_t first, uint16_t second)
{
    unsigned imm12 = bits(first, 10, 10) << 11 | bits(second, 14, 12) << 8 | bits(second, 7, 0);

    select_operation(out, bits(first, 8, 5), (first & 0x10u) != 0, bits(first, 3, 0),
                     bits(second, 11, 8));
    out->form = FORM_IMMEDIATE;
    if (!expand_immediate(out, imm12) && out->kind != K_UNDEFINED)
        out->kind = K_UNSUPPORTED;
    check_operands(out);
}

/* SSAT, USAT and their 16-bit pairs. */
static void decode_saturate(struct instruction *out, uint16_t first, uint16_t second)
{
    bool is_unsigned = (first & 0x80u) != 0, right = (first & 0x20u) != 0;
    unsigned imm5 = bits(second, 14, 12) << 2 | bits(second, 7, 6);
    unsigned sat = bits(second, 4, 0);

    out->rn = (uint8_t)bits(first, 3, 0);
    out->sub = (uint8_t)(is_unsigned ? sat : sat + 1);
    if (right && imm5 == 0) {
        out->kind = is_unsigned ? K_USAT16 : K_SSAT16;
        if (sat > 15 || (second & 0x20u))
            out->kind = K_UNSUPPORTED;
    } else {
        out->kind = is_unsigned ? K_USAT : K_SSAT;
        out->shift_type = right ? SHIFT_ASR : SHIFT_LSL;
        out->amount = (uint8_t)imm5;
    }
}

static void decode_bit_field(struct instruction *out, uint16_t first, uint16_t second)
{
    unsigned lsb = bits(second, 14, 12) << 2 | bits(second, 7, 6), last = bits(second, 4, 0);
    unsigned op = bits(first, 8, 4);

    out->rn = (uint8_t)bits(first, 3, 0);
    out->amount = (uint8_t)lsb;
    if (op == 0x16) {
        out->kind = out->rn == 15 ? K_BFC : K_BFI;
        if (out->rn == 15)
            out->rn = NO_REGISTER;
        out->sub = (uint8_t)(last - lsb + 1);
        if (last < lsb)
            out->kind = K_UNSUPPORTED;
    } else {
        out->kind = op == 0x14 ? K_SBFX : K_UBFX;
        out->sub = (uint8_t)(last + 1);
        if (lsb + last > 31)
            out->kind = K_UNSUPPORTED;
    }
}

static void decode_plain_immediate(struct instruction *out, uint32_t pc, uint16_t first,
                                   uint16_t second)
{
    unsigned imm12 = bits(first, 10, 10) << 11 | bits(second, 14, 12) << 8 | bits(second, 7, 0);
    unsigned rn = bits(first, 3, 0), rd = bits(second, 11, 8);

    out->rd = (uint8_t)rd;
    switch (bits(first, 8, 4)) {
    case 0x00: case 0x0A:
        out->kind = (first & 0xA0u) ? K_SUB : K_ADD;
        out->rn = (uint8_t)rn;
        out->imm = imm12;
        if (rn == 15) {
            uint32_t base = (pc + 4) & ~3u;

            out->imm = out->kind == K_SUB ? base - imm12 : base + imm12;
            out->kind = K_MOV;
            out->rn = NO_REGISTER;
        }
        break;
    case 0x04:
        out->kind = K_MOV;
        out->imm = rn << 12 | imm12;
        break;
    case 0x0C:
        out->kind = K_MOVT;
        out->imm = rn << 12 | imm12;
        break;
    case 0x10: case 0x12: case 0x18: case 0x1A:
        decode_saturate(out, first, second);
        break;
    case 0x14: case 0x16: case 0x1C:
        decode_bit_field(out, first, second);
        break;
    default:
        return;
    }
    check_operands(out);
}

void decode_t32_data(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second)
{
    if (!(first & 0x1000u))
        decode_shifted_register(out, first, second);
    else if (first & 0x0200u)
        decode_plain_immediate(out, pc, first, second);
    else
        decode_modified_immediate(out, first, second);
}

static void decode_parallel(struct instruction *out, uint16_t first, uint16_t second)
{
    unsigned op = bits(first, 6, 4), prefix = bits(second, 5, 4);

    if (op == 3 || op == 7 || prefix == 3)
        return;
    out->kind = K_PARALLEL;
    out->sub = (uint8_t)(op << 3 | (prefix + (second & 0x40u ? 3u : 0u)));
}

static void decode_extend(struct instruction *out, uint16_t first, uint16_t second)
{
    static const uint8_t extensions[6] = {EXTEND_SXTH, EXTEND_UXTH, EXTEND_SXTB16, EXTEND_UXTB16,
                                          EXTEND_SXTB, EXTEND_UXTB};
    unsigned op = bits(first, 6, 4);

    if (op > 5)
        return;
    out->kind = second & 0x40u ? K_UNSUPPORTED : K_EXTEND;
    out->sub = extensions[op];
    out->amount = (uint8_t)(bits(second, 5, 4) * 8);
    if (out->rn == 15)
        out->rn = NO_REGISTER;
}

static void decode_register_misc(struct instruction *out, uint16_t first, uint16_t second)
{
    static const uint8_t kinds[16] = {K_QADD, K_QDADD, K_QSUB, K_QDSUB,
                                      K_REV, K_REV16, K_RBIT, K_REVSH,
                                      K_SEL, K_UNDEFINED, K_UNDEFINED, K_UNDEFINED,
                                      K_CLZ, K_UNDEFINED, K_UNDEFINED, K_UNDEFINED};
    unsigned op = bits(first, 5, 4);

    out->kind = kinds[op << 2 | bits(second, 5, 4)];
    if (op == 1 || op == 3) { /* one operand, encoded twice */
        if (out->rn != out->rm && out->kind != K_UNDEFINED)
            out->kind = K_UNSUPPORTED;
        out->rn = NO_REGISTER;
    }
}

/* 11111010: shifts by register, extensions, parallel arithmetic, saturating, reversals. */
void decode_t32_register(struct instruction *out, uint16_t first, uint16_t second)
{
    out->rd = (uint8_t)bits(second, 11, 8);
    out->rn = (uint8_t)bits(first, 3, 0);
    out->rm = (uint8_t)bits(second, 3, 0);
    if ((second & 0xF000u) != 0xF000u)
        return;
    if (!(first & 0x80u)) {
        if (second & 0x80u)
            decode_extend(out, first, second);
        else if (!(second & 0x70u)) {
            out->kind = K_SHIFT_REGISTER;
            out->form = FORM_REGISTER;
            out->shift_type = (uint8_t)bits(first, 6, 5);
            out->set_flags = (first & 0x10u) != 0;
        }
    } else if (!(second & 0x80u))
        decode_parallel(out, first, second);
    else if (!(first & 0x40u) && !(second & 0x40u))
        decode_register_misc(out, first, second);
    check_operands(out);
}

static void decode_msr_mrs(struct instruction *out, uint16_t first, uint16_t second)
{
    out->imm = bits(second, 7, 0);
    if (first & 0x60u) {
        out->kind = K_MRS;
        out->rd = (uint8_t)bits(second, 11, 8);
        if (is_sp_or_pc(out->rd))
            out->kind = K_UNSUPPORTED;
    } else {
        out->kind = K_MSR;
        out->rn = (uint8_t)bits(first, 3, 0);
        out->sub = (uint8_t)bits(second, 11, 10);
        if (is_sp_or_pc(out->rn))
            out->kind = K_UNSUPPORTED;
    }
}

static void decode_hint_or_barrier(struct instruction *out, uint16_t first, uint16_t second)
{
    static const uint8_t hints[5] = {K_NOP, K_NOP, K_WFE, K_WFI, K_SEV};

    if (!(first & 0x10u)) { /* hints; CPS has no 32-bit form on M */
        if (bits(second, 10, 8) == 0)
            out->kind = bits(second, 7, 0) < 5 ? hints[bits(second, 7, 0)] : K_NOP;
        return;
    }
    switch (bits(second, 7, 4)) {
    case 2: out->kind = K_CLREX; break;
    case 4: case 5: case 6: out->kind = K_NOP; break;
    default: break;
    }
}

/* Branches and miscellaneous control (A5.3.4). */
void decode_t32_control(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second)
{
    unsigned sign = bits(first, 10, 10), j1 = bits(second, 13, 13), j2 = bits(second, 11, 11);
    uint32_t low = bits(second, 10, 0) << 1;

    if (second & 0x1000u) {
        uint32_t offset = sign << 24 | (j1 ^ sign ^ 1u) << 23 | (j2 ^ sign ^ 1u) << 22 |
                          bits(first, 9, 0) << 12 | low;

        out->kind = second & 0x4000u ? K_BL : K_B;
        out->imm = pc + 4 + (uint32_t)sign_extend(offset, 25);
    } else if (second & 0x4000u) {
        return; /* BLX immediate, and UDF */
    } else if (bits(first, 9, 7) != 7) {
        uint32_t offset = sign << 20 | j2 << 19 | j1 << 18 | bits(first, 5, 0) << 12 | low;

        out->kind = K_B_COND;
        out->cond = (uint8_t)bits(first, 9, 6);
        out->imm = pc + 4 + (uint32_t)sign_extend(offset, 21);
    } else {
        switch (bits(first, 10, 4)) {
        case 0x38: case 0x39: case 0x3E: case 0x3F: decode_msr_mrs(out, first, second); break;
        case 0x3A: case 0x3B: decode_hint_or_barrier(out, first, second); break;
        default: break;
        }
    }
}

static void decode_t32(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second,
                       enum fpu fpu)
{
    if ((first & 0xEC00u) == 0xEC00u) {
        unsigned coprocessor = bits(second, 11, 8);

        if ((first & 0x0F00u) == 0x0F00u)
            return; /* Advanced SIMD, which M-profile does not have */
        if ((coprocessor & 0xEu) == 0xAu)
            decode_t32_fp(out, pc, first, second, fpu);
        else
            out->kind = K_NO_COPROCESSOR;
        return;
    }
    switch (bits(first, 12, 11)) {
    case 1:
        if (first & 0x0200u)
            decode_t32_data(out, pc, first, second);
        else
            decode_t32_memory(out, pc, first, second);
        break;
    case 2:
        if (second & 0x8000u)
            decode_t32_control(out, pc, first, second);
        else
            decode_t32_data(out, pc, first, second);
        break;
    default:
        if (!(first & 0x0200u))
            decode_t32_memory(out, pc, first, second);
        else if (!(first & 0x0100u))
            decode_t32_register(out, first, second);
        else
            decode_t32_multiply(out, first, second);
        break;
    }
}

void decode(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second, bool in_it,
            enum fpu fpu)
{
    memset(out, 0, sizeof *out);
    out->kind = K_UNDEFINED;
    out->rd = out->rn = out->rm = out->ra = NO_REGISTER;
    out->size = (uint8_t)instruction_size(first);
    out->encoding = out->size == 2 ? first : (uint32_t)first << 16 | second;
    if (out->size == 2)
        decode_t16(out, pc, first, in_it);
    else
        decode_t32(out, pc, first, second, fpu);
}
