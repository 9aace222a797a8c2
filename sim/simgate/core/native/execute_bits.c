/* execute_bits.c - bit fields, reversals, extensions, packing, MOVT.
 *
 * Operands: a = Rd, b = Rn, c = Rm, d = least significant bit, rotation or shift, imm = mask or width.
 */
#include "saturation.h"

static inline uint32_t rotated(uint32_t x, unsigned n)
{
    return x >> n | x << (-n & 31u);
}

#define SIMPLE(name, expression)   \
    static HANDLER(name)           \
    {                              \
        R(op->a) = (expression);   \
        NEXT;                      \
    }

SIMPLE(movt, (R(op->a) & 0xFFFFu) | op->imm)
SIMPLE(bfi, (R(op->a) & ~op->imm) | (R(op->b) << op->d & op->imm))
SIMPLE(bfc, R(op->a) & ~op->imm)
SIMPLE(ubfx, R(op->b) >> op->d & op->imm)
SIMPLE(sbfx, (uint32_t)((int32_t)(R(op->b) << op->d) >> op->imm))
SIMPLE(clz, R(op->c) == 0 ? 32u : (uint32_t)__builtin_clz(R(op->c)))
SIMPLE(rev, __builtin_bswap32(R(op->c)))
SIMPLE(rev16, (R(op->c) >> 8 & 0x00FF00FFu) | (R(op->c) << 8 & 0xFF00FF00u))
SIMPLE(revsh, (uint32_t)(int32_t)(int16_t)__builtin_bswap16((uint16_t)R(op->c)))

static HANDLER(rbit)
{
    uint32_t x = R(op->c);

    x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
    x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
    x = (x >> 4 & 0x0F0F0F0Fu) | (x & 0x0F0F0F0Fu) << 4;
    R(op->a) = __builtin_bswap32(x);
    NEXT;
}

/* ---- extension, rotated, with and without addition ---- */

static inline uint32_t sxtb(uint32_t x) { return (uint32_t)(int32_t)(int8_t)x; }
static inline uint32_t sxth(uint32_t x) { return (uint32_t)(int32_t)(int16_t)x; }
static inline uint32_t uxtb(uint32_t x) { return (uint8_t)x; }
static inline uint32_t uxth(uint32_t x) { return (uint16_t)x; }
static inline uint32_t uxtb16(uint32_t x) { return x & 0x00FF00FFu; }

#define EXTEND(name, add)                                        \
    SIMPLE(name##_plain, name(R(op->c)))                         \
    SIMPLE(name##_rotated, name(rotated(R(op->c), op->d)))       \
    SIMPLE(name##_add, add(R(op->b), name(rotated(R(op->c), op->d))))
#define PLUS(x, y) ((x) + (y))

EXTEND(sxtb, PLUS)
EXTEND(sxth, PLUS)
EXTEND(uxtb, PLUS)
EXTEND(uxth, PLUS)
EXTEND(sxtb16, add_lanes)
EXTEND(uxtb16, add_lanes)

static op_handler *const extend_handlers[6][3] = {
    [EXTEND_SXTB] = {sxtb_plain, sxtb_rotated, sxtb_add},
    [EXTEND_SXTH] = {sxth_plain, sxth_rotated, sxth_add},
    [EXTEND_UXTB] = {uxtb_plain, uxtb_rotated, uxtb_add},
    [EXTEND_UXTH] = {uxth_plain, uxth_rotated, uxth_add},
    [EXTEND_SXTB16] = {sxtb16_plain, sxtb16_rotated, sxtb16_add},
    [EXTEND_UXTB16] = {uxtb16_plain, uxtb16_rotated, uxtb16_add},
};

bool is_sxtb16(const struct op *op)
{
    return op->run == sxtb16_plain || op->run == sxtb16_rotated;
}

/* ---- packing ---- */

SIMPLE(pkhbt, (R(op->b) & 0xFFFFu) | (R(op->c) << op->d & 0xFFFF0000u))
SIMPLE(pkhtb, (R(op->b) & 0xFFFF0000u) |
                  ((uint32_t)((int64_t)(int32_t)R(op->c) >> op->d) & 0xFFFFu))

static uint32_t field_mask(unsigned lsb, unsigned width)
{
    return (width == 32 ? UINT32_MAX : (1u << width) - 1u) << lsb;
}

bool bind_bits(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;

    op->a = in->rd;
    op->b = in->rn == NO_REGISTER ? 0 : in->rn;
    op->c = in->rm == NO_REGISTER ? 0 : in->rm;
    op->d = in->amount;
    switch (in->kind) {
    case K_MOVT:
        op->run = movt;
        op->imm = in->imm << 16;
        return true;
    case K_BFI: case K_BFC:
        op->run = in->kind == K_BFI ? bfi : bfc;
        op->imm = field_mask(in->amount, in->sub);
        return true;
    case K_UBFX:
        op->run = ubfx;
        op->imm = field_mask(0, in->sub);
        return true;
    case K_SBFX:
        op->run = sbfx;
        op->d = (uint8_t)(32 - in->sub - in->amount);
        op->imm = 32u - in->sub;
        return true;
    case K_CLZ: op->run = clz; return true;
    case K_RBIT: op->run = rbit; return true;
    case K_REV: op->run = rev; return true;
    case K_REV16: op->run = rev16; return true;
    case K_REVSH: op->run = revsh; return true;
    case K_EXTEND:
        op->run = extend_handlers[in->sub][in->rn != NO_REGISTER ? 2 : in->amount != 0 ? 1 : 0];
        return true;
    case K_PKHBT: op->run = pkhbt; return true;
    case K_PKHTB: op->run = pkhtb; return true;
    default: return false;
    }
}
