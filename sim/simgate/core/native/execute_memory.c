/* execute_memory.c - loads and stores of one register.
 *
 * Operands: a = Rt, b = Rn, c = Rm, d = shift of Rm, imm = offset.
 * The address goes to the careful path in slow_value. Writeback comes after the access, so that a
 * fault leaves the registers alone.
 */
#include "code_cache.h"
#include "memory_width.h"

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
    if (rare || in->mode == MODE_UNPRIVILEGED)
        return bind_rare(op, binding);
    if (literal && fold_literal(op, binding, width_bytes[in->sub]))
        return true;
    if (literal)
        row = ROW_ABSOLUTE;
    else if (in->rm != NO_REGISTER)
        row = in->amount != 0 ? ROW_SHIFTED : ROW_REGISTER;
    op->run = (load ? load_handlers : store_handlers)[row][in->sub];
    return op->run != NULL;
}

bool bind_memory(struct op *op, const struct binding *binding)
{
    switch (binding->instruction->kind) {
    case K_LOAD: case K_STORE: case K_LOAD_LITERAL:
        return bind_single(op, binding);
    case K_LOAD_DUAL: case K_STORE_DUAL: case K_LOAD_DUAL_LITERAL:
        return bind_dual(op, binding);
    default:
        return bind_exclusive(op, binding);
    }
}
