/* decode_fp.c - the floating-point encodings of FPv4-SP (DDI 0403, A6.4 to A6.7).
 *
 * Double precision exists only in moves, loads and stores; its arithmetic is UNDEFINED on this core.
 */
#include "decode.h"

/* Number of a single-precision register from its 4-bit and 1-bit fields. */
static uint8_t single(unsigned field, unsigned low)
{
    return (uint8_t)(field << 1 | low);
}

/* First single-precision half of a double register; D16 to D31 do not exist here. */
static bool first_of_double(unsigned field, unsigned high, uint8_t *reg)
{
    *reg = (uint8_t)(field << 1);
    return high == 0;
}

/* VFPExpandImm (A6.4.1), single precision. */
static uint32_t expand_immediate(unsigned imm8)
{
    uint32_t exponent = (imm8 & 0x40u ? 0x7Cu : 0x80u) | (imm8 >> 4 & 3u);

    return (imm8 & 0x80u) << 24 | exponent << 23 | (imm8 & 0xFu) << 19;
}

static void decode_fixed_point(struct instruction *out, unsigned opcode2, uint16_t second)
{
    unsigned imm5 = bits(second, 3, 0) << 1 | bits(second, 5, 5);
    unsigned size = second & 0x80u ? 32 : 16;

    out->kind = opcode2 & 4u ? K_VCVT_TO_FIXED : K_VCVT_FROM_FIXED;
    out->sub = (uint8_t)((opcode2 & 1u ? 0u : 1u) | (size == 32 ? 2u : 0u));
    if (imm5 > size)
        out->kind = K_UNSUPPORTED;
    else
        out->amount = (uint8_t)(size - imm5);
}

/* One-operand instructions: opcode 1x11 (table A6-2's lower half). */
static void decode_unary(struct instruction *out, uint16_t first, uint16_t second)
{
    unsigned opcode2 = bits(first, 3, 0);
    bool bit7 = (second & 0x80u) != 0;

    if (!(second & 0x40u)) {
        if (!(second & 0xA0u)) {
            out->kind = K_VMOV_IMM;
            out->imm = expand_immediate(opcode2 << 4 | bits(second, 3, 0));
        }
        return;
    }
    switch (opcode2) {
    case 0: out->kind = bit7 ? K_VABS : K_VMOV; break;
    case 1: out->kind = bit7 ? K_VSQRT : K_VNEG; break;
    case 2: case 3:
        out->kind = opcode2 == 2 ? K_VCVT_FROM_HALF : K_VCVT_TO_HALF;
        out->sub = bit7;
        break;
    case 4:
        out->kind = K_VCMP;
        out->sub = bit7;
        break;
    case 5:
        out->kind = second & 0x2Fu ? K_UNSUPPORTED : K_VCMP;
        out->sub = bit7;
        out->rm = NO_REGISTER;
        break;
    case 8:
        out->kind = K_VCVT_FROM_INT;
        out->sub = bit7;
        break;
    case 12: case 13:
        out->kind = K_VCVT_TO_INT;
        out->sub = (uint8_t)((opcode2 & 1u) | (bit7 ? 2u : 0u));
        break;
    case 10: case 11: case 14: case 15:
        decode_fixed_point(out, opcode2, second);
        break;
    default:
        break;
    }
}

static void decode_arithmetic(struct instruction *out, uint16_t first, uint16_t second)
{
    /* opcode1 without its D bit, then bit 6 of the second halfword */
    static const uint8_t kinds[16][2] = {
        [0] = {K_VMLA, K_VMLS}, [1] = {K_VNMLS, K_VNMLA}, [2] = {K_VMUL, K_VNMUL},
        [3] = {K_VADD, K_VSUB}, [8] = {K_VDIV, K_UNDEFINED}, [9] = {K_VFNMS, K_VFNMA},
        [10] = {K_VFMA, K_VFMS}};
    unsigned opcode = bits(first, 7, 4) & 0xBu;

    if (second & 0x100u)
        return;
    out->rd = single(bits(second, 15, 12), bits(first, 6, 6));
    out->rn = single(bits(first, 3, 0), bits(second, 7, 7));
    out->rm = single(bits(second, 3, 0), bits(second, 5, 5));
    if (opcode == 11)
        decode_unary(out, first, second);
    else
        out->kind = kinds[opcode][bits(second, 6, 6)];
}

