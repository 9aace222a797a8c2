/* execute_alu.c - data processing with a flexible second operand, and shifts by register.
 *
 * One handler for each operation, form of the second operand, and whether flags are set.
 * Operands: a = Rd, b = Rn, c = Rm, d = amount of the shift, imm.
 */
#include "operation.h"

/* The second operand y, in each form; the register's own value is s. */
#define SECOND_imm uint32_t y = op->imm;
#define SECOND_immc SECOND_imm
#define SECOND_reg uint32_t y = R(op->c);
#define SECOND_lsl uint32_t s = R(op->c), y = s << op->d;
#define SECOND_lsr uint32_t s = R(op->c), y = (uint32_t)((uint64_t)s >> op->d);
#define SECOND_asr uint32_t s = R(op->c), y = (uint32_t)((int64_t)(int32_t)s >> op->d);
#define SECOND_ror uint32_t s = R(op->c), y = s >> op->d | s << (32 - op->d);
#define SECOND_rrx uint32_t s = R(op->c), y = s >> 1 | (uint32_t)cpu->flag_c << 31;

/* What the shifter does to C when a logical operation sets flags. */
#define SHIFT_CARRY_imm
#define SHIFT_CARRY_immc cpu->flag_c = (uint8_t)(op->imm >> 31);
#define SHIFT_CARRY_reg
#define SHIFT_CARRY_lsl cpu->flag_c = s >> (32 - op->d) & 1u;
#define SHIFT_CARRY_lsr cpu->flag_c = s >> (op->d - 1) & 1u;
#define SHIFT_CARRY_asr cpu->flag_c = s >> (op->d - 1) & 1u;
#define SHIFT_CARRY_ror cpu->flag_c = (uint8_t)(y >> 31);
#define SHIFT_CARRY_rrx cpu->flag_c = s & 1u;

#define FOR_EACH_FORM(X, name, ...)                                              \
    X(name, imm, __VA_ARGS__) X(name, immc, __VA_ARGS__) X(name, reg, __VA_ARGS__) \
    X(name, lsl, __VA_ARGS__) X(name, lsr, __VA_ARGS__) X(name, asr, __VA_ARGS__)  \
    X(name, ror, __VA_ARGS__) X(name, rrx, __VA_ARGS__)

