/* decode_t16.c - the 16-bit encodings (DDI 0403, A5.2). */
#include "decode.h"

static void alu_immediate(struct instruction *out, enum kind kind, unsigned rd, unsigned rn,
                          uint32_t imm, bool set_flags)
{
    out->kind = (uint8_t)kind;
    out->rd = (uint8_t)rd;
    out->rn = (uint8_t)rn;
    out->imm = imm;
    out->form = FORM_IMMEDIATE;
    out->set_flags = set_flags;
}

static void alu_register(struct instruction *out, enum kind kind, unsigned rd, unsigned rn,
                         unsigned rm, bool set_flags)
{
    out->kind = (uint8_t)kind;
    out->rd = (uint8_t)rd;
    out->rn = (uint8_t)rn;
    out->rm = (uint8_t)rm;
    out->form = FORM_REGISTER;
    out->set_flags = set_flags;
}

static void shift_register(struct instruction *out, enum shift type, unsigned rdn, unsigned rm,
                           bool set_flags)
{
    alu_register(out, K_SHIFT_REGISTER, rdn, rdn, rm, set_flags);
    out->shift_type = (uint8_t)type;
}

/* Shift by immediate, add, subtract, move and compare: 00xxxx. */
static void decode_low(struct instruction *out, uint16_t code, bool set_flags)
{
    unsigned rd = bits(code, 2, 0), rn = bits(code, 5, 3), rdn8 = bits(code, 10, 8);
    unsigned imm8 = bits(code, 7, 0), imm3 = bits(code, 8, 6);

    switch (bits(code, 13, 11)) {
    case 0: case 1: case 2:
        alu_register(out, K_MOV, rd, NO_REGISTER, rn, set_flags);
        if (code >> 6 != 0) /* all zero is MOVS, not a rotation of 32 */
            set_shift(out, bits(code, 12, 11), bits(code, 10, 6));
        break;
    case 3:
        if (code & 0x0400u)
            alu_immediate(out, code & 0x0200u ? K_SUB : K_ADD, rd, rn, imm3, set_flags);
        else
            alu_register(out, code & 0x0200u ? K_SUB : K_ADD, rd, rn, imm3, set_flags);
        break;
    case 4: alu_immediate(out, K_MOV, rdn8, NO_REGISTER, imm8, set_flags); break;
    case 5: alu_immediate(out, K_CMP, NO_REGISTER, rdn8, imm8, true); break;
    case 6: alu_immediate(out, K_ADD, rdn8, rdn8, imm8, set_flags); break;
    default: alu_immediate(out, K_SUB, rdn8, rdn8, imm8, set_flags); break;
    }
}

/* 010000: data processing on low registers. */
static void decode_data(struct instruction *out, uint16_t code, bool set_flags)
{
    unsigned rdn = bits(code, 2, 0), rm = bits(code, 5, 3);

    switch (bits(code, 9, 6)) {
    case 0: alu_register(out, K_AND, rdn, rdn, rm, set_flags); break;
    case 1: alu_register(out, K_EOR, rdn, rdn, rm, set_flags); break;
    case 2: shift_register(out, SHIFT_LSL, rdn, rm, set_flags); break;
    case 3: shift_register(out, SHIFT_LSR, rdn, rm, set_flags); break;
    case 4: shift_register(out, SHIFT_ASR, rdn, rm, set_flags); break;
    case 5: alu_register(out, K_ADC, rdn, rdn, rm, set_flags); break;
    case 6: alu_register(out, K_SBC, rdn, rdn, rm, set_flags); break;
    case 7: shift_register(out, SHIFT_ROR, rdn, rm, set_flags); break;
    case 8: alu_register(out, K_TST, NO_REGISTER, rdn, rm, true); break;
    case 9: alu_immediate(out, K_RSB, rdn, rm, 0, set_flags); break;
    case 10: alu_register(out, K_CMP, NO_REGISTER, rdn, rm, true); break;
    case 11: alu_register(out, K_CMN, NO_REGISTER, rdn, rm, true); break;
    case 12: alu_register(out, K_ORR, rdn, rdn, rm, set_flags); break;
    case 13: alu_register(out, K_MUL, rdn, rdn, rm, set_flags); break;
    case 14: alu_register(out, K_BIC, rdn, rdn, rm, set_flags); break;
    default: alu_register(out, K_MVN, rdn, NO_REGISTER, rm, set_flags); break;
    }
}

