/* execute_dsp.c - saturating and parallel arithmetic, SEL, sums of absolute differences.
 *
 * Operands: a = Rd, b = Rn, c = Rm, d = shift or Ra, imm = bits to saturate to. Q and GE are kept in
 * apsr itself.
 */
#include "saturation.h"

enum { GE_SHIFT = 16 };

/* UnsignedSatQ (A2.2.1), with Q. */
static inline uint32_t saturate_unsigned(struct cpu *cpu, int64_t value, unsigned width)
{
    int32_t result = clamp(value, 0, (1ll << width) - 1);

    if (result != value)
        cpu->apsr |= APSR_Q;
    return (uint32_t)result;
}

#define SATURATE(name, function, value)                     \
    static HANDLER(name)                                    \
    {                                                       \
        R(op->a) = function(cpu, (value), op->imm);         \
        NEXT;                                               \
    }

SATURATE(ssat_left, saturate_word, (int32_t)(R(op->b) << op->d))
SATURATE(ssat_right, saturate_word, (int32_t)R(op->b) >> op->d)
SATURATE(usat_left, saturate_unsigned, (int32_t)(R(op->b) << op->d))
SATURATE(usat_right, saturate_unsigned, (int32_t)R(op->b) >> op->d)

#define SATURATE_HALVES(name, function)                                          \
    static HANDLER(name)                                                         \
    {                                                                            \
        uint32_t x = R(op->b);                                                   \
        uint32_t low = function(cpu, (int16_t)x, op->imm) & 0xFFFFu;             \
        uint32_t high = function(cpu, (int32_t)x >> 16, op->imm) & 0xFFFFu;      \
        R(op->a) = high << 16 | low;                                             \
        NEXT;                                                                    \
    }

SATURATE_HALVES(ssat16, saturate_signed)
SATURATE_HALVES(usat16, saturate_unsigned)

#define SIGNED(index) ((int64_t)(int32_t)R(index))
#define DOUBLED ((int64_t)(int32_t)saturate_signed(cpu, 2 * SIGNED(op->b), 32))

SATURATE(qadd, saturate_signed, SIGNED(op->c) + SIGNED(op->b))
SATURATE(qsub, saturate_signed, SIGNED(op->c) - SIGNED(op->b))
SATURATE(qdadd, saturate_signed, SIGNED(op->c) + DOUBLED)
SATURATE(qdsub, saturate_signed, SIGNED(op->c) - DOUBLED)

/* ---- parallel: one handler an operation and prefix ---- */

#define LANE_s8(x, i) ((int32_t)(int8_t)((x) >> (8 * (i))))
#define LANE_u8(x, i) ((int32_t)(uint8_t)((x) >> (8 * (i))))
#define LANE_s16(x, i) ((int32_t)(int16_t)((x) >> (16 * (i))))
#define LANE_u16(x, i) ((int32_t)(uint16_t)((x) >> (16 * (i))))

/* What becomes of the exact result of a lane, w bits wide. */
#define RESULT_S(v, w) (v)
#define RESULT_U(v, w) (v)
#define RESULT_Q(v, w) clamp((v), -(1 << ((w) - 1)), (1 << ((w) - 1)) - 1)
#define RESULT_UQ(v, w) clamp((v), 0, (1 << (w)) - 1)
#define RESULT_SH(v, w) ((v) >> 1)
#define RESULT_UH(v, w) ((v) >> 1)

/* GE of a lane: from the sum or difference, for S and U only. */
#define GE_S(v, w, adds) ((v) >= 0)
#define GE_U(v, w, adds) ((adds) ? (v) >= 1 << (w) : (v) >= 0)

static inline void set_ge(struct cpu *cpu, unsigned ge)
{
    cpu->apsr = (cpu->apsr & ~(0xFu << GE_SHIFT)) | ge << GE_SHIFT;
}

#define SET_GE_S(ge) set_ge(cpu, (ge));
#define SET_GE_U(ge) set_ge(cpu, (ge));
#define SET_GE_Q(ge)
#define SET_GE_UQ(ge)
#define SET_GE_SH(ge)
#define SET_GE_UH(ge)
#define GE_Q(v, w, adds) 0
#define GE_UQ(v, w, adds) 0
#define GE_SH(v, w, adds) 0
#define GE_UH(v, w, adds) 0

