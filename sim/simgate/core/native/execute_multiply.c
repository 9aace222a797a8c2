/* execute_multiply.c - multiplication, multiply-accumulate, division.
 *
 * Operands: a = Rd (RdHi), b = Rn, c = Rm, d = Ra (RdLo). Q is kept in apsr itself.
 */
#include "saturation.h"

#define WRITE(expression)        \
    do {                         \
        R(op->a) = (uint32_t)(expression); \
        NEXT;                    \
    } while (0)

static HANDLER(mul) { WRITE(R(op->b) * R(op->c)); }
static HANDLER(mla) { WRITE(R(op->b) * R(op->c) + R(op->d)); }
static HANDLER(mls) { WRITE(R(op->d) - R(op->b) * R(op->c)); }

static HANDLER(muls)
{
    uint32_t result = R(op->b) * R(op->c);

    set_nz(cpu, result);
    WRITE(result);
}

/* ---- halves ---- */

#define HALVES(suffix, n_half, m_half)                                              \
    static HANDLER(smul_##suffix) { WRITE(n_half(R(op->b)) * m_half(R(op->c))); }   \
    static HANDLER(smla_##suffix)                                                   \
    {                                                                               \
        int32_t product = n_half(R(op->b)) * m_half(R(op->c));                      \
        WRITE(accumulate_one_q(cpu, product, (int32_t)R(op->d)));                   \
    }                                                                               \
    static HANDLER(smlal_##suffix)                                                  \
    {                                                                               \
        int64_t product = n_half(R(op->b)) * m_half(R(op->c));                      \
        uint64_t sum = ((uint64_t)R(op->a) << 32 | R(op->d)) + (uint64_t)product;   \
        R(op->d) = (uint32_t)sum;                                                   \
        WRITE(sum >> 32);                                                           \
    }

HALVES(bb, bottom, bottom)
HALVES(bt, bottom, top)
HALVES(tb, top, bottom)
HALVES(tt, top, top)

static op_handler *const smul_handlers[4] = {smul_bb, smul_bt, smul_tb, smul_tt};
static op_handler *const smla_handlers[4] = {smla_bb, smla_bt, smla_tb, smla_tt};
static op_handler *const smlal_handlers[4] = {smlal_bb, smlal_bt, smlal_tb, smlal_tt};

#define WIDE(suffix, m_half)                                                       \
    static HANDLER(smulw_##suffix)                                                 \
    {                                                                              \
        WRITE((int64_t)(int32_t)R(op->b) * m_half(R(op->c)) >> 16);                \
    }                                                                              \
    static HANDLER(smlaw_##suffix)                                                 \
    {                                                                              \
        int64_t product = (int64_t)(int32_t)R(op->b) * m_half(R(op->c)) >> 16;     \
        WRITE(accumulate_q(cpu, product + (int32_t)R(op->d)));                     \
    }

WIDE(b, bottom)
WIDE(t, top)

/* ---- dual: two halves multiplied, added or subtracted ---- */

static inline uint32_t straight(uint32_t x) { return x; }

#define DUAL(suffix, order)                                                                   \
    static HANDLER(smuad##suffix)                                                             \
    {                                                                                         \
        uint32_t n = R(op->b), m = order(R(op->c));                                           \
        WRITE(multiply_dual_q(cpu, n, m, 0));                                                 \
    }                                                                                         \
    static HANDLER(smlad##suffix)                                                             \
    {                                                                                         \
        uint32_t n = R(op->b), m = order(R(op->c));                                           \
        WRITE(multiply_dual_q(cpu, n, m, (int32_t)R(op->d)));                                 \
    }                                                                                         \
    static HANDLER(smusd##suffix)                                                             \
    {                                                                                         \
        uint32_t n = R(op->b), m = order(R(op->c));                                           \
        WRITE((int64_t)(bottom(n) * bottom(m)) - top(n) * top(m));                                       \
    }                                                                                         \
    static HANDLER(smlsd##suffix)                                                             \
    {                                                                                         \
        uint32_t n = R(op->b), m = order(R(op->c));                                           \
        int64_t products = (int64_t)(bottom(n) * bottom(m)) - top(n) * top(m);                \
        WRITE(accumulate_q(cpu, products + (int32_t)R(op->d)));                               \
    }                                                                                         \
    static HANDLER(smlald##suffix)                                                            \
    {                                                                                         \
        uint32_t n = R(op->b), m = order(R(op->c));                                           \
        int64_t products = (int64_t)(bottom(n) * bottom(m)) + top(n) * top(m);                \
        uint64_t sum = ((uint64_t)R(op->a) << 32 | R(op->d)) + (uint64_t)products;            \
        R(op->d) = (uint32_t)sum;                                                             \
        WRITE(sum >> 32);                                                                     \
    }                                                                                         \
    static HANDLER(smlsld##suffix)                                                            \
    {                                                                                         \
        uint32_t n = R(op->b), m = order(R(op->c));                                           \
        int64_t products = (int64_t)(bottom(n) * bottom(m)) - top(n) * top(m);                \
        uint64_t sum = ((uint64_t)R(op->a) << 32 | R(op->d)) + (uint64_t)products;            \
        R(op->d) = (uint32_t)sum;                                                             \
        WRITE(sum >> 32);                                                                     \
    }

DUAL(, straight)
DUAL(x, exchanged)

/* ---- runs of SMLAD with the same Rm ---- */

/* Rm is not 0x8000 twice: the products fit. Rd is Ra. */
static inline void accumulate_dual(struct cpu *cpu, const struct op *op, uint32_t m)
{
    R(op->a) = accumulate_one_q(cpu, dual_products(R(op->b), m), (int32_t)R(op->a));
}

#define RUN_2                        \
    accumulate_dual(cpu, op, m);     \
    accumulate_dual(cpu, op + 1, m);
#define RUN_3                        \
    RUN_2                            \
    accumulate_dual(cpu, op + 2, m);
#define RUN_4                        \
    RUN_3                            \
    accumulate_dual(cpu, op + 3, m);

#define DEFINE_RUN(count)                                                         \
    static HANDLER(smlad_run_##count)                                             \
    {                                                                             \
        uint32_t m = R(op->c);                                                    \
        if (UNLIKELY(m == 0x80008000u))                                           \
            GO(smlad, OP_ARGUMENTS);                                              \
        RUN_##count                                                               \
        DISPATCH(op + (count));                                                   \
    }                                                                             \
    static HANDLER(sxtb16_smlad_run_##count)                                      \
    {                                                                             \
        uint32_t x = R(op->c), m = x >> op->d | x << (-op->d & 31u);              \
        m = ((uint32_t)(int8_t)m & 0xFFFFu) | (uint32_t)(int8_t)(m >> 16) << 16;  \
        R(op->a) = m;                                                             \
        op++;                                                                     \
        RUN_##count                                                               \
        DISPATCH(op + (count));                                                   \
    }

DEFINE_RUN(2)
DEFINE_RUN(3)
DEFINE_RUN(4)

/* How many SMLAD from `op` on accumulate in place, have `rm` as Rm and leave it alone; 4 at most. */
static unsigned run_length(const struct op *op, const struct op *end, uint8_t rm)
{
    unsigned count = 0;

    while (op + count < end && count < 4 && op[count].run == smlad && op[count].c == rm &&
           op[count].a == op[count].d && op[count].a != rm)
        count++;
    return count;
}

void fuse_multiplications(struct op *first, const struct op *end)
{
    static op_handler *const runs[5] = {NULL, NULL, smlad_run_2, smlad_run_3, smlad_run_4};
    static op_handler *const made[5] = {NULL, NULL, sxtb16_smlad_run_2, sxtb16_smlad_run_3,
                                        sxtb16_smlad_run_4};
    struct op *op;
    unsigned count;

    for (op = first; op < end; op++) {
        bool makes = is_sxtb16(op);

        if (!makes && op->run != smlad)
            continue;
        count = run_length(op + makes, end, makes ? op->a : op->c);
        if (count < 2)
            continue;
        op->run = makes ? made[count] : runs[count];
        op += count - 1 + makes;
    }
}

/* ---- most significant word ---- */

#define MOST(suffix, rounding)                                                              \
    static HANDLER(smmul##suffix)                                                           \
    {                                                                                       \
        int64_t product = (int64_t)(int32_t)R(op->b) * (int32_t)R(op->c);                   \
        WRITE(((uint64_t)product + (rounding)) >> 32);                                      \
    }                                                                                       \
    static HANDLER(smmla##suffix)                                                           \
    {                                                                                       \
        int64_t product = (int64_t)(int32_t)R(op->b) * (int32_t)R(op->c);                   \
        WRITE((((uint64_t)R(op->d) << 32) + (uint64_t)product + (rounding)) >> 32);         \
    }                                                                                       \
    static HANDLER(smmls##suffix)                                                           \
    {                                                                                       \
        int64_t product = (int64_t)(int32_t)R(op->b) * (int32_t)R(op->c);                   \
        WRITE((((uint64_t)R(op->d) << 32) - (uint64_t)product + (rounding)) >> 32);         \
    }

MOST(, 0u)
MOST(r, 0x80000000u)

/* ---- long ---- */

static HANDLER(smull)
{
    int64_t product = (int64_t)(int32_t)R(op->b) * (int32_t)R(op->c);

    R(op->d) = (uint32_t)product;
    WRITE((uint64_t)product >> 32);
}

static HANDLER(umull)
{
    uint64_t product = (uint64_t)R(op->b) * R(op->c);

    R(op->d) = (uint32_t)product;
    WRITE(product >> 32);
}

static HANDLER(smlal)
{
    uint64_t product = (uint64_t)((int64_t)(int32_t)R(op->b) * (int32_t)R(op->c));
    uint64_t sum = ((uint64_t)R(op->a) << 32 | R(op->d)) + product;

    R(op->d) = (uint32_t)sum;
    WRITE(sum >> 32);
}

static HANDLER(umlal)
{
    uint64_t sum = ((uint64_t)R(op->a) << 32 | R(op->d)) + (uint64_t)R(op->b) * R(op->c);

    R(op->d) = (uint32_t)sum;
    WRITE(sum >> 32);
}

static HANDLER(umaal)
{
    uint64_t sum = (uint64_t)R(op->b) * R(op->c) + R(op->a) + R(op->d);

    R(op->d) = (uint32_t)sum;
    WRITE(sum >> 32);
}

/* ---- division: by zero gives 0, or a fault with CCR.DIV_0_TRP ---- */

#define REFUSE_ZERO                                                      \
    do {                                                                 \
        if (cpu->divide_trap) {                                          \
            cpu->fault = (struct fault){.kind = FAULT_DIVIDE_BY_ZERO};   \
            GO(leave_fault, OP_ARGUMENTS);                               \
        }                                                                \
        WRITE(0);                                                        \
    } while (0)

static HANDLER(sdiv)
{
    int32_t x = (int32_t)R(op->b), y = (int32_t)R(op->c);

    if (UNLIKELY(y == 0))
        REFUSE_ZERO;
    WRITE((int64_t)x / y);
}

static HANDLER(udiv)
{
    uint32_t y = R(op->c);

    if (UNLIKELY(y == 0))
        REFUSE_ZERO;
    WRITE(R(op->b) / y);
}

bool bind_multiply(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    bool bit0 = (in->sub & 1u) != 0, add = in->ra != NO_REGISTER;

    op->a = in->rd;
    op->b = in->rn;
    op->c = in->rm;
    op->d = add ? in->ra : 0;
    switch (in->kind) {
    case K_MUL: op->run = in->set_flags && !binding->flags_dead ? muls : mul; break;
    case K_MLA: op->run = mla; break;
    case K_MLS: op->run = mls; break;
    case K_SMUL_HALVES: op->run = (add ? smla_handlers : smul_handlers)[in->sub]; break;
    case K_SMUL_WIDE:
        op->run = add ? (bit0 ? smlaw_t : smlaw_b) : (bit0 ? smulw_t : smulw_b);
        break;
    case K_SMUAD: op->run = add ? (bit0 ? smladx : smlad) : (bit0 ? smuadx : smuad); break;
    case K_SMUSD: op->run = add ? (bit0 ? smlsdx : smlsd) : (bit0 ? smusdx : smusd); break;
    case K_SMMUL: op->run = add ? (bit0 ? smmlar : smmla) : (bit0 ? smmulr : smmul); break;
    case K_SMMLS: op->run = bit0 ? smmlsr : smmls; break;
    case K_SMULL: op->run = smull; break;
    case K_UMULL: op->run = umull; break;
    case K_SMLAL: op->run = smlal; break;
    case K_UMLAL: op->run = umlal; break;
    case K_UMAAL: op->run = umaal; break;
    case K_SMLAL_HALVES: op->run = smlal_handlers[in->sub]; break;
    case K_SMLALD: op->run = bit0 ? smlaldx : smlald; break;
    case K_SMLSLD: op->run = bit0 ? smlsldx : smlsld; break;
    case K_SDIV: op->run = sdiv; break;
    case K_UDIV: op->run = udiv; break;
    default: return false;
    }
    return true;
}