/* 010001: high registers and branch exchange. */
static void decode_special(struct instruction *out, uint32_t pc, uint16_t code)
{
    unsigned rdn = bits(code, 2, 0) | (code & 0x80u ? 8u : 0u), rm = bits(code, 6, 3);

    switch (bits(code, 9, 8)) {
    case 0:
        if (rdn == 15 && rm == 15)
            out->kind = K_UNSUPPORTED;
        else if (rdn == 15) {
            alu_register(out, K_ADD_PC, NO_REGISTER, NO_REGISTER, rm, false);
            out->imm = pc + 4;
        } else if (rm == 15)
            alu_immediate(out, K_ADD, rdn, rdn, pc + 4, false);
        else
            alu_register(out, K_ADD, rdn, rdn, rm, false);
        break;
    case 1:
        alu_register(out, K_CMP, NO_REGISTER, rdn, rm, true);
        if (rdn == 15 || rm == 15)
            out->kind = K_UNSUPPORTED;
        break;
    case 2:
        if (rdn == 15 && rm == 15) {
            out->kind = K_B;
            out->imm = pc + 4;
        } else if (rdn == 15)
            alu_register(out, K_MOV_PC, NO_REGISTER, NO_REGISTER, rm, false);
        else if (rm == 15)
            alu_immediate(out, K_MOV, rdn, NO_REGISTER, pc + 4, false);
        else
            alu_register(out, K_MOV, rdn, NO_REGISTER, rm, false);
        break;
    default:
        out->kind = code & 0x80u ? K_BLX : K_BX;
        out->rm = (uint8_t)rm;
        out->imm = pc + 4; /* what BX PC branches to: never Thumb code */
        if ((rm == 15 && out->kind == K_BLX) || (code & 7u) != 0)
            out->kind = K_UNSUPPORTED;
        break;
    }
}

static void access(struct instruction *out, bool load, enum width width, unsigned rt, unsigned rn,
                   uint32_t offset)
{
    out->kind = load ? K_LOAD : K_STORE;
    out->sub = (uint8_t)width;
    out->rd = (uint8_t)rt;
    out->rn = (uint8_t)rn;
    out->imm = offset;
    out->mode = MODE_OFFSET;
}

/* 0101 to 1001: loads and stores of one register. */
static void decode_access(struct instruction *out, uint16_t code)
{
    static const uint8_t widths[8] = {WIDTH_WORD, WIDTH_HALF, WIDTH_BYTE, WIDTH_SIGNED_BYTE,
                                      WIDTH_WORD, WIDTH_HALF, WIDTH_BYTE, WIDTH_SIGNED_HALF};
    unsigned rt = bits(code, 2, 0), rn = bits(code, 5, 3), imm5 = bits(code, 10, 6);
    bool load = (code & 0x0800u) != 0;
    unsigned op;

    switch (bits(code, 15, 12)) {
    case 5:
        op = bits(code, 11, 9);
        access(out, op >= 3, (enum width)widths[op], rt, rn, 0);
        out->rm = (uint8_t)bits(code, 8, 6);
        break;
    case 6: access(out, load, WIDTH_WORD, rt, rn, imm5 * 4); break;
    case 7: access(out, load, WIDTH_BYTE, rt, rn, imm5); break;
    case 8: access(out, load, WIDTH_HALF, rt, rn, imm5 * 2); break;
    default: access(out, load, WIDTH_WORD, bits(code, 10, 8), 13, bits(code, 7, 0) * 4); break;
    }
}

static void multiple(struct instruction *out, bool load, unsigned rn, uint32_t list, bool before,
                     bool writeback)
{
    out->kind = load ? K_LOAD_MULTIPLE : K_STORE_MULTIPLE;
    out->rn = (uint8_t)rn;
    out->imm = list;
    out->sub = before;
    out->writeback = writeback;
    if (list == 0)
        out->kind = K_UNSUPPORTED;
}

static void decode_hint(struct instruction *out, unsigned hint)
{
    static const uint8_t kinds[5] = {K_NOP, K_NOP, K_WFE, K_WFI, K_SEV};

    out->kind = hint < 5 ? kinds[hint] : K_NOP; /* unallocated hints execute as NOP */
}

