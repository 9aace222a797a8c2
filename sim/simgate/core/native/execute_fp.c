/* execute_fp.c - the instructions of FPv4-SP.
 *
 * Each arithmetic instruction has a quick handler, on the host's floating point, and a careful one,
 * on fp_arithmetic.c. The quick one serves while cpu->fp_slow is 0: FPU enabled, rounding to nearest,
 * no flush-to-zero, and IXC already set (then inexact results change no flag); and it hands over to
 * the careful one whenever its result is not an ordinary number, so that every other flag, NaN and
 * infinity is found there.
 * Operands: a = Sd, b = Sn, c = Sm; core registers: as noted.
 */
#include <float.h>

#include "fp_arithmetic.h"
#include "operation.h"

#define S(index) (cpu->fp.s[index])

static inline float as_float(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t as_bits(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Finite, and so large that the exact result was no subnormal number either. */
static inline bool is_ordinary(uint32_t bits)
{
    return (bits & 0x7F800000u) - 0x01000000u < 0x7E800000u;
}

static inline bool is_zero(uint32_t bits)
{
    return bits << 1 == 0;
}

/* ---- whether FP instructions may execute, and quickly ---- */

static inline void refresh_fp_slow(struct cpu *cpu)
{
    uint32_t mode = cpu->fpscr & (FPSCR_RMODE | FPSCR_FZ | FPSCR_IXC);

    cpu->fp_slow = FLT_EVAL_METHOD != 0 || !cpu->fpu_enabled || mode != FPSCR_IXC;
}

/* Asks for access, then comes back to the same operation. */
static HANDLER(ask_for_access)
{
    expose(cpu, op);
    if (!cpu->fpu_present) {
        cpu->fault = (struct fault){.kind = FAULT_NO_COPROCESSOR};
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!system_fp_access(cpu))
        GO(leave_fault, OP_ARGUMENTS);
    cpu->fpu_enabled = true;
    DISPATCH(op);
}

#define NEED_ACCESS                            \
    if (UNLIKELY(!cpu->fpu_enabled))           \
        GO(ask_for_access, OP_ARGUMENTS);

#define CAREFUL(name, statement)      \
    static HANDLER(name##_careful)    \
    {                                 \
        NEED_ACCESS                   \
        uint32_t *fpscr = &cpu->fpscr; \
        (void)fpscr;                  \
        statement;                    \
        refresh_fp_slow(cpu);         \
        NEXT;                         \
    }

/* quick: an expression for the bits of the result; accept: of `bits`, beside ordinary numbers */
#define ARITHMETIC(name, quick, accept, careful)            \
    CAREFUL(name, S(op->a) = (careful))                     \
    static HANDLER(name)                                    \
    {                                                       \
        if (UNLIKELY(cpu->fp_slow))                         \
            GO(name##_careful, OP_ARGUMENTS);               \
        float x = as_float(S(op->b)), y = as_float(S(op->c)); \
        (void)x;                                            \
        (void)y;                                            \
        uint32_t bits = (quick);                            \
        if (UNLIKELY(!is_ordinary(bits) && !(accept)))      \
            GO(name##_careful, OP_ARGUMENTS);               \
        S(op->a) = bits;                                    \
        NEXT;                                               \
    }

#define SIGN 0x80000000u
#define N S(op->b)
#define M S(op->c)
#define D S(op->a)

/* A zero sum is exact; a zero product is exact when a factor is zero (and the other no infinity,
 * which would have given a NaN). */
ARITHMETIC(vadd, as_bits(x + y), is_zero(bits), fp_add(N, M, fpscr))
ARITHMETIC(vsub, as_bits(x - y), is_zero(bits), fp_subtract(N, M, fpscr))
ARITHMETIC(vmul, as_bits(x * y), is_zero(bits) && (is_zero(N) || is_zero(M)),
           fp_multiply(N, M, fpscr))
ARITHMETIC(vnmul, as_bits(x * y) ^ SIGN, is_zero(bits) && (is_zero(N) || is_zero(M)),
           fp_multiply(N, M, fpscr) ^ SIGN)
ARITHMETIC(vdiv, as_bits(x / y), false, fp_divide(N, M, fpscr))
ARITHMETIC(vsqrt, as_bits(__builtin_sqrtf(y > 0 ? y : 0)), false, fp_square_root(M, fpscr))

/* Multiply, round, accumulate, round. */
#define CHAINED(name, sign_product, sign_addend)                                             \
    CAREFUL(name, D = fp_add(D ^ (sign_addend), fp_multiply(N, M, fpscr) ^ (sign_product), fpscr)) \
    static HANDLER(name)                                                                     \
    {                                                                                        \
        if (UNLIKELY(cpu->fp_slow))                                                          \
            GO(name##_careful, OP_ARGUMENTS);                                                \
        uint32_t product = as_bits(as_float(N) * as_float(M));                               \
        if (UNLIKELY(!is_ordinary(product) &&                                                \
                     !(is_zero(product) && (is_zero(N) || is_zero(M)))))                     \
            GO(name##_careful, OP_ARGUMENTS);                                                \
        uint32_t bits = as_bits(as_float(D ^ (sign_addend)) + as_float(product ^ (sign_product))); \
        if (UNLIKELY(!is_ordinary(bits) && !is_zero(bits)))                                  \
            GO(name##_careful, OP_ARGUMENTS);                                                \
        D = bits;                                                                            \
        NEXT;                                                                                \
    }

CHAINED(vmla, 0, 0)
CHAINED(vmls, SIGN, 0)
CHAINED(vnmla, SIGN, SIGN)
CHAINED(vnmls, 0, SIGN)

/* x * y + addend rounded once. The product is exact in double precision; the sum is rounded to odd
 * there, which makes the second rounding right (53 bits are more than 2 * 24 + 2). */
static inline float fused(float addend, float x, float y)
{
    double product = (double)x * (double)y, term = (double)addend;
    double sum = product + term, part = sum - product;
    double error = (product - (sum - part)) + (term - part);
    uint64_t bits;

    if (error != 0) {
        memcpy(&bits, &sum, sizeof bits);
        if (!(bits & 1u))
            bits += (error > 0) == (sum > 0) ? 1u : UINT64_MAX;
        memcpy(&sum, &bits, sizeof bits);
    }
    return (float)sum;
}

#define FUSED(name, sign_product, sign_addend)                                               \
    CAREFUL(name, D = fp_multiply_add(D ^ (sign_addend), N ^ (sign_product), M, fpscr))      \
    static HANDLER(name)                                                                     \
    {                                                                                        \
        if (UNLIKELY(cpu->fp_slow))                                                          \
            GO(name##_careful, OP_ARGUMENTS);                                                \
        uint32_t bits = as_bits(fused(as_float(D ^ (sign_addend)),                           \
                                      as_float(N ^ (sign_product)), as_float(M)));           \
        if (UNLIKELY(!is_ordinary(bits)))                                                    \
            GO(name##_careful, OP_ARGUMENTS);                                                \
        D = bits;                                                                            \
        NEXT;                                                                                \
    }

FUSED(vfma, 0, 0)
FUSED(vfms, SIGN, 0)
FUSED(vfnma, SIGN, SIGN)
FUSED(vfnms, 0, SIGN)

/* ---- comparison: N Z C V of FPSCR ---- */

static inline void set_comparison(struct cpu *cpu, uint32_t nzcv)
{
    cpu->fpscr = (cpu->fpscr & 0x0FFFFFFFu) | nzcv;
}

#define COMPARE(name, right, signals)                                               \
    CAREFUL(name, set_comparison(cpu, fp_compare(D, (right), (signals), fpscr)))    \
    static HANDLER(name)                                                            \
    {                                                                               \
        float x = as_float(D), y = as_float(right);                                 \
        if (UNLIKELY(cpu->fp_slow || x != x || y != y))                             \
            GO(name##_careful, OP_ARGUMENTS);                                       \
        set_comparison(cpu, x == y ? 6u << 28 : x < y ? 8u << 28 : 2u << 28);       \
        NEXT;                                                                       \
    }

COMPARE(vcmp, M, false)
COMPARE(vcmpe, M, true)
COMPARE(vcmp_zero, 0u, false)
COMPARE(vcmpe_zero, 0u, true)

/* ---- conversion ---- */

#define CONVERT_FROM(name, type, integer)                                  \
    CAREFUL(name, D = fp_from_integer((integer), 0, false, fpscr))         \
    static HANDLER(name)                                                   \
    {                                                                      \
        if (UNLIKELY(cpu->fp_slow))                                        \
            GO(name##_careful, OP_ARGUMENTS);                              \
        D = as_bits((float)(type)M);                                       \
        NEXT;                                                              \
    }

CONVERT_FROM(vcvt_from_signed, int32_t, (int32_t)M)
CONVERT_FROM(vcvt_from_unsigned, uint32_t, M)

#define CONVERT_TO(name, lowest, highest, type, is_signed)                        \
    CAREFUL(name, D = fp_to_integer(M, 0, 32, (is_signed), true, fpscr))          \
    static HANDLER(name)                                                          \
    {                                                                             \
        float x = as_float(M);                                                    \
        if (UNLIKELY(cpu->fp_slow || !(x > (lowest) && x < (highest))))           \
            GO(name##_careful, OP_ARGUMENTS);                                     \
        D = (uint32_t)(type)x;                                                    \
        NEXT;                                                                     \
    }

CONVERT_TO(vcvt_to_signed, -2147483648.0f, 2147483648.0f, int32_t, true)
CONVERT_TO(vcvt_to_unsigned, -1.0f, 4294967296.0f, int64_t, false)

/* imm: bit 0 signed */
CAREFUL(vcvtr, D = fp_to_integer(M, 0, 32, op->imm & 1u, false, fpscr))

/* Fixed point, in place: b = fraction bits, imm: bit 0 signed, bit 1 word. */
static inline int64_t fixed_operand(uint32_t bits, uint32_t kind)
{
    switch (kind) {
    case 0: return (uint16_t)bits;
    case 1: return (int16_t)bits;
    case 2: return bits;
    default: return (int32_t)bits;
    }
}

CAREFUL(vcvt_from_fixed, D = fp_from_integer(fixed_operand(D, op->imm), op->b, true, fpscr))
CAREFUL(vcvt_to_fixed, D = fp_to_integer(D, op->b, op->imm & 2u ? 32 : 16, op->imm & 1u, true, fpscr))

/* Half precision: imm = shift of the half within its register. */
CAREFUL(vcvt_from_half, D = fp_from_half((uint16_t)(M >> op->imm), fpscr))
CAREFUL(vcvt_to_half, D = (D & ~(0xFFFFu << op->imm)) | (uint32_t)fp_to_half(M, fpscr) << op->imm)

/* ---- moves ---- */

#define MOVE(name, statement) \
    static HANDLER(name)      \
    {                         \
        NEED_ACCESS           \
        statement;            \
        NEXT;                 \
    }

MOVE(vabs, D = M & ~SIGN)
MOVE(vneg, D = M ^ SIGN)
MOVE(vmov, D = M)
MOVE(vmov_imm, D = op->imm)
MOVE(vmov_to_core, R(op->a) = S(op->b))
MOVE(vmov_from_core, S(op->b) = R(op->a))

static HANDLER(vmov_pair_to_core)
{
    NEED_ACCESS
    R(op->a) = S(op->c);
    R(op->b) = S(op->c + 1);
    NEXT;
}

static HANDLER(vmov_pair_from_core)
{
    NEED_ACCESS
    S(op->c) = R(op->a);
    S(op->c + 1) = R(op->b);
    NEXT;
}

MOVE(vmrs, R(op->a) = cpu->fpscr)

static HANDLER(vmrs_flags)
{
    NEED_ACCESS
    uint32_t low = cpu->fpscr >> 30 & 1u ? 0 : 1;

    cpu->flag_nz = (cpu->fpscr >> 31 ? INT64_MIN : 0) | low;
    cpu->flag_c = cpu->fpscr >> 29 & 1u;
    cpu->flag_v = cpu->fpscr >> 28 & 1u;
    NEXT;
}

static HANDLER(vmsr)
{
    NEED_ACCESS
    cpu->fpscr = R(op->a) & 0xF7C0009Fu;
    refresh_fp_slow(cpu);
    NEXT;
}

/* ---- loads and stores: word-aligned, always; a = first register, b = Rn, c = words ---- */

static HANDLER(vload_slow)
{
    uint32_t address = cpu->slow_value;

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, false);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!load_words_slow(cpu, op, address, op->c))
        GO(leave_fault, OP_ARGUMENTS);
    if (op->d) {
        uint32_t base = R(op->b) + op->imm;

        if (op->b == 13)
            SET_SP(base);
        else
            R(op->b) = base;
    }
    memcpy(&S(op->a), cpu->loaded, 4u * op->c);
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(vstore_slow)
{
    uint32_t address = cpu->slow_value, base = R(op->b) + op->imm;
    unsigned i;

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, true);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (op->d && op->b == 13 && base < cpu->sp_floor && !sp_fell(cpu, base))
        GO(leave_fault, OP_ARGUMENTS);
    for (i = 0; i < op->c; i++)
        if (!store_slow(cpu, op, address + 4 * i, 4, S(op->a + i)))
            GO(leave_fault, OP_ARGUMENTS);
    if (op->d)
        R(op->b) = base;
    GO(after_access, OP_ARGUMENTS);
}

/* VLDR, VSTR. */
#define LOAD_FP(name, words)                                            \
    static HANDLER(name)                                                \
    {                                                                   \
        NEED_ACCESS                                                     \
        uint32_t address = R(op->b) + op->imm;                          \
        if (UNLIKELY(!is_readable(cpu, address, 4 * (words)) || (address & 3u))) { \
            cpu->slow_value = address;                                  \
            GO(vload_slow, OP_ARGUMENTS);                               \
        }                                                               \
        memcpy(&S(op->a), host_bytes(cpu, address), 4 * (words));                           \
        NEXT;                                                           \
    }

#define STORE_FP(name, words)                                           \
    static HANDLER(name)                                                \
    {                                                                   \
        NEED_ACCESS                                                     \
        uint32_t address = R(op->b) + op->imm;                          \
        if (UNLIKELY(!is_writable(cpu, address, 4 * (words)) || (address & 3u))) { \
            cpu->slow_value = address;                                  \
            GO(vstore_slow, OP_ARGUMENTS);                              \
        }                                                               \
        memcpy(host_bytes(cpu, address), &S(op->a), 4 * (words));                           \
        NEXT;                                                           \
    }

LOAD_FP(vldr_single, 1)
LOAD_FP(vldr_double, 2)
STORE_FP(vstr_single, 1)
STORE_FP(vstr_double, 2)

static HANDLER(vldr_literal)
{
    NEED_ACCESS
    cpu->slow_value = op->imm;
    GO(vload_slow, OP_ARGUMENTS);
}

static HANDLER(vldr_constant)
{
    NEED_ACCESS
    S(op->a) = op->imm;
    NEXT;
}

/* VLDM, VSTM: d: bit 0 writeback, bit 1 DB; imm = what the base changes by. */
static HANDLER(vload_multiple)
{
    NEED_ACCESS
    uint32_t address = op->d & 2u ? R(op->b) + op->imm : R(op->b);

    if (UNLIKELY(!is_readable(cpu, address, 4u * op->c) || (address & 3u) || (op->b == 13 && (op->d & 2u)))) {
        cpu->slow_value = address;
        GO(vload_slow, OP_ARGUMENTS);
    }
    if (op->d)
        R(op->b) += op->imm;
    memcpy(&S(op->a), host_bytes(cpu, address), 4u * op->c);
    NEXT;
}

static HANDLER(vstore_multiple)
{
    NEED_ACCESS
    uint32_t address = op->d & 2u ? R(op->b) + op->imm : R(op->b);

    if (UNLIKELY(!is_writable(cpu, address, 4u * op->c) || (address & 3u))) {
        cpu->slow_value = address;
        GO(vstore_slow, OP_ARGUMENTS);
    }
    if (op->d) {
        uint32_t base = R(op->b) + op->imm;

        if (op->b == 13)
            SET_SP(base);
        else
            R(op->b) = base;
    }
    memcpy(host_bytes(cpu, address), &S(op->a), 4u * op->c);
    NEXT;
}

/* ---- binding ---- */

static bool bind_fp_memory(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    bool load = in->kind == K_VLDR || in->kind == K_VLDM;

    op->a = in->rd;
    op->b = in->rn;
    op->c = in->sub;
    op->d = 0;
    op->imm = in->imm;
    if (in->kind == K_VLDR || in->kind == K_VSTR) {
        op->run = load ? (in->sub == 2 ? vldr_double : vldr_single)
                       : (in->sub == 2 ? vstr_double : vstr_single);
        return true;
    }
    if (in->kind == K_VLDR_LITERAL) {
        uint32_t value;

        op->b = 0;
        op->run = vldr_literal;
        if (in->sub == 1 && memory_constant(binding->cpu, in->imm, 4, &value)) {
            op->run = vldr_constant;
            op->imm = value;
        }
        return true;
    }
    op->c = in->amount;
    op->d = (uint8_t)((in->writeback ? 1 : 0) | (in->sub ? 2 : 0));
    op->imm = in->sub ? 0u - in->imm : in->imm;
    op->run = load ? vload_multiple : vstore_multiple;
    return true;
}

static op_handler *const arithmetic_handlers[] = {
    [K_VADD - K_FP_FIRST] = vadd, [K_VSUB - K_FP_FIRST] = vsub, [K_VMUL - K_FP_FIRST] = vmul,
    [K_VNMUL - K_FP_FIRST] = vnmul, [K_VDIV - K_FP_FIRST] = vdiv, [K_VMLA - K_FP_FIRST] = vmla,
    [K_VMLS - K_FP_FIRST] = vmls, [K_VNMLA - K_FP_FIRST] = vnmla, [K_VNMLS - K_FP_FIRST] = vnmls,
    [K_VFMA - K_FP_FIRST] = vfma, [K_VFMS - K_FP_FIRST] = vfms, [K_VFNMA - K_FP_FIRST] = vfnma,
    [K_VFNMS - K_FP_FIRST] = vfnms, [K_VSQRT - K_FP_FIRST] = vsqrt, [K_VABS - K_FP_FIRST] = vabs,
    [K_VNEG - K_FP_FIRST] = vneg, [K_VMOV - K_FP_FIRST] = vmov,
};

bool bind_fp(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;

    op->a = in->rd;
    op->b = in->rn == NO_REGISTER ? 0 : in->rn;
    op->c = in->rm == NO_REGISTER ? 0 : in->rm;
    op->d = in->amount;
    op->imm = in->sub;
    if (in->kind <= K_VMOV) {
        op->run = arithmetic_handlers[in->kind - K_FP_FIRST];
        return true;
    }
    switch (in->kind) {
    case K_VMOV_IMM:
        op->run = vmov_imm;
        op->imm = in->imm;
        break;
    case K_VCMP:
        if (in->rm == NO_REGISTER)
            op->run = in->sub ? vcmpe_zero : vcmp_zero;
        else
            op->run = in->sub ? vcmpe : vcmp;
        break;
    case K_VCVT_FROM_INT: op->run = in->sub & 1u ? vcvt_from_signed : vcvt_from_unsigned; break;
    case K_VCVT_TO_INT:
        if (in->sub & 2u)
            op->run = in->sub & 1u ? vcvt_to_signed : vcvt_to_unsigned;
        else
            op->run = vcvtr_careful;
        break;
    case K_VCVT_FROM_FIXED: case K_VCVT_TO_FIXED:
        op->b = in->amount;
        op->run = in->kind == K_VCVT_FROM_FIXED ? vcvt_from_fixed_careful : vcvt_to_fixed_careful;
        break;
    case K_VCVT_FROM_HALF: case K_VCVT_TO_HALF:
        op->imm = in->sub ? 16 : 0;
        op->run = in->kind == K_VCVT_FROM_HALF ? vcvt_from_half_careful : vcvt_to_half_careful;
        break;
    case K_VMOV_TO_CORE: op->run = vmov_to_core; break;
    case K_VMOV_FROM_CORE: op->run = vmov_from_core; break;
    case K_VMOV_PAIR_TO_CORE: case K_VMOV_PAIR_FROM_CORE:
        op->b = in->ra;
        op->run = in->kind == K_VMOV_PAIR_TO_CORE ? vmov_pair_to_core : vmov_pair_from_core;
        break;
    case K_VMRS: op->run = in->rd == 15 ? vmrs_flags : vmrs; break;
    case K_VMSR: op->run = vmsr; break;
    case K_VLDR: case K_VSTR: case K_VLDR_LITERAL: case K_VLDM: case K_VSTM:
        return bind_fp_memory(op, binding);
    default: return false;
    }
    return true;
}
