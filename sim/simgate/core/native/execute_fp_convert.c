/* execute_fp_convert.c - conversion between integers, fixed point, halves, singles and doubles. */
#include "execute_fp.h"

#define SD S(op->a)
#define DD D(op->a)
#define SM S(op->c)
#define DM D(op->c)

/* ---- from integers; every one is exact in double precision ---- */

#define CONVERT_FROM(name, type, integer)                                  \
    CAREFUL(name, SD = fp32_from_integer((integer), 0, FP_BY_FPSCR, fpscr)) \
    static HANDLER(name)                                                   \
    {                                                                      \
        if (UNLIKELY(cpu->fp_slow))                                        \
            GO(name##_careful, OP_ARGUMENTS);                              \
        SD = float_bits((float)(type)SM);                                  \
        NEXT;                                                              \
    }

CONVERT_FROM(single_from_signed, int32_t, (int32_t)SM)
CONVERT_FROM(single_from_unsigned, uint32_t, SM)
MOVE(double_from_signed, DD = double_bits((double)(int32_t)SM))
MOVE(double_from_unsigned, DD = double_bits((double)SM))

/* ---- to integers, towards zero: VCVT; `below` and `above` are out of range ---- */

#define TARGET(is_signed_, rounding_) \
    (struct fp_target){.width = 32, .is_signed = (is_signed_), .rounding = (rounding_)}

#define CONVERT_TO(name, real, bits, careful, below, above, type, is_signed)      \
    CAREFUL(name, SD = careful((bits), TARGET((is_signed), FP_ZERO), fpscr))      \
    static HANDLER(name)                                                          \
    {                                                                             \
        real(bits);                                                               \
        if (UNLIKELY(cpu->fp_slow || !(x > (below) && x < (above))))              \
            GO(name##_careful, OP_ARGUMENTS);                                     \
        SD = (uint32_t)(type)x;                                                   \
        NEXT;                                                                     \
    }
#define FLOAT_X(bits) float x = as_float(bits)
#define DOUBLE_X(bits) double x = as_double(bits)

CONVERT_TO(single_to_signed, FLOAT_X, SM, fp32_to_integer, -2147483648.0f, 2147483648.0f, int32_t,
           true)
CONVERT_TO(single_to_unsigned, FLOAT_X, SM, fp32_to_integer, -1.0f, 4294967296.0f, int64_t, false)
CONVERT_TO(double_to_signed, DOUBLE_X, DM, fp64_to_integer, -2147483649.0, 2147483648.0, int32_t,
           true)
CONVERT_TO(double_to_unsigned, DOUBLE_X, DM, fp64_to_integer, -1.0, 4294967296.0, int64_t, false)

/* VCVTR, VCVTA, VCVTN, VCVTP, VCVTM: d = enum fp_rounding; imm: bit 0 signed */
CAREFUL(single_rounded, SD = fp32_to_integer(SM, TARGET(op->imm & 1u, op->d), fpscr))
CAREFUL(double_rounded, SD = fp64_to_integer(DM, TARGET(op->imm & 1u, op->d), fpscr))

/* ---- fixed point, in place: d = fraction bits, imm: bit 0 signed, bit 1 word ---- */

static inline int64_t fixed_operand(uint32_t bits, uint32_t kind)
{
    switch (kind) {
    case 0: return (uint16_t)bits;
    case 1: return (int16_t)bits;
    case 2: return bits;
    default: return (int32_t)bits;
    }
}

static inline struct fp_target fixed_target(const struct op *op)
{
    return (struct fp_target){.fraction = op->d, .width = op->imm & 2u ? 32 : 16,
                              .is_signed = op->imm & 1u, .rounding = FP_ZERO};
}

CAREFUL(single_from_fixed,
        SD = fp32_from_integer(fixed_operand(SD, op->imm), op->d, FP_NEAREST, fpscr))
CAREFUL(double_from_fixed,
        DD = fp64_from_integer(fixed_operand((uint32_t)DD, op->imm), op->d, FP_NEAREST, fpscr))
CAREFUL(single_to_fixed, SD = fp32_to_integer(SD, fixed_target(op), fpscr))
CAREFUL(double_to_fixed, uint32_t fixed = fp64_to_integer(DD, fixed_target(op), fpscr);
        DD = op->imm & 1u ? (uint64_t)(int32_t)fixed : fixed)

/* ---- half precision: imm = shift of the half within its register ---- */

#define INSERT_HALF(half) SD = (SD & ~(0xFFFFu << op->imm)) | (uint32_t)(half) << op->imm

CAREFUL(single_from_half, SD = fp32_from_half((uint16_t)(SM >> op->imm), fpscr))
CAREFUL(double_from_half, DD = fp64_from_half((uint16_t)(SM >> op->imm), fpscr))
CAREFUL(single_to_half, uint16_t half = fp32_to_half(SM, fpscr); INSERT_HALF(half))
CAREFUL(double_to_half, uint16_t half = fp64_to_half(DM, fpscr); INSERT_HALF(half))

/* ---- between single and double ---- */

CAREFUL(single_to_double, DD = fp32_to_double(SM, fpscr))
CAREFUL(double_to_single, SD = fp64_to_single(DM, fpscr))

static HANDLER(single_to_double)
{
    if (UNLIKELY(cpu->fp_slow || !(is_ordinary_float(SM) || SM << 1 == 0)))
        GO(single_to_double_careful, OP_ARGUMENTS);
    DD = double_bits((double)as_float(SM));
    NEXT;
}

static HANDLER(double_to_single)
{
    uint32_t bits = float_bits((float)as_double(DM));

    if (UNLIKELY(cpu->fp_slow || !(is_ordinary_float(bits) || DM << 1 == 0)))
        GO(double_to_single_careful, OP_ARGUMENTS);
    SD = bits;
    NEXT;
}

/* ---- binding ---- */

static op_handler *to_integer(const struct instruction *in)
{
    const bool is_signed = in->sub & 1u;

    if (in->amount != FP_ZERO)
        return in->is_double ? double_rounded_careful : single_rounded_careful;
    if (in->is_double)
        return is_signed ? double_to_signed : double_to_unsigned;
    return is_signed ? single_to_signed : single_to_unsigned;
}

static op_handler *from_integer(const struct instruction *in)
{
    const bool is_signed = in->sub & 1u;

    if (in->is_double)
        return is_signed ? double_from_signed : double_from_unsigned;
    return is_signed ? single_from_signed : single_from_unsigned;
}

bool bind_fp_conversion(struct op *op, const struct instruction *in)
{
    switch (in->kind) {
    case K_VCVT_FROM_INT: op->run = from_integer(in); break;
    case K_VCVT_TO_INT: op->run = to_integer(in); break;
    case K_VCVT_FROM_FIXED:
        op->run = in->is_double ? double_from_fixed_careful : single_from_fixed_careful;
        break;
    case K_VCVT_TO_FIXED:
        op->run = in->is_double ? double_to_fixed_careful : single_to_fixed_careful;
        break;
    case K_VCVT_FROM_HALF:
        op->imm = in->sub ? 16 : 0;
        op->run = in->is_double ? double_from_half_careful : single_from_half_careful;
        break;
    case K_VCVT_TO_HALF:
        op->imm = in->sub ? 16 : 0;
        op->run = in->is_double ? double_to_half_careful : single_to_half_careful;
        break;
    case K_VCVT_PRECISION: op->run = in->is_double ? double_to_single : single_to_double; break;
    default: return false;
    }
    return true;
}
