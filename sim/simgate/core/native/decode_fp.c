/* decode_fp.c - the floating-point encodings of FPv4-SP and FPv5 (DDI 0403, A6.4 to A6.7).
 *
 * What the core's extension does not have stays UNDEFINED: double precision but for moves, loads and
 * stores on a single-precision one, and the additions of FPv5 on FPv4.
 */
#include "decode.h"
#include "fp_arithmetic.h"

/* Number of a register from its 4-bit and 1-bit fields. A double one above D15 is out of range. */
static uint8_t reg(bool is_double, unsigned field, unsigned bit)
{
    return (uint8_t)(is_double ? bit << 4 | field : field << 1 | bit);
}

static uint8_t vd(bool is_double, uint16_t first, uint16_t second)
{
    return reg(is_double, bits(second, 15, 12), bits(first, 6, 6));
}

static uint8_t vn(bool is_double, uint16_t first, uint16_t second)
{
    return reg(is_double, bits(first, 3, 0), bits(second, 7, 7));
}

static uint8_t vm(bool is_double, uint16_t second)
{
    return reg(is_double, bits(second, 3, 0), bits(second, 5, 5));
}

/* First single-precision half of a double register; D16 to D31 do not exist here. */
static bool first_of_double(unsigned field, unsigned high, uint8_t *single)
{
    *single = (uint8_t)(field << 1);
    return high == 0;
}

/* VFPExpandImm (A6.4.1): a single's bits, or a double's upper 32, the lower being zero. */
static uint32_t expand_immediate(bool is_double, unsigned imm8)
{
    const uint32_t sign = (imm8 & 0x80u) << 24, low = imm8 & 0x3Fu;

    if (is_double)
        return sign | (imm8 & 0x40u ? 0x3FC00000u : 0x40000000u) | low << 16;
    return sign | (imm8 & 0x40u ? 0x3E000000u : 0x40000000u) | low << 19;
}

static void decode_fixed_point(struct instruction *out, unsigned opcode2, uint16_t second)
{
    unsigned imm5 = bits(second, 3, 0) << 1 | bits(second, 5, 5);
    unsigned size = second & 0x80u ? 32 : 16;

    out->kind = opcode2 & 4u ? K_VCVT_TO_FIXED : K_VCVT_FROM_FIXED;
    out->sub = (uint8_t)((opcode2 & 1u ? 0u : 1u) | (size == 32 ? 2u : 0u));
    out->rm = NO_REGISTER;
    if (imm5 > size)
        out->kind = K_UNSUPPORTED;
    else
        out->amount = (uint8_t)(size - imm5);
}

static void decode_integral(struct instruction *out, enum fp_rounding rounding, bool exact)
{
    out->kind = K_VRINT;
    out->amount = (uint8_t)rounding;
    out->sub = exact;
}

/* One-operand instructions: opcode 1x11 (table A6-2's lower half); registers are there as for an
 * operation within one precision. */
static void decode_unary(struct instruction *out, uint16_t first, uint16_t second, enum fpu fpu)
{
    const unsigned opcode2 = bits(first, 3, 0);
    const bool bit7 = (second & 0x80u) != 0, is_double = out->is_double;

    if (!(second & 0x40u)) {
        if (!(second & 0xA0u)) {
            out->kind = K_VMOV_IMM;
            out->imm = expand_immediate(is_double, opcode2 << 4 | bits(second, 3, 0));
            out->rm = NO_REGISTER;
        }
        return;
    }
    switch (opcode2) {
    case 0: out->kind = bit7 ? K_VABS : K_VMOV; break;
    case 1: out->kind = bit7 ? K_VSQRT : K_VNEG; break;
    case 2:
        out->kind = K_VCVT_FROM_HALF;
        out->sub = bit7;
        out->rm = vm(false, second);
        break;
    case 3:
        out->kind = K_VCVT_TO_HALF;
        out->sub = bit7;
        out->rd = vd(false, first, second);
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
    case 6:
        if (fpu >= FPU_V5_SINGLE)
            decode_integral(out, bit7 ? FP_ZERO : FP_BY_FPSCR, false);
        break;
    case 7:
        if (fpu >= FPU_V5_SINGLE && !bit7) {
            decode_integral(out, FP_BY_FPSCR, true);
        } else if (fpu == FPU_V5_DOUBLE && bit7) {
            out->kind = K_VCVT_PRECISION;
            out->rd = vd(!is_double, first, second);
        }
        break;
    case 8:
        out->kind = K_VCVT_FROM_INT;
        out->sub = bit7;
        out->rm = vm(false, second);
        break;
    case 12: case 13:
        out->kind = K_VCVT_TO_INT;
        out->sub = opcode2 & 1u;
        out->amount = bit7 ? FP_ZERO : FP_BY_FPSCR;
        out->rd = vd(false, first, second);
        break;
    case 10: case 11: case 14: case 15:
        decode_fixed_point(out, opcode2, second);
        break;
    default:
        break;
    }
}

/* Double precision needs its extension, and has 16 registers (VFPSmallRegisterBank). */
static void check_double(struct instruction *out, uint16_t first, uint16_t second, enum fpu fpu)
{
    const bool wide_d = out->is_double && out->kind != K_VCVT_TO_INT &&
                        out->kind != K_VCVT_TO_HALF && out->kind != K_VCVT_PRECISION;
    const bool wide_m = out->is_double && out->kind != K_VCVT_FROM_INT &&
                        out->kind != K_VCVT_FROM_HALF && out->rm != NO_REGISTER;
    const bool narrowed = !out->is_double && out->kind == K_VCVT_PRECISION;

    if (out->is_double && fpu != FPU_V5_DOUBLE)
        out->kind = K_FP_UNDEFINED;
    if (((wide_d || narrowed) && (first & 0x40u)) || (wide_m && (second & 0x20u)) ||
        (out->is_double && out->rn != NO_REGISTER && (second & 0x80u)))
        out->kind = K_FP_UNDEFINED;
}

