/* execute_memory.c - loads and stores of one register or two, exclusive accesses.
 *
 * Operands: a = Rt, b = Rn, c = Rm or Rt2, d = shift of Rm or Rd of STREX, imm = offset.
 * The address goes to the careful path in slow_value. Writeback comes after the access, so that a
 * fault leaves the registers alone.
 */
#include "code_cache.h"

/* Widths: C type, bytes, and the value as the register gets it. */
#define TYPE_word uint32_t
#define TYPE_half uint16_t
#define TYPE_byte uint8_t
#define TYPE_signed_half int16_t
#define TYPE_signed_byte int8_t
#define FOR_EACH_WIDTH(X, ...) \
    X(word, __VA_ARGS__) X(half, __VA_ARGS__) X(byte, __VA_ARGS__)
#define FOR_EACH_LOAD_WIDTH(X, ...) \
    FOR_EACH_WIDTH(X, __VA_ARGS__) X(signed_half, __VA_ARGS__) X(signed_byte, __VA_ARGS__)

#define EXTENDED(width, value) ((uint32_t)(int32_t)(TYPE_##width)(value))

#define ADDRESS_offset (R(op->b) + op->imm)
#define ADDRESS_register (R(op->b) + R(op->c))
#define ADDRESS_shifted (R(op->b) + (R(op->c) << op->d))
#define ADDRESS_pre (R(op->b) + op->imm)
#define ADDRESS_post (R(op->b))
#define ADDRESS_absolute (op->imm)

#define WRITEBACK_offset
#define WRITEBACK_register
#define WRITEBACK_shifted
#define WRITEBACK_absolute
#define WRITEBACK_pre R(op->b) += op->imm;
#define WRITEBACK_post R(op->b) += op->imm;

/* Three handlers a load: by the window of the RAM, by that of the read-only memory, by granule. An
 * operation begins with the first and changes its own handler when that does not fit: what one
 * instruction accesses is nearly always in the same memory. */