#define LOGICAL(name, form, expression)       \
    static HANDLER(name##_##form)             \
    {                                         \
        SECOND_##form                         \
        uint32_t x = R(op->b);                \
        (void)x;                              \
        R(op->a) = (expression);              \
        NEXT;                                 \
    }                                         \
    static HANDLER(name##_##form##_s)         \
    {                                         \
        SECOND_##form                         \
        uint32_t x = R(op->b);                \
        (void)x;                              \
        uint32_t result = (expression);       \
        SHIFT_CARRY_##form                    \
        set_nz(cpu, result);                  \
        R(op->a) = result;                    \
        NEXT;                                 \
    }

#define ARITHMETIC(name, form, expression, with_flags) \
    static HANDLER(name##_##form)                      \
    {                                                  \
        SECOND_##form                                  \
        uint32_t x = R(op->b);                         \
        R(op->a) = (expression);                       \
        NEXT;                                          \
    }                                                  \
    static HANDLER(name##_##form##_s)                  \
    {                                                  \
        SECOND_##form                                  \
        uint32_t x = R(op->b);                         \
        R(op->a) = (with_flags);                       \
        NEXT;                                          \
    }

#define LOGICAL_TEST(name, form, expression) \
    static HANDLER(name##_##form)            \
    {                                        \
        SECOND_##form                        \
        uint32_t x = R(op->b);               \
        SHIFT_CARRY_##form                   \
        set_nz(cpu, (expression));           \
        NEXT;                                \
    }

#define COMPARISON(name, form, with_flags) \
    static HANDLER(name##_##form)          \
    {                                      \
        SECOND_##form                      \
        uint32_t x = R(op->b);             \
        (void)(with_flags);                \
        NEXT;                              \
    }

FOR_EACH_FORM(LOGICAL, and, x & y)
FOR_EACH_FORM(LOGICAL, bic, x & ~y)
FOR_EACH_FORM(LOGICAL, orr, x | y)
FOR_EACH_FORM(LOGICAL, orn, x | ~y)
FOR_EACH_FORM(LOGICAL, eor, x ^ y)
FOR_EACH_FORM(LOGICAL, mov, y)
FOR_EACH_FORM(LOGICAL, mvn, ~y)
FOR_EACH_FORM(ARITHMETIC, add, x + y, add_with_flags(cpu, x, y))
FOR_EACH_FORM(ARITHMETIC, sub, x - y, subtract_with_flags(cpu, x, y))
FOR_EACH_FORM(ARITHMETIC, rsb, y - x, subtract_with_flags(cpu, y, x))
FOR_EACH_FORM(ARITHMETIC, adc, x + y + cpu->flag_c, add_carry_with_flags(cpu, x, y, cpu->flag_c))
FOR_EACH_FORM(ARITHMETIC, sbc, x + ~y + cpu->flag_c,
              add_carry_with_flags(cpu, x, ~y, cpu->flag_c))
FOR_EACH_FORM(LOGICAL_TEST, tst, x & y)
FOR_EACH_FORM(LOGICAL_TEST, teq, x ^ y)
FOR_EACH_FORM(COMPARISON, cmp, subtract_with_flags(cpu, x, y))
FOR_EACH_FORM(COMPARISON, cmn, add_with_flags(cpu, x, y))

enum { INDEX_IMM, INDEX_IMMC, INDEX_REG, INDEX_LSL }; /* then LSR, ASR, ROR, RRX */

#define ROW(name)                                                                       \
    {{name##_imm, name##_imm_s}, {name##_immc, name##_immc_s}, {name##_reg, name##_reg_s}, \
     {name##_lsl, name##_lsl_s}, {name##_lsr, name##_lsr_s}, {name##_asr, name##_asr_s},   \
     {name##_ror, name##_ror_s}, {name##_rrx, name##_rrx_s}}
#define TEST_ROW(name)                                                              \
    {{name##_imm, name##_imm}, {name##_immc, name##_immc}, {name##_reg, name##_reg}, \
     {name##_lsl, name##_lsl}, {name##_lsr, name##_lsr}, {name##_asr, name##_asr},   \
     {name##_ror, name##_ror}, {name##_rrx, name##_rrx}}

static op_handler *const handlers[K_CMN - K_AND + 1][8][2] = {
    [K_AND - K_AND] = ROW(and), [K_BIC - K_AND] = ROW(bic), [K_ORR - K_AND] = ROW(orr),
    [K_ORN - K_AND] = ROW(orn), [K_EOR - K_AND] = ROW(eor), [K_ADD - K_AND] = ROW(add),
    [K_ADC - K_AND] = ROW(adc), [K_SBC - K_AND] = ROW(sbc), [K_SUB - K_AND] = ROW(sub),
    [K_RSB - K_AND] = ROW(rsb), [K_MOV - K_AND] = ROW(mov), [K_MVN - K_AND] = ROW(mvn),
    [K_TST - K_AND] = TEST_ROW(tst), [K_TEQ - K_AND] = TEST_ROW(teq),
    [K_CMP - K_AND] = TEST_ROW(cmp), [K_CMN - K_AND] = TEST_ROW(cmn),
};

/* ---- shifts by register (A7.7.68 and its like): amounts of 0 to 255 ---- */

static inline uint32_t shift_left(uint32_t x, unsigned n)
{
    return n < 32 ? x << n : 0;
}

static inline uint32_t shift_right(uint32_t x, unsigned n)
{
    return n < 32 ? x >> n : 0;
}

static inline uint32_t shift_right_arithmetic(uint32_t x, unsigned n)
{
    return (uint32_t)((int32_t)x >> (n < 32 ? n : 31));
}

static inline uint32_t rotate_right(uint32_t x, unsigned n)
{
    return x >> (n & 31u) | x << (-n & 31u);
}

/* carry: of a shift by n, 1 to 255 */
#define SHIFT_REGISTER(name, function, carry)  \
    static HANDLER(name##_by)                  \
    {                                          \
        R(op->a) = function(R(op->b), R(op->c) & 0xFFu); \
        NEXT;                                  \
    }                                          \
    static HANDLER(name##_by_s)                \
    {                                          \
        uint32_t x = R(op->b), n = R(op->c) & 0xFFu; \
        uint32_t result = function(x, n);      \
        if (n != 0)                            \
            cpu->flag_c = (carry) & 1u;        \
        set_nz(cpu, result);                   \
        R(op->a) = result;                     \
        NEXT;                                  \
    }

SHIFT_REGISTER(lsl, shift_left, n <= 32 ? x >> (32 - n) : 0)
SHIFT_REGISTER(lsr, shift_right, n <= 32 ? x >> (n - 1) : 0)
SHIFT_REGISTER(asr, shift_right_arithmetic, x >> (n <= 32 ? n - 1 : 31))
SHIFT_REGISTER(ror, rotate_right, result >> 31)

static op_handler *const shift_handlers[4][2] = {
    {lsl_by, lsl_by_s}, {lsr_by, lsr_by_s}, {asr_by, asr_by_s}, {ror_by, ror_by_s}};

/* ---- SP as destination ---- */

static HANDLER(sp_add_imm)
{
    SET_SP(R(13) + op->imm);
    NEXT;
}

static HANDLER(sp_add_reg)
{
    SET_SP(R(13) + (R(op->c) << op->d));
    NEXT;
}

static HANDLER(sp_sub_reg)
{
    SET_SP(R(13) - (R(op->c) << op->d));
    NEXT;
}

static HANDLER(sp_add_imm_s)
{
    uint32_t before = R(13);

    SET_SP(before + op->imm);
    add_with_flags(cpu, before, op->imm);
    NEXT;
}

static HANDLER(sp_sub_imm_s)
{
    uint32_t before = R(13);

    SET_SP(before - op->imm);
    subtract_with_flags(cpu, before, op->imm);
    NEXT;
}

static HANDLER(sp_add_reg_s)
{
    uint32_t before = R(13), value = R(op->c) << op->d;

    SET_SP(before + value);
    add_with_flags(cpu, before, value);
    NEXT;
}

static HANDLER(sp_sub_reg_s)
{
    uint32_t before = R(13), value = R(op->c) << op->d;

    SET_SP(before - value);
    subtract_with_flags(cpu, before, value);
    NEXT;
}

static HANDLER(sp_mov)
{
    SET_SP(R(op->c));
    NEXT;
}

static bool bind_to_sp(struct op *op, const struct instruction *in)
{
    bool left = in->form == FORM_REGISTER ||
                (in->form == FORM_SHIFTED && in->shift_type == SHIFT_LSL && in->amount < 32);

    if (in->kind == K_MOV && in->form == FORM_REGISTER && !in->set_flags) {
        op->run = sp_mov;
        return true;
    }
    if (in->kind == K_ADD && in->form == FORM_REGISTER && in->rn != 13) {
        return false;
    }
    if (in->kind != K_ADD && in->kind != K_SUB)
        return false;
    if (in->form == FORM_IMMEDIATE) {
        if (in->set_flags) {
            op->run = in->kind == K_ADD ? sp_add_imm_s : sp_sub_imm_s;
            return true;
        }
        op->run = sp_add_imm;
        op->imm = in->kind == K_ADD ? in->imm : 0u - in->imm;
        return true;
    }
    if (in->set_flags)
        op->run = in->kind == K_ADD ? sp_add_reg_s : sp_sub_reg_s;
    else
        op->run = in->kind == K_ADD ? sp_add_reg : sp_sub_reg;
    op->d = in->form == FORM_REGISTER ? 0 : in->amount;
    return left;
}

bool bind_alu(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    bool flags = in->set_flags && !binding->flags_dead;

    op->a = in->rd == NO_REGISTER ? 0 : in->rd;
    op->b = in->rn == NO_REGISTER ? 0 : in->rn;
    op->c = in->rm == NO_REGISTER ? 0 : in->rm;
    op->d = in->amount;
    op->imm = in->imm;
    if (in->rd == 13)
        return bind_to_sp(op, in);
    if (in->kind == K_SHIFT_REGISTER) {
        op->run = shift_handlers[in->shift_type][flags];
        return true;
    }
    unsigned index = INDEX_LSL + in->shift_type;
    if (in->form == FORM_IMMEDIATE)
        index = in->carry == CARRY_KEPT ? INDEX_IMM : INDEX_IMMC;
    else if (in->form == FORM_REGISTER)
        index = INDEX_REG;
    op->run = handlers[in->kind - K_AND][index][flags];
    return true;
}