/* 1011: miscellaneous. */
static void decode_misc(struct instruction *out, uint32_t pc, uint16_t code)
{
    static const uint8_t extensions[4] = {EXTEND_SXTH, EXTEND_SXTB, EXTEND_UXTH, EXTEND_UXTB};
    static const uint8_t reversals[4] = {K_REV, K_REV16, K_UNDEFINED, K_REVSH};
    unsigned rd = bits(code, 2, 0), rm = bits(code, 5, 3);

    if ((code & 0xF500u) == 0xB100u) {
        out->kind = code & 0x0800u ? K_CBNZ : K_CBZ;
        out->rn = (uint8_t)rd;
        out->imm = pc + 4 + (bits(code, 9, 9) << 6) + (bits(code, 7, 3) << 1);
        return;
    }
    switch (bits(code, 11, 8)) {
    case 0:
        alu_immediate(out, code & 0x80u ? K_SUB : K_ADD, 13, 13, bits(code, 6, 0) * 4, false);
        break;
    case 2:
        out->kind = K_EXTEND;
        out->sub = extensions[bits(code, 7, 6)];
        out->rd = (uint8_t)rd;
        out->rm = (uint8_t)rm;
        break;
    case 4: case 5:
        multiple(out, false, 13, bits(code, 7, 0) | (code & 0x100u ? 1u << 14 : 0), true, true);
        break;
    case 6:
        if ((code & 0xFFE0u) == 0xB660u) {
            out->kind = code & 0xCu || !(code & 3u) ? K_UNSUPPORTED : K_CPS;
            out->sub = (uint8_t)bits(code, 4, 0);
        }
        break;
    case 10:
        out->kind = reversals[bits(code, 7, 6)];
        out->rd = (uint8_t)rd;
        out->rm = (uint8_t)rm;
        break;
    case 12: case 13:
        multiple(out, true, 13, bits(code, 7, 0) | (code & 0x100u ? 1u << 15 : 0), false, true);
        break;
    case 14:
        out->kind = K_BKPT;
        out->imm = bits(code, 7, 0);
        break;
    case 15:
        if (code & 0xFu) {
            out->kind = K_IT;
            out->imm = bits(code, 7, 0);
            if (bits(code, 7, 4) == 15 ||
                (bits(code, 7, 4) == 14 && (code & (code - 1u) & 0xFu) != 0))
                out->kind = K_UNSUPPORTED;
        } else
            decode_hint(out, bits(code, 7, 4));
        break;
    default:
        break;
    }
}

void decode_t16(struct instruction *out, uint32_t pc, uint16_t code, bool in_it)
{
    unsigned rn8 = bits(code, 10, 8);

    switch (bits(code, 15, 12)) {
    case 0: case 1: case 2: case 3:
        decode_low(out, code, !in_it);
        break;
    case 4:
        if (code & 0x0800u) {
            out->kind = K_LOAD_LITERAL;
            out->rd = (uint8_t)rn8;
            out->sub = WIDTH_WORD;
            out->imm = ((pc + 4) & ~3u) + bits(code, 7, 0) * 4;
        } else if (code & 0x0400u)
            decode_special(out, pc, code);
        else
            decode_data(out, code, !in_it);
        break;
    case 5: case 6: case 7: case 8: case 9:
        decode_access(out, code);
        break;
    case 10:
        if (code & 0x0800u)
            alu_immediate(out, K_ADD, rn8, 13, bits(code, 7, 0) * 4, false);
        else
            alu_immediate(out, K_MOV, rn8, NO_REGISTER,
                          ((pc + 4) & ~3u) + bits(code, 7, 0) * 4, false);
        break;
    case 11:
        decode_misc(out, pc, code);
        break;
    case 12: {
        bool load = (code & 0x0800u) != 0;
        /* LDM writes back only when the base is not in the list. */
        multiple(out, load, rn8, bits(code, 7, 0), false, !load || !(code >> rn8 & 1u));
        break;
    }
    case 13:
        if (bits(code, 11, 8) == 15) {
            out->kind = K_SVC;
            out->imm = bits(code, 7, 0);
        } else if (bits(code, 11, 8) != 14) {
            out->kind = K_B_COND;
            out->cond = (uint8_t)bits(code, 11, 8);
            out->imm = pc + 4 + (uint32_t)(sign_extend(bits(code, 7, 0), 8) * 2);
        }
        break;
    default:
        out->kind = K_B;
        out->imm = pc + 4 + (uint32_t)(sign_extend(bits(code, 10, 0), 11) * 2);
        break;
    }
}