#define DEFINE_LOAD(width, form)                                                           \
    static HANDLER(load_##width##_##form##_slow)                                           \
    {                                                                                      \
        if (!load_slow(cpu, op, cpu->slow_value, sizeof(TYPE_##width)))                    \
            GO(leave_fault, OP_ARGUMENTS);                                                 \
        WRITEBACK_##form                                                                   \
        R(op->a) = EXTENDED(width, cpu->loaded[0]);                                        \
        GO(after_access, OP_ARGUMENTS);                                                    \
    }                                                                                      \
    static HANDLER(load_##width##_##form)                                                  \
    {                                                                                      \
        uint32_t address = ADDRESS_##form;                                                 \
        TYPE_##width value;                                                                \
        if (UNLIKELY(!is_readable(cpu, address, sizeof value))) {                          \
            cpu->slow_value = address;                                                     \
            GO(load_##width##_##form##_slow, OP_ARGUMENTS);                                \
        }                                                                                  \
        memcpy(&value, host_bytes(cpu, address), sizeof value);                            \
        WRITEBACK_##form                                                                   \
        R(op->a) = (uint32_t)(int32_t)value;                                               \
        NEXT;                                                                              \
    }                                                                                      \
    static HANDLER(load_##width##_##form##_by_1)                                           \
    {                                                                                      \
        uint32_t offset = ADDRESS_##form - cpu->windows[1].base;                           \
        TYPE_##width value;                                                                \
        if (UNLIKELY(offset >= cpu->windows[1].read_span)) {                               \
            change_handler(op, load_##width##_##form);                                     \
            GO(load_##width##_##form, OP_ARGUMENTS);                                       \
        }                                                                                  \
        memcpy(&value, cpu->windows[1].host + offset, sizeof value);                       \
        WRITEBACK_##form                                                                   \
        R(op->a) = (uint32_t)(int32_t)value;                                               \
        NEXT;                                                                              \
    }                                                                                      \
    static HANDLER(load_##width##_##form##_by_0)                                           \
    {                                                                                      \
        uint32_t offset = ADDRESS_##form - cpu->windows[0].base;                           \
        TYPE_##width value;                                                                \
        if (UNLIKELY(offset >= cpu->windows[0].read_span)) {                               \
            change_handler(op, load_##width##_##form##_by_1);                              \
            GO(load_##width##_##form##_by_1, OP_ARGUMENTS);                                \
        }                                                                                  \
        memcpy(&value, cpu->windows[0].host + offset, sizeof value);                       \
        WRITEBACK_##form                                                                   \
        R(op->a) = (uint32_t)(int32_t)value;                                               \
        NEXT;                                                                              \
    }

#define DEFINE_STORE(width, form)                                                          \
    static HANDLER(store_##width##_##form##_slow)                                          \
    {                                                                                      \
        TYPE_##width value = (TYPE_##width)R(op->a);                                       \
        if (!store_slow(cpu, op, cpu->slow_value, sizeof value, value))                    \
            GO(leave_fault, OP_ARGUMENTS);                                                 \
        WRITEBACK_##form                                                                   \
        GO(after_access, OP_ARGUMENTS);                                                    \
    }                                                                                      \
    static HANDLER(store_##width##_##form)                                                 \
    {                                                                                      \
        uint32_t address = ADDRESS_##form;                                                 \
        TYPE_##width value = (TYPE_##width)R(op->a);                                       \
        if (UNLIKELY(!is_writable(cpu, address, sizeof value))) {                          \
            cpu->slow_value = address;                                                     \
            GO(store_##width##_##form##_slow, OP_ARGUMENTS);                               \
        }                                                                                  \
        memcpy(host_bytes(cpu, address), &value, sizeof value);                            \
        WRITEBACK_##form                                                                   \
        NEXT;                                                                              \
    }                                                                                      \
    static HANDLER(store_##width##_##form##_by_0)                                          \
    {                                                                                      \
        uint32_t offset = ADDRESS_##form - cpu->windows[0].base;                           \
        TYPE_##width value = (TYPE_##width)R(op->a);                                       \
        if (UNLIKELY(offset >= cpu->windows[0].write_span)) {                              \
            change_handler(op, store_##width##_##form);                                    \
            GO(store_##width##_##form, OP_ARGUMENTS);                                      \
        }                                                                                  \
        memcpy(cpu->windows[0].host + offset, &value, sizeof value);                       \
        WRITEBACK_##form                                                                   \
        NEXT;                                                                              \
    }

static inline void change_handler(const struct op *op, op_handler *handler)
{
    ((struct op *)(uintptr_t)op)->run = handler; /* operations live in code_cache.ops */
}

FOR_EACH_LOAD_WIDTH(DEFINE_LOAD, offset)
FOR_EACH_LOAD_WIDTH(DEFINE_LOAD, register)
FOR_EACH_LOAD_WIDTH(DEFINE_LOAD, shifted)
FOR_EACH_LOAD_WIDTH(DEFINE_LOAD, pre)
FOR_EACH_LOAD_WIDTH(DEFINE_LOAD, post)
FOR_EACH_LOAD_WIDTH(DEFINE_LOAD, absolute)
FOR_EACH_WIDTH(DEFINE_STORE, offset)
FOR_EACH_WIDTH(DEFINE_STORE, register)
FOR_EACH_WIDTH(DEFINE_STORE, shifted)
FOR_EACH_WIDTH(DEFINE_STORE, pre)
FOR_EACH_WIDTH(DEFINE_STORE, post)

#define LOAD_ROW(form)                                                                      \
    {load_word_##form##_by_0, load_half_##form##_by_0, load_byte_##form##_by_0,             \
     load_signed_half_##form##_by_0, load_signed_byte_##form##_by_0}
#define STORE_ROW(form) \
    {store_word_##form##_by_0, store_half_##form##_by_0, store_byte_##form##_by_0, NULL, NULL}

enum { ROW_OFFSET, ROW_PRE, ROW_POST, ROW_REGISTER, ROW_SHIFTED, ROW_ABSOLUTE };

static op_handler *const load_handlers[6][5] = {LOAD_ROW(offset),   LOAD_ROW(pre),
                                                LOAD_ROW(post),     LOAD_ROW(register),
                                                LOAD_ROW(shifted),  LOAD_ROW(absolute)};
static op_handler *const store_handlers[5][5] = {STORE_ROW(offset), STORE_ROW(pre),
                                                 STORE_ROW(post), STORE_ROW(register),
                                                 STORE_ROW(shifted)};

static const uint8_t width_bytes[5] = {4, 2, 1, 2, 1};

/* ---- the rare ones: SP or PC as destination, SP as base with writeback, UNALIGN_TRP ---- */

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

static inline uint32_t extended(uint32_t value, unsigned width)
{
    switch (width) {
    case WIDTH_SIGNED_HALF: return EXTENDED(signed_half, value);
    case WIDTH_SIGNED_BYTE: return EXTENDED(signed_byte, value);
    default: return value;
    }
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

/* ---- two registers: word-aligned, always ---- */

static HANDLER(load_dual_slow)
{
    uint32_t base = op->b == NO_REGISTER ? 0 : R(op->b);
    uint32_t address = cpu->slow_value;

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, false);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!load_words_slow(cpu, op, address, 2))
        GO(leave_fault, OP_ARGUMENTS);
    if (op->d != MODE_OFFSET) {
        if (op->b == 13)
            SET_SP(base + op->imm);
        else
            R(op->b) = base + op->imm;
    }
    R(op->a) = cpu->loaded[0];
    R(op->c) = cpu->loaded[1];
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(store_dual_slow)
{
    uint32_t base = R(op->b), address = cpu->slow_value;

    if (address & 3u) {
        fault_unaligned(cpu, address, 4, true);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (op->d != MODE_OFFSET && op->b == 13 && base + op->imm < cpu->sp_floor &&
        !sp_fell(cpu, op, base + op->imm))
        GO(leave_fault, OP_ARGUMENTS);
    if (!store_slow(cpu, op, address, 4, R(op->a)) ||
        !store_slow(cpu, op, address + 4, 4, R(op->c)))
        GO(leave_fault, OP_ARGUMENTS);
    if (op->d != MODE_OFFSET)
        R(op->b) = base + op->imm;
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(load_dual)
{
    uint32_t address = R(op->b) + op->imm;

    if (UNLIKELY(!is_readable(cpu, address, 8) || IS_ODD(address))) {
        cpu->slow_value = address;
        GO(load_dual_slow, OP_ARGUMENTS);
    }
    uint32_t words[2];
    memcpy(words, host_bytes(cpu, address), 8);
    R(op->a) = words[0];
    R(op->c) = words[1];
    NEXT;
}

static HANDLER(store_dual)
{
    uint32_t address = R(op->b) + op->imm;

    if (UNLIKELY(!is_writable(cpu, address, 8) || IS_ODD(address))) {
        cpu->slow_value = address;
        GO(store_dual_slow, OP_ARGUMENTS);
    }
    uint32_t words[2] = {R(op->a), R(op->c)};
    memcpy(host_bytes(cpu, address), words, 8);
    NEXT;
}

#define DUAL_ADDRESS (op->d == MODE_POST ? R(op->b) : R(op->b) + op->imm)

static HANDLER(load_dual_writeback)
{
    uint32_t address = DUAL_ADDRESS;

    if (UNLIKELY(!is_readable(cpu, address, 8) || IS_ODD(address) || op->b == 13)) {
        cpu->slow_value = address;
        GO(load_dual_slow, OP_ARGUMENTS);
    }
    uint32_t words[2];
    memcpy(words, host_bytes(cpu, address), 8);
    R(op->b) += op->imm;
    R(op->a) = words[0];
    R(op->c) = words[1];
    NEXT;
}

static HANDLER(store_dual_writeback)
{
    uint32_t address = DUAL_ADDRESS;

    if (UNLIKELY(!is_writable(cpu, address, 8) || IS_ODD(address) || op->b == 13)) {
        cpu->slow_value = address;
        GO(store_dual_slow, OP_ARGUMENTS);
    }
    uint32_t words[2] = {R(op->a), R(op->c)};
    memcpy(host_bytes(cpu, address), words, 8);
    R(op->b) += op->imm;
    NEXT;
}

static HANDLER(load_dual_literal)
{
    cpu->slow_value = op->imm;
    GO(load_dual_slow, OP_ARGUMENTS);
}

/* ---- exclusive: one core, so the monitor is one bit ---- */

static HANDLER(load_exclusive)
{
    uint32_t address = R(op->b) + op->imm;
    uint8_t bytes = op->c;

    if (address & (bytes - 1u)) {
        fault_unaligned(cpu, address, bytes, false);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!load_slow(cpu, op, address, bytes))
        GO(leave_fault, OP_ARGUMENTS);
    cpu->exclusive_monitor = true;
    R(op->a) = cpu->loaded[0];
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(store_exclusive)
{
    uint32_t address = R(op->b) + op->imm;
    uint8_t bytes = op->c;

    if (address & (bytes - 1u)) {
        fault_unaligned(cpu, address, bytes, true);
        GO(leave_fault, OP_ARGUMENTS);
    }
    if (!cpu->exclusive_monitor) {
        R(op->d) = 1;
        NEXT;
    }
    if (!store_slow(cpu, op, address, bytes,
                    bytes == 4 ? R(op->a) : R(op->a) & ((1u << (8 * bytes)) - 1u)))
        GO(leave_fault, OP_ARGUMENTS);
    cpu->exclusive_monitor = false;
    R(op->d) = 0;
    GO(after_access, OP_ARGUMENTS);
}

static HANDLER(clear_exclusive)
{
    cpu->exclusive_monitor = false;
    NEXT;
}

/* ---- binding ---- */

static HANDLER(load_constant)
{
    R(op->a) = op->imm;
    NEXT;
}

/* A literal in read-only memory is a constant until that memory is programmed anew. */
static bool fold_literal(struct op *op, const struct binding *binding, uint8_t bytes)
{
    const struct instruction *in = binding->instruction;
    uint32_t value;

    if ((binding->cpu->unaligned_trap && (in->imm & (bytes - 1u))) ||
        !memory_constant(binding->cpu, in->imm, bytes, &value))
        return false;
    op->run = load_constant;
    op->imm = extended(value, in->sub);
    return true;
}

static bool bind_single(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    bool load = in->kind != K_STORE, literal = in->kind == K_LOAD_LITERAL;
    bool rare = (load && (in->rd == 13 || in->rd == 15)) || binding->cpu->unaligned_trap ||
                (in->rn == 13 && in->mode != MODE_OFFSET);
    unsigned row = in->mode;

    op->a = in->rd;
    op->b = in->rn;
    op->c = in->rm;
    op->d = in->amount;
    op->imm = in->imm;
    if (in->mode == MODE_UNPRIVILEGED) {
        op->d = in->sub;
        op->run = load ? load_unprivileged : store_unprivileged;
        return true;
    }
    if (rare) {
        op->d = (uint8_t)(in->mode << 6 | in->sub << 3 | in->amount);
        op->run = load ? load_rare : store_rare;
        return true;
    }
    if (literal && fold_literal(op, binding, width_bytes[in->sub]))
        return true;
    if (literal)
        row = ROW_ABSOLUTE;
    else if (in->rm != NO_REGISTER)
        row = in->amount != 0 ? ROW_SHIFTED : ROW_REGISTER;
    op->run = (load ? load_handlers : store_handlers)[row][in->sub];
    return op->run != NULL;
}

static bool bind_dual(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;
    bool load = in->kind == K_LOAD_DUAL;

    op->a = in->rd;
    op->b = in->rn;
    op->c = in->ra;
    op->d = in->mode;
    op->imm = in->imm;
    if (in->kind == K_LOAD_DUAL_LITERAL) {
        op->d = MODE_OFFSET;
        op->run = load_dual_literal;
    } else if (in->mode == MODE_OFFSET)
        op->run = load ? load_dual : store_dual;
    else
        op->run = load ? load_dual_writeback : store_dual_writeback;
    return true;
}

bool bind_memory(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;

    switch (in->kind) {
    case K_LOAD: case K_STORE: case K_LOAD_LITERAL:
        return bind_single(op, binding);
    case K_LOAD_DUAL: case K_STORE_DUAL: case K_LOAD_DUAL_LITERAL:
        return bind_dual(op, binding);
    case K_LOAD_EXCLUSIVE: case K_STORE_EXCLUSIVE:
        op->a = in->rd;
        op->b = in->rn;
        op->c = width_bytes[in->sub];
        op->d = in->ra;
        op->imm = in->imm;
        op->run = in->kind == K_LOAD_EXCLUSIVE ? load_exclusive : store_exclusive;
        return true;
    case K_CLREX:
        op->run = clear_exclusive;
        return true;
    default:
        return false;
    }
}