#define BYTES(name, prefix, lane, sign, adds)                                               \
    static HANDLER(name##_##prefix)                                                         \
    {                                                                                       \
        uint32_t x = R(op->b), y = R(op->c), result = 0;                                    \
        unsigned ge = 0, i;                                                                 \
        for (i = 0; i < 4; i++) {                                                           \
            int32_t v = lane(x, i) sign lane(y, i);                                         \
            result |= ((uint32_t)RESULT_##prefix(v, 8) & 0xFFu) << (8 * i);                 \
            ge |= (unsigned)(GE_##prefix(v, 8, adds)) << i;                                 \
        }                                                                                   \
        (void)ge;                                                                           \
        SET_GE_##prefix(ge)                                                                 \
        R(op->a) = result;                                                                  \
        NEXT;                                                                               \
    }

/* m_low, m_high: which half of Rm goes with the low and the high half of Rn */
#define HALVES(name, prefix, lane, m_low, sign_low, adds_low, m_high, sign_high, adds_high) \
    static HANDLER(name##_##prefix)                                                         \
    {                                                                                       \
        uint32_t x = R(op->b), y = R(op->c);                                                \
        int32_t low = lane(x, 0) sign_low lane(y, m_low);                                   \
        int32_t high = lane(x, 1) sign_high lane(y, m_high);                                \
        SET_GE_##prefix((GE_##prefix(low, 16, adds_low) ? 3u : 0) |                         \
                        (GE_##prefix(high, 16, adds_high) ? 12u : 0))                       \
        R(op->a) = ((uint32_t)RESULT_##prefix(low, 16) & 0xFFFFu) |                         \
                   (uint32_t)RESULT_##prefix(high, 16) << 16;                               \
        NEXT;                                                                               \
    }

#define ALL_OF(prefix, lane8, lane16)                       \
    BYTES(add8, prefix, lane8, +, true)                     \
    BYTES(sub8, prefix, lane8, -, false)                    \
    HALVES(add16, prefix, lane16, 0, +, true, 1, +, true)   \
    HALVES(sub16, prefix, lane16, 0, -, false, 1, -, false) \
    HALVES(asx, prefix, lane16, 1, -, false, 0, +, true)    \
    HALVES(sax, prefix, lane16, 1, +, true, 0, -, false)

ALL_OF(S, LANE_s8, LANE_s16)
ALL_OF(Q, LANE_s8, LANE_s16)
ALL_OF(SH, LANE_s8, LANE_s16)
ALL_OF(U, LANE_u8, LANE_u16)
ALL_OF(UQ, LANE_u8, LANE_u16)
ALL_OF(UH, LANE_u8, LANE_u16)

#define PARALLEL_ROW(name) {name##_S, name##_Q, name##_SH, name##_U, name##_UQ, name##_UH}

static op_handler *const parallel_handlers[7][6] = {
    [PARALLEL_ADD8] = PARALLEL_ROW(add8), [PARALLEL_ADD16] = PARALLEL_ROW(add16),
    [PARALLEL_ASX] = PARALLEL_ROW(asx),   [PARALLEL_SUB8] = PARALLEL_ROW(sub8),
    [PARALLEL_SUB16] = PARALLEL_ROW(sub16), [PARALLEL_SAX] = PARALLEL_ROW(sax)};

static HANDLER(select_bytes)
{
    uint32_t ge = cpu->apsr >> GE_SHIFT & 0xFu;
    uint32_t mask = ((ge & 1u) | (ge & 2u) << 7 | (ge & 4u) << 14 | (ge & 8u) << 21) * 0xFFu;

    R(op->a) = (R(op->b) & mask) | (R(op->c) & ~mask);
    NEXT;
}

static inline uint32_t absolute_differences(uint32_t x, uint32_t y)
{
    uint32_t sum = 0;
    unsigned i;

    for (i = 0; i < 4; i++) {
        int32_t difference = LANE_u8(x, i) - LANE_u8(y, i);

        sum += (uint32_t)(difference < 0 ? -difference : difference);
    }
    return sum;
}

static HANDLER(usad8)
{
    R(op->a) = absolute_differences(R(op->b), R(op->c));
    NEXT;
}

static HANDLER(usada8)
{
    R(op->a) = R(op->d) + absolute_differences(R(op->b), R(op->c));
    NEXT;
}

bool bind_dsp(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    bool right = in->shift_type == SHIFT_ASR;

    op->a = in->rd;
    op->b = in->rn;
    op->c = in->rm == NO_REGISTER ? 0 : in->rm;
    op->d = in->amount;
    op->imm = in->sub;
    switch (in->kind) {
    case K_SSAT: op->run = right ? ssat_right : ssat_left; return true;
    case K_USAT: op->run = right ? usat_right : usat_left; return true;
    case K_SSAT16: op->run = ssat16; return true;
    case K_USAT16: op->run = usat16; return true;
    case K_SEL: op->run = select_bytes; return true;
    case K_PARALLEL:
        op->run = parallel_handlers[in->sub >> 3][in->sub & 7u];
        return true;
    case K_QADD: op->imm = 32; op->run = qadd; return true;
    case K_QSUB: op->imm = 32; op->run = qsub; return true;
    case K_QDADD: op->imm = 32; op->run = qdadd; return true;
    case K_QDSUB: op->imm = 32; op->run = qdsub; return true;
    case K_USAD8:
        op->run = in->ra == NO_REGISTER ? usad8 : usada8;
        op->d = in->ra == NO_REGISTER ? 0 : in->ra;
        return true;
    default: return false;
    }
}