static void decode_transfer(struct instruction *out, uint16_t first, uint16_t second)
{
    bool to_core = (first & 0x10u) != 0, scalar = (second & 0x100u) != 0;
    unsigned opcode = bits(first, 7, 5);

    out->rd = (uint8_t)bits(second, 15, 12);
    if (!scalar && opcode == 0) {
        out->kind = to_core ? K_VMOV_TO_CORE : K_VMOV_FROM_CORE;
        out->rn = single(bits(first, 3, 0), bits(second, 7, 7));
    } else if (!scalar && opcode == 7) {
        out->kind = to_core ? K_VMRS : K_VMSR;
        if (bits(first, 3, 0) != 1)
            out->kind = K_UNSUPPORTED;
        else if (to_core && out->rd == 15)
            return;
    } else if (scalar && opcode < 2 && !(second & 0x60u)) {
        out->kind = to_core ? K_VMOV_TO_CORE : K_VMOV_FROM_CORE;
        if (!first_of_double(bits(first, 3, 0), bits(second, 7, 7), &out->rn))
            out->kind = K_UNDEFINED;
        out->rn = (uint8_t)(out->rn + opcode);
    }
    if (is_sp_or_pc(out->rd) && out->kind != K_UNDEFINED)
        out->kind = K_UNSUPPORTED;
}

static void decode_pair_transfer(struct instruction *out, uint16_t first, uint16_t second)
{
    bool to_core = (first & 0x10u) != 0;

    if ((second & 0xD0u) != 0x10u)
        return;
    out->kind = to_core ? K_VMOV_PAIR_TO_CORE : K_VMOV_PAIR_FROM_CORE;
    out->rd = (uint8_t)bits(second, 15, 12);
    out->ra = (uint8_t)bits(first, 3, 0);
    if (second & 0x100u) {
        if (!first_of_double(bits(second, 3, 0), bits(second, 5, 5), &out->rm))
            out->kind = K_UNDEFINED;
    } else {
        out->rm = single(bits(second, 3, 0), bits(second, 5, 5));
        if (out->rm == 31)
            out->kind = K_UNSUPPORTED;
    }
    if (is_sp_or_pc(out->rd) || is_sp_or_pc(out->ra) || (to_core && out->rd == out->ra))
        out->kind = K_UNSUPPORTED;
}

static void decode_memory(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second)
{
    bool before = (first & 0x100u) != 0, add = (first & 0x80u) != 0;
    bool writeback = (first & 0x20u) != 0, load = (first & 0x10u) != 0;
    bool is_double = (second & 0x100u) != 0;
    unsigned words = bits(second, 7, 0);
    uint32_t offset = words * 4;

    out->rn = (uint8_t)bits(first, 3, 0);
    if (is_double) {
        if (!first_of_double(bits(second, 15, 12), bits(first, 6, 6), &out->rd))
            return;
    } else
        out->rd = single(bits(second, 15, 12), bits(first, 6, 6));
    if (before && !writeback) {
        out->kind = load ? K_VLDR : K_VSTR;
        out->sub = is_double ? 2 : 1;
        out->imm = add ? offset : 0u - offset;
        if (out->rn == 15) {
            out->kind = load ? K_VLDR_LITERAL : K_UNSUPPORTED;
            out->imm += (pc + 4) & ~3u;
            out->rn = NO_REGISTER;
        }
        return;
    }
    if (before == add)
        return; /* P = U = 1 with W, or P = U = 0 without: UNDEFINED */
    out->kind = load ? K_VLDM : K_VSTM;
    out->sub = before;
    out->writeback = writeback;
    out->amount = (uint8_t)(is_double ? words & ~1u : words); /* odd: FLDMX, which moves an even number */
    out->imm = offset;
    if (words == 0 || out->rd + out->amount > 32 || out->amount > 32 || out->rn == 15 ||
        (is_double && (words & 1u)))
        out->kind = K_UNSUPPORTED;
}

void decode_t32_fp(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second)
{
    if (first & 0x1000u) /* T = 1: FPv5 (VSEL, VMAXNM, VRINT), not on this core */
        return;
    if ((first & 0x0F00u) == 0x0E00u) {
        if (second & 0x10u)
            decode_transfer(out, first, second);
        else
            decode_arithmetic(out, first, second);
    } else if ((first & 0x0FE0u) == 0x0C40u)
        decode_pair_transfer(out, first, second);
    else
        decode_memory(out, pc, first, second);
}
