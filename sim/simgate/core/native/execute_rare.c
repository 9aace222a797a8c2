/* execute_rare.c - loads and stores of one register that take the careful path always: SP or PC as
 * destination, SP as a base with writeback, all of them under UNALIGN_TRP; and LDRT, STRT.
 *
 * Operands as in execute_memory.c, but d.
 */
#include "code_cache.h"
#include "memory_width.h"

/* One word, by whichever path, to cpu->loaded. */
static bool load_word(struct cpu *cpu, const struct op *op, uint32_t address)
{
    if (cpu->unaligned_trap || !is_readable(cpu, address, 4))
        return load_slow(cpu, op, address, 4);
    memcpy(&cpu->loaded[0], host_bytes(cpu, address), 4);
    return true;
}

static bool store_word(struct cpu *cpu, const struct op *op, uint32_t address, uint32_t value)
{
    if (cpu->unaligned_trap || !is_writable(cpu, address, 4))
        return store_slow(cpu, op, address, 4, value);
    memcpy(host_bytes(cpu, address), &value, 4);
    return true;
}

/* d: bits 7..6 the mode, 5..3 the width, 2..0 the shift; a, b, c, imm as above, b and c may be
 * NO_REGISTER. */
static inline uint32_t rare_offset(const struct cpu *cpu, const struct op *op)
{
    return op->c == NO_REGISTER ? op->imm : R(op->c) << (op->d & 7u);
}

static inline uint32_t rare_base(const struct cpu *cpu, const struct op *op)
{
    uint32_t start = op->b == NO_REGISTER ? 0 : R(op->b);

    return op->d >> 6 == MODE_OFFSET ? start : start + rare_offset(cpu, op);
}

static inline uint32_t rare_address(const struct cpu *cpu, const struct op *op)
{
    uint32_t start = op->b == NO_REGISTER ? 0 : R(op->b);

    return op->d >> 6 == MODE_POST ? start : start + rare_offset(cpu, op);
}

/* Writes the base back, when it has to be. false: the stack overflowed. */
static bool write_base(struct cpu *cpu, const struct op *op, uint32_t base)
{
    if (op->d >> 6 == MODE_OFFSET)
        return true;
    if (op->b == 13 && base < cpu->sp_floor && !sp_fell(cpu, op, base))
        return false;
    R(op->b) = base;
    return true;
}

static HANDLER(load_rare)
{
    uint32_t base = rare_base(cpu, op), address = rare_address(cpu, op), value;
    unsigned width = op->d >> 3 & 7u;

    if (width == WIDTH_WORD && (op->a == 15 || op->a == 13)) {
        if (!load_word(cpu, op, address))
            GO(leave_fault, OP_ARGUMENTS);
        value = cpu->loaded[0];
        if (!write_base(cpu, op, base))
            GO(leave_fault, OP_ARGUMENTS);
        if (op->a == 15) {
            if (cpu->attention || cpu->code_stale) {
                cpu->slow_value = value;
                GO(branch_slow, OP_ARGUMENTS);
            }
            BRANCH_EXCHANGE(value);
        }
        SET_SP(value);
        GO(after_access, OP_ARGUMENTS);
    }
    if (!load_slow(cpu, op, address, width_bytes[width]) || !write_base(cpu, op, base))
        GO(leave_fault, OP_ARGUMENTS);
    R(op->a) = extended(cpu->loaded[0], width);
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(store_rare)
{
    uint32_t base = rare_base(cpu, op), address = rare_address(cpu, op), value = R(op->a);
    unsigned width = op->d >> 3 & 7u;

    /* A push below the limit must not write first. */
    if (op->b == 13 && op->d >> 6 != MODE_OFFSET && base < cpu->sp_floor && !sp_fell(cpu, op, base))
        GO(leave_fault, OP_ARGUMENTS);
    if (width == WIDTH_WORD) {
        if (!store_word(cpu, op, address, value))
            GO(leave_fault, OP_ARGUMENTS);
    } else if (!store_slow(cpu, op, address, width_bytes[width],
                           width == WIDTH_HALF ? (uint16_t)value : (uint8_t)value))
        GO(leave_fault, OP_ARGUMENTS);
    write_base(cpu, op, base);
    GO(after_access, OP_ARGUMENTS);
}

/* ---- LDRT, STRT and the like: as unprivileged code would access; d = width ---- */

static HANDLER(load_unprivileged)
{
    expose(cpu, op);
    if (!memory_load_as(cpu, cpu->memory_view & (uint8_t)~VIEW_PRIVILEGED, R(op->b) + op->imm,
                        width_bytes[op->d], &cpu->loaded[0]))
        GO(leave_fault, OP_ARGUMENTS);
    R(op->a) = extended(cpu->loaded[0], op->d);
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(store_unprivileged)
{
    uint8_t bytes = width_bytes[op->d];

    expose(cpu, op);
    if (!memory_store_as(cpu, cpu->memory_view & (uint8_t)~VIEW_PRIVILEGED, R(op->b) + op->imm,
                         bytes, R(op->a) & (UINT32_MAX >> (32 - 8 * bytes))))
        GO(leave_fault, OP_ARGUMENTS);
    GO(after_access, OP_ARGUMENTS);
}

bool bind_rare(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    bool load = in->kind != K_STORE;

    if (in->mode == MODE_UNPRIVILEGED) {
        op->d = in->sub;
        op->run = load ? load_unprivileged : store_unprivileged;
    } else {
        op->d = (uint8_t)(in->mode << 6 | in->sub << 3 | in->amount);
        op->run = load ? load_rare : store_rare;
    }
    return true;
}
