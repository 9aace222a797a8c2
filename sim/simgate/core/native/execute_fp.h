/* execute_fp.h - what the handlers of floating-point instructions share.
 *
 * Arithmetic has a quick handler, on the host's floating point, and a careful one, on
 * fp_arithmetic.h. The quick one serves while cpu->fp_slow is 0: FPU enabled, rounding to nearest,
 * no flush-to-zero, and IXC already set (then inexact results change no flag); and it hands over to
 * the careful one whenever its result is not an ordinary number, so that every other flag, NaN and
 * infinity is found there.
 *
 *   execute_fp.c            access to the FPU; which handler serves which instruction
 *   execute_fp_arithmetic.inc   arithmetic and comparison, for execute_fp_single.c and _double.c
 *   execute_fp_convert.c    between integers, fixed point, halves, singles and doubles
 *   execute_fp_move.c       moves, selection, FPSCR
 *   execute_fp_memory.c     loads and stores
 *
 * Operands: a = destination, b = n, c = m, as S or D numbers; core registers: as noted.
 */
#ifndef SIMGATE_EXECUTE_FP_H
#define SIMGATE_EXECUTE_FP_H

#include <float.h>

#include "fp_arithmetic.h"
#include "operation.h"

#define S(index) (cpu->fp.s[index])
#define D(index) (cpu->fp.d[index])

static inline float as_float(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t float_bits(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double as_double(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t double_bits(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Finite, and so large that the exact result was no subnormal number either. */
static inline bool is_ordinary_float(uint32_t bits)
{
    return (bits & 0x7F800000u) - 0x01000000u < 0x7E800000u;
}

static inline bool is_ordinary_double(uint64_t bits)
{
    return ((uint32_t)(bits >> 32) & 0x7FF00000u) - 0x00200000u < 0x7FD00000u;
}

static inline void refresh_fp_slow(struct cpu *cpu)
{
    uint32_t mode = cpu->fpscr & (FPSCR_RMODE | FPSCR_FZ | FPSCR_IXC);

    cpu->fp_slow = FLT_EVAL_METHOD != 0 || !cpu->fpu_enabled || mode != FPSCR_IXC;
}

/* Asks for access, then comes back to the same operation. */
op_handler ask_for_fp_access;

#define NEED_ACCESS                  \
    if (UNLIKELY(!cpu->fpu_enabled)) \
        GO(ask_for_fp_access, OP_ARGUMENTS);

/* A handler by fp_arithmetic.h; the statement sees `fpscr`. */
#define CAREFUL(name, statement)       \
    static HANDLER(name##_careful)     \
    {                                  \
        NEED_ACCESS                    \
        uint32_t *fpscr = &cpu->fpscr; \
        (void)fpscr;                   \
        statement;                     \
        refresh_fp_slow(cpu);          \
        NEXT;                          \
    }

/* A handler that neither rounds nor touches flags. */
#define MOVE(name, statement) \
    static HANDLER(name)      \
    {                         \
        NEED_ACCESS           \
        statement;            \
        NEXT;                 \
    }

/* By kind; NULL: not theirs. */
op_handler *fp_single_handler(const struct instruction *in);
op_handler *fp_double_handler(const struct instruction *in);

/* false: not theirs. They find a, b, c as bind_fp() sets them. */
bool bind_fp_conversion(struct op *op, const struct instruction *in);
bool bind_fp_move(struct op *op, const struct instruction *in);
bool bind_fp_memory(struct op *op, const struct binding *binding);

#endif