static void set_registers(struct instruction *out, uint16_t first, uint16_t second)
{
    out->is_double = (second & 0x100u) != 0;
    out->rd = vd(out->is_double, first, second);
    out->rm = vm(out->is_double, second);
}

static void decode_arithmetic(struct instruction *out, uint16_t first, uint16_t second,
                              enum fpu fpu)
{
    /* opcode1 without its D bit, then bit 6 of the second halfword */
    static const uint8_t kinds[16][2] = {
        [0] = {K_VMLA, K_VMLS}, [1] = {K_VNMLS, K_VNMLA}, [2] = {K_VMUL, K_VNMUL},
        [3] = {K_VADD, K_VSUB}, [8] = {K_VDIV, K_FP_UNDEFINED}, [9] = {K_VFNMS, K_VFNMA},
        [10] = {K_VFMA, K_VFMS}};
    unsigned opcode = bits(first, 7, 4) & 0xBu;

    set_registers(out, first, second);
    if (opcode == 11) {
        decode_unary(out, first, second, fpu);
    } else {
        out->rn = vn(out->is_double, first, second);
        out->kind = kinds[opcode][bits(second, 6, 6)];
    }
    check_double(out, first, second, fpu);
}

/* With T = 1: the additions of FPv5. */
static void decode_additions(struct instruction *out, uint16_t first, uint16_t second, enum fpu fpu)
{
    static const uint8_t directed[4] = {FP_NEAREST_AWAY, FP_NEAREST, FP_PLUS_INFINITY,
                                        FP_MINUS_INFINITY};
    static const uint8_t conditions[4] = {0, 6, 10, 12}; /* EQ, VS, GE, GT */
    const bool bit6 = (second & 0x40u) != 0;

    if (fpu < FPU_V5_SINGLE || (first & 0x0F00u) != 0x0E00u || (second & 0x10u))
        return;
    set_registers(out, first, second);
    if (!(first & 0x80u)) {
        if (bit6)
            return;
        out->kind = K_VSEL;
        out->rn = vn(out->is_double, first, second);
        out->cond = conditions[bits(first, 5, 4)];
    } else if (!(first & 0x30u)) {
        out->kind = bit6 ? K_VMINNM : K_VMAXNM;
        out->rn = vn(out->is_double, first, second);
    } else if ((first & 0x38u) == 0x38u && bit6) {
        if (first & 4u) {
            out->kind = K_VCVT_TO_INT;
            out->sub = (second & 0x80u) != 0;
            out->amount = directed[first & 3u];
            out->rd = vd(false, first, second);
        } else if (!(second & 0x80u)) {
            decode_integral(out, (enum fp_rounding)directed[first & 3u], false);
        }
    }
    check_double(out, first, second, fpu);
}

static void decode_transfer(struct instruction *out, uint16_t first, uint16_t second)
{
    bool to_core = (first & 0x10u) != 0, scalar = (second & 0x100u) != 0;
    unsigned opcode = bits(first, 7, 5);

    out->rd = (uint8_t)bits(second, 15, 12);
    if (!scalar && opcode == 0) {
        out->kind = to_core ? K_VMOV_TO_CORE : K_VMOV_FROM_CORE;
        out->rn = reg(false, bits(first, 3, 0), bits(second, 7, 7));
    } else if (!scalar && opcode == 7 && bits(first, 3, 0) == 1) {
        out->kind = to_core ? K_VMRS : K_VMSR;
        if (to_core && out->rd == 15)
            return;
    } else if (scalar && opcode < 2 && !(second & 0x60u)) {
        out->kind = to_core ? K_VMOV_TO_CORE : K_VMOV_FROM_CORE;
        if (!first_of_double(bits(first, 3, 0), bits(second, 7, 7), &out->rn))
            out->kind = K_FP_UNDEFINED;
        out->rn = (uint8_t)(out->rn + opcode);
    }
    if (is_sp_or_pc(out->rd) && out->kind != K_FP_UNDEFINED)
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
        if (!first_of_double(bits(second, 3, 0), bits(second, 5, 5), &out->rm)) {
            out->kind = K_FP_UNDEFINED;
            return;
        }
    } else {
        out->rm = reg(false, bits(second, 3, 0), bits(second, 5, 5));
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
        out->rd = reg(false, bits(second, 15, 12), bits(first, 6, 6));
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
    out->imm = offset;
    /* An odd number of words with doubles: FLDMX, FSTMX, whose last word is moved by nothing. */
    unsigned moved = is_double ? words & ~1u : words;
    if (moved == 0 || out->rd + moved > 32 || out->rn == 15)
        out->kind = K_UNSUPPORTED;
    out->amount = (uint8_t)moved;
}

void decode_t32_fp(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second,
                   enum fpu fpu)
{
    out->kind = K_FP_UNDEFINED;
    if (fpu == FPU_NONE)
        out->kind = K_NO_COPROCESSOR;
    else if (first & 0x1000u)
        decode_additions(out, first, second, fpu);
    else if ((first & 0x0F00u) == 0x0E00u) {
        if (second & 0x10u)
            decode_transfer(out, first, second);
        else
            decode_arithmetic(out, first, second, fpu);
    } else if ((first & 0x0FE0u) == 0x0C40u)
        decode_pair_transfer(out, first, second);
    else
        decode_memory(out, pc, first, second);
}
