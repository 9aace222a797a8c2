/* execute_branch.c - branches, IT, and the operations that are no instruction.
 *
 * Direct branches: to = distance to the target's head; a = Rn of CBZ; pc = link value of BL.
 */
#include "code_cache.h"

#define TAKE ENTER(op_target(op))

static HANDLER(branch)
{
    TAKE;
}

/* Behind a block's end, to the block at that place; the head in front has paid for that block. */
HANDLER(go_on)
{
    DISPATCH(op_target(op) + 1);
}

/* The same where that block is still to be decoded; the head has paid nothing. */
HANDLER(go_on_unpaid)
{
    cpu->trail_at--; /* its head is no block of its own */
    TAKE;
}

static HANDLER(branch_link)
{
    R(14) = op->pc;
    TAKE;
}

#define DEFINE_CONDITIONAL(number)           \
    static HANDLER(branch_if_##number)       \
    {                                        \
        if (COND_##number)                   \
            TAKE;                            \
        ENTER(op + 1);                       \
    }                                        \
    static HANDLER(skip_unless_##number)     \
    {                                        \
        if (COND_##number)                   \
            NEXT;                            \
        DISPATCH(op + op->imm);              \
    }

FOR_EACH_CONDITION(DEFINE_CONDITIONAL)

#define NAME_BRANCH(number) branch_if_##number,
#define NAME_SKIP(number) skip_unless_##number,

static op_handler *const branch_handlers[14] = {FOR_EACH_CONDITION(NAME_BRANCH)};
static op_handler *const skip_handlers[14] = {FOR_EACH_CONDITION(NAME_SKIP)};

op_handler *skip_unless(unsigned condition)
{
    return skip_handlers[condition];
}

static HANDLER(compare_branch_zero)
{
    if (R(op->a) == 0)
        TAKE;
    ENTER(op + 1);
}

static HANDLER(compare_branch_nonzero)
{
    if (R(op->a) != 0)
        TAKE;
    ENTER(op + 1);
}

/* BX PC: imm = target */
static HANDLER(branch_exchange_constant)
{
    cpu->slow_value = op->imm;
    GO(branch_slow, OP_ARGUMENTS);
}

static HANDLER(branch_exchange)
{
    BRANCH_EXCHANGE(R(op->c));
}

/* imm: the value of LR. */
static HANDLER(branch_link_exchange)
{
    uint32_t target = R(op->c);

    R(14) = op->imm;
    BRANCH_EXCHANGE(target);
}

static HANDLER(move_to_pc)
{
    BRANCH_PLAIN(R(op->c));
}

static HANDLER(add_to_pc)
{
    BRANCH_PLAIN(op->imm + R(op->c));
}

/* TBB, TBH; b = Rn or NO_REGISTER for PC, c = Rm, d = shift, imm = PC + 4. */
static HANDLER(table_branch)
{
    uint32_t base = op->b == NO_REGISTER ? op->imm : R(op->b);
    uint32_t address = base + (R(op->c) << op->d), size = 1u << op->d, entry;

    if (!is_readable(cpu, address, size) || cpu->unaligned_trap) {
        if (!load_slow(cpu, op, address, (uint8_t)size))
            GO(leave_fault, OP_ARGUMENTS);
        entry = cpu->loaded[0];
    } else {
        const uint8_t *host = host_bytes(cpu, address);

        entry = size == 1 ? host[0] : host[0] | (uint32_t)host[1] << 8;
    }
    if (UNLIKELY(cpu->attention || cpu->code_stale)) {
        cpu->slow_value = op->imm + 2 * entry;
        GO(branch_plain, OP_ARGUMENTS);
    }
    BRANCH_PLAIN(op->imm + 2 * entry);
}

bool bind_branch(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;

    op->c = in->rm;
    op->imm = in->imm;
    switch (in->kind) {
    case K_B: op->run = branch; break;
    case K_B_COND: op->run = branch_handlers[in->cond]; break;
    case K_BL:
        op->run = branch_link;
        op->pc = (binding->pc + 4) | 1u;
        break;
    case K_BX: op->run = in->rm == 15 ? branch_exchange_constant : branch_exchange; break;
    case K_BLX:
        op->run = branch_link_exchange;
        op->imm = (binding->pc + 2) | 1u;
        break;
    case K_CBZ: case K_CBNZ:
        op->run = in->kind == K_CBZ ? compare_branch_zero : compare_branch_nonzero;
        op->a = in->rn;
        break;
    case K_MOV_PC: op->run = move_to_pc; break;
    case K_ADD_PC: op->run = add_to_pc; break;
    case K_TABLE_BRANCH:
        op->run = table_branch;
        op->b = in->rn == 15 ? NO_REGISTER : in->rn;
        op->d = in->sub;
        break;
    default: return false;
    }
    return true;
}

/* ---- no instructions ---- */

/* The stub behind a branch whose target was not decoded; pc = target, imm = the branch's index. */
HANDLER(resolve_target)
{
    struct op *block = code_block(cpu, op->pc);

    cpu->trail_at--; /* its head is no block of its own */
    if (UNLIKELY(block == NULL)) {
        cpu->r[15] = op->pc;
        GO(leave_for_target, OP_ARGUMENTS);
    }
    struct op *branch = &cpu->code->ops[op->imm];
    op_aim(branch, block);
    if (branch->run == go_on_unpaid) {
        branch[-1].imm = block->imm;
        branch->run = go_on;
    }
    ENTER(block);
}

/* In the place of a dropped block's first operation; pc = its address. */
HANDLER(decode_anew)
{
    struct op *block = code_block(cpu, op->pc);

    cpu->trail_at--;
    cpu->budget += op[-1].imm; /* the head has paid for what is not there */
    if (UNLIKELY(block == NULL)) {
        cpu->r[15] = op->pc;
        GO(leave_for_target, OP_ARGUMENTS);
    }
    ENTER(block);
}

/* Behind a single instruction: leaves as after it. */
HANDLER(step_exit)
{
    op--;
    cpu->leave = LEAVE_CONTINUE;
    GO(leave_after, OP_ARGUMENTS);
}

/* The same for a branch that was not taken, which went on by way of a head that pays nothing. */
HANDLER(untaken_exit)
{
    op -= 2;
    cpu->leave = LEAVE_CONTINUE;
    GO(leave_after, OP_ARGUMENTS);
}

/* From a block that nothing of is executed: the last one was completed, maybe by a branch to here. */
static HANDLER(leave_unentered)
{
    const struct op *unused = leave_before(OP_ARGUMENTS);

    cpu->trail_at--;
    cpu->left_at = NO_PLACE;
    return unused;
}

HANDLER(stop_here)
{
    cpu->leave = HALT_STOP_POINT;
    GO(leave_unentered, OP_ARGUMENTS);
}

/* An IT block that cannot be run as one: execute() steps while ITSTATE lasts. */
HANDLER(step_here)
{
    cpu->leave = LEAVE_STEP;
    GO(leave_unentered, OP_ARGUMENTS);
}

HANDLER(fetch_fails)
{
    uint32_t pc = op_position(cpu, op)->pc;
    const struct op *unused = leave_before(OP_ARGUMENTS);

    fault_fetch(cpu, pc);
    cpu->leave = HALT_FAULT;
    return unused;
}
