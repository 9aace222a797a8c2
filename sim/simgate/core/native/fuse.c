/* fuse.c - one handler for two neighbouring instructions: a comparison and the branch on it.
 *
 * The first operation gets the joint handler; the second keeps its own, for those that land on it.
 * The operands stay where the two bindings put them.
 */
#include "code_cache.h"

/* Conditions, by number, after x was compared with y. Overflow alone is left to the flags. */
#define TEST_0(x, y) ((x) == (y))
#define TEST_1(x, y) ((x) != (y))
#define TEST_2(x, y) ((x) >= (y))
#define TEST_3(x, y) ((x) < (y))
#define TEST_4(x, y) ((int32_t)((x) - (y)) < 0)
#define TEST_5(x, y) ((int32_t)((x) - (y)) >= 0)
#define TEST_6(x, y) COND_6
#define TEST_7(x, y) COND_7
#define TEST_8(x, y) ((x) > (y))
#define TEST_9(x, y) ((x) <= (y))
#define TEST_10(x, y) ((int32_t)(x) >= (int32_t)(y))
#define TEST_11(x, y) ((int32_t)(x) < (int32_t)(y))
#define TEST_12(x, y) ((int32_t)(x) > (int32_t)(y))
#define TEST_13(x, y) ((int32_t)(x) <= (int32_t)(y))

#define BRANCH_IF(test)                    \
    do {                                   \
        bool taken_ = (test);              \
        op++;                              \
        if (taken_)                        \
            ENTER(op_target(op));          \
        ENTER(op + 1);                     \
    } while (0)

#define DEFINE_FUSED(number)                        \
    static HANDLER(compare_imm_branch_##number)     \
    {                                               \
        uint32_t x = R(op->b), y = op->imm;         \
        subtract_with_flags(cpu, x, y);             \
        BRANCH_IF(TEST_##number(x, y));             \
    }                                               \
    static HANDLER(compare_reg_branch_##number)     \
    {                                               \
        uint32_t x = R(op->b), y = R(op->c);        \
        subtract_with_flags(cpu, x, y);             \
        BRANCH_IF(TEST_##number(x, y));             \
    }                                               \
    static HANDLER(subtract_imm_branch_##number)    \
    {                                               \
        uint32_t x = R(op->b), y = op->imm;         \
        R(op->a) = subtract_with_flags(cpu, x, y);  \
        BRANCH_IF(TEST_##number(x, y));             \
    }                                               \
    static HANDLER(subtract_reg_branch_##number)    \
    {                                               \
        uint32_t x = R(op->b), y = R(op->c);        \
        R(op->a) = subtract_with_flags(cpu, x, y);  \
        BRANCH_IF(TEST_##number(x, y));             \
    }                                               \
    static HANDLER(add_imm_branch_##number)         \
    {                                               \
        R(op->a) = add_with_flags(cpu, R(op->b), op->imm); \
        BRANCH_IF(COND_##number);                   \
    }

FOR_EACH_CONDITION(DEFINE_FUSED)

#define COMPARE_IMM(number) compare_imm_branch_##number,
#define COMPARE_REG(number) compare_reg_branch_##number,
#define SUBTRACT_IMM(number) subtract_imm_branch_##number,
#define SUBTRACT_REG(number) subtract_reg_branch_##number,
#define ADD_IMM(number) add_imm_branch_##number,

static op_handler *const compare_imm[14] = {FOR_EACH_CONDITION(COMPARE_IMM)};
static op_handler *const compare_reg[14] = {FOR_EACH_CONDITION(COMPARE_REG)};
static op_handler *const subtract_imm[14] = {FOR_EACH_CONDITION(SUBTRACT_IMM)};
static op_handler *const subtract_reg[14] = {FOR_EACH_CONDITION(SUBTRACT_REG)};
static op_handler *const add_imm[14] = {FOR_EACH_CONDITION(ADD_IMM)};

void fuse_with_branch(struct op *op, const struct instruction *in, unsigned condition)
{
    bool immediate = in->form == FORM_IMMEDIATE;

    if (in->form == FORM_SHIFTED || !in->set_flags || in->rd == 13)
        return;
    switch (in->kind) {
    case K_CMP: op->run = (immediate ? compare_imm : compare_reg)[condition]; break;
    case K_SUB: op->run = (immediate ? subtract_imm : subtract_reg)[condition]; break;
    case K_ADD:
        if (immediate)
            op->run = add_imm[condition];
        break;
    default: break;
    }
}
