/* execute_sequence.c - short sequences of instructions, that kernels of networks consist of, in one
 * handler.
 *
 * The operation stands in front of the instructions' own and takes their operands from there. What
 * does not go the usual way (memory outside the window) goes on at the instruction's own operation,
 * with everything before it done. Each instruction that a sequence may have is a letter; a sequence
 * is a word, and the longest one that fits is taken.
 */
#include "code_cache.h"
#include "saturation.h"

/* LDR, STR with an offset, in the windows */
#define DO_L(at)                                                              \
    {                                                                         \
        uint32_t address = R((at)->b) + (at)->imm;                            \
        const struct window *window = cpu->windows;                           \
        uint32_t offset = address - window->base;                             \
        if (UNLIKELY(offset >= window->read_span)) {                          \
            window++;                                                         \
            offset = address - window->base;                                  \
            if (offset >= window->read_span)                                  \
                DISPATCH(at);                                                 \
        }                                                                     \
        memcpy(&R((at)->a), window->host + offset, 4);                        \
    }
#define DO_S(at)                                                              \
    {                                                                         \
        uint32_t offset = R((at)->b) + (at)->imm - cpu->windows[0].base;      \
        if (UNLIKELY(offset >= cpu->windows[0].write_span))                   \
            DISPATCH(at);                                                     \
        memcpy(cpu->windows[0].host + offset, &R((at)->a), 4);                \
    }
/* STRB with an offset, STRH with a new base */
#define DO_B(at)                                                              \
    {                                                                         \
        uint32_t offset = R((at)->b) + (at)->imm - cpu->windows[0].base;      \
        if (UNLIKELY(offset >= cpu->windows[0].write_span))                   \
            DISPATCH(at);                                                     \
        cpu->windows[0].host[offset] = (uint8_t)R((at)->a);                   \
    }
#define DO_N(at)                                                              \
    {                                                                         \
        uint32_t offset = R((at)->b) + (at)->imm - cpu->windows[0].base;      \
        uint16_t half = (uint16_t)R((at)->a);                                 \
        if (UNLIKELY(offset >= cpu->windows[0].write_span))                   \
            DISPATCH(at);                                                     \
        memcpy(cpu->windows[0].host + offset, &half, 2);                      \
        R((at)->b) += (at)->imm;                                              \
    }
/* LDRD, then the base moves */
#define DO_D(at)                                                              \
    {                                                                         \
        uint32_t address = R((at)->b), words[2];                              \
        if (UNLIKELY(!is_readable(cpu, address, 8) || IS_ODD(address)))       \
            DISPATCH(at);                                                     \
        memcpy(words, host_bytes(cpu, address), 8);                           \
        R((at)->b) = address + (at)->imm;                                     \
        R((at)->a) = words[0];                                                \
        R((at)->c) = words[1];                                                \
    }
/* SMLAD, SMLATB, SMMULR, SSAT, SXTAB16 */
#define DO_M(at)                                                              \
    R((at)->a) = multiply_dual_q(cpu, R((at)->b), R((at)->c), (int32_t)R((at)->d));
#define DO_T(at)                                                              \
    R((at)->a) =                                                              \
        accumulate_one_q(cpu, top(R((at)->b)) * bottom(R((at)->c)), (int32_t)R((at)->d));
#define DO_R(at)                                                              \
    R((at)->a) = (uint32_t)(((uint64_t)((int64_t)(int32_t)R((at)->b) *        \
                                        (int32_t)R((at)->c)) + 0x80000000u) >> 32);
#define DO_Q(at) \
    R((at)->a) = saturate_word(cpu, (int32_t)(R((at)->b) << (at)->d), (at)->imm);
#define DO_X(at) R((at)->a) = add_lanes(R((at)->b), sxtb16(rotated(R((at)->c), (at)->d)));
/* ADD of a register, as it is and shifted right; shifts left, without and with flags; ASR */
#define DO_P(at) R((at)->a) = R((at)->b) + R((at)->c);
#define DO_A(at) \
    R((at)->a) = R((at)->b) + (uint32_t)((int64_t)(int32_t)R((at)->c) >> (at)->d);
#define DO_W(at) R((at)->a) = R((at)->c) << (at)->d;
#define DO_F(at)                                                              \
    {                                                                         \
        uint32_t from = R((at)->c);                                           \
        cpu->flag_c = from >> (32 - (at)->d) & 1u;                            \
        R((at)->a) = from << (at)->d;                                         \
        set_nz(cpu, R((at)->a));                                              \
    }
#define DO_H(at)                                                              \
    {                                                                         \
        uint32_t by = R((at)->c) & 0xFFu;                                     \
        R((at)->a) = (uint32_t)((int32_t)R((at)->b) >> (by < 32 ? by : 31));  \
    }

static inline uint32_t rotated(uint32_t x, unsigned n)
{
    return x >> n | x << (-n & 31u);
}

#define DO_3(x, y, z, n) DO_##x(op + (n)) DO_##y(op + (n) + 1) DO_##z(op + (n) + 2)
#define SEQUENCE_3(x, y, z) \
    static HANDLER(x##y##z) { DO_3(x, y, z, 1) DISPATCH(op + 4); }
#define SEQUENCE_4(w, x, y, z) \
    static HANDLER(w##x##y##z) { DO_##w(op + 1) DO_3(x, y, z, 2) DISPATCH(op + 5); }
#define SEQUENCE_6(u, v, w, x, y, z)                                                 \
    static HANDLER(u##v##w##x##y##z)                                                 \
    {                                                                                \
        DO_3(u, v, w, 1) DO_3(x, y, z, 4)                                            \
        DISPATCH(op + 7);                                                            \
    }
#define SEQUENCE_7(t, u, v, w, x, y, z)                                              \
    static HANDLER(t##u##v##w##x##y##z)                                              \
    {                                                                                \
        DO_##t(op + 1) DO_3(u, v, w, 2) DO_3(x, y, z, 5)                             \
        DISPATCH(op + 8);                                                            \
    }

#define FOR_EACH_SEQUENCE(THREE, FOUR, SIX, SEVEN)                       \
    SEVEN(D, L, M, T, L, T, M) SEVEN(D, L, M, T, T, W, R)                \
    SEVEN(L, L, L, L, X, X, M) SEVEN(L, S, M, T, L, T, M)                \
    SEVEN(A, Q, P, B, H, L, Q)                                           \
    SIX(W, R, A, P, H, Q) SIX(F, R, A, P, H, Q)                          \
    SIX(A, M, P, F, H, R) SIX(D, L, L, M, L, T)                          \
    FOUR(L, X, N, X) FOUR(D, L, M, T) FOUR(A, Q, P, B)                   \
    THREE(L, M, T) THREE(L, T, M) THREE(D, M, T) THREE(M, X, X)

FOR_EACH_SEQUENCE(SEQUENCE_3, SEQUENCE_4, SEQUENCE_6, SEQUENCE_7)

/* A requantisation (WRAPHQ, FRAPHQ) that works on one register stays in a register of the host. */
static inline uint32_t requantised(struct cpu *cpu, const struct op *shift)
{
    uint32_t x = R(shift->a) << shift->d, by = R(shift[4].c) & 0xFFu;

    x = (uint32_t)(((uint64_t)((int64_t)(int32_t)x * (int32_t)R(shift[1].c)) + 0x80000000u) >> 32);
    x += (uint32_t)((int64_t)(int32_t)x >> shift[2].d);
    x += R(shift[3].c);
    x = (uint32_t)((int32_t)x >> (by < 32 ? by : 31));
    return saturate_word(cpu, (int32_t)(x << shift[5].d), shift[5].imm);
}

static HANDLER(requantise)
{
    R(op[1].a) = requantised(cpu, op + 1);
    DISPATCH(op + 7);
}

static HANDLER(requantise_with_flags)
{
    uint32_t from = R(op[1].a);

    cpu->flag_c = from >> (32 - op[1].d) & 1u;
    set_nz(cpu, from << op[1].d);
    R(op[1].a) = requantised(cpu, op + 1);
    DISPATCH(op + 7);
}

struct sequence {
    op_handler *run;
    const char *word;
};

#define ROW_3(x, y, z) {x##y##z, #x #y #z},
#define ROW_4(w, x, y, z) {w##x##y##z, #w #x #y #z},
#define ROW_6(u, v, w, x, y, z) {u##v##w##x##y##z, #u #v #w #x #y #z},
#define ROW_7(t, u, v, w, x, y, z) {t##u##v##w##x##y##z, #t #u #v #w #x #y #z},

enum { SHORTEST = 3 };

/* By falling length. */
static const struct sequence sequences[] = {FOR_EACH_SEQUENCE(ROW_3, ROW_4, ROW_6, ROW_7)};

/* ---- recognition ---- */

static char letter_of_memory(const struct instruction *in)
{
    bool plain = in->mode == MODE_OFFSET && in->rm == NO_REGISTER && in->rd != 13 &&
                 in->rd != 15;

    switch (in->kind) {
    case K_LOAD: return plain && in->sub == WIDTH_WORD ? 'L' : 0;
    case K_LOAD_DUAL:
        return in->mode == MODE_POST && in->rn != 13 ? 'D' : 0;
    case K_STORE:
        if (plain && in->sub == WIDTH_WORD)
            return 'S';
        if (plain && in->sub == WIDTH_BYTE)
            return 'B';
        return in->mode == MODE_PRE && in->rm == NO_REGISTER && in->sub == WIDTH_HALF &&
                       in->rd < 13 && in->rn != 13 ? 'N' : 0;
    default: return 0;
    }
}

static char letter_of_arithmetic(const struct instruction *in, bool flags)
{
    bool left = in->form == FORM_SHIFTED && in->shift_type == SHIFT_LSL;

    if (in->rd == 13)
        return 0;
    switch (in->kind) {
    case K_SMUAD: return in->ra != NO_REGISTER && in->sub == 0 ? 'M' : 0;
    case K_SMUL_HALVES: return in->ra != NO_REGISTER && in->sub == 2 ? 'T' : 0;
    case K_SMMUL: return in->ra == NO_REGISTER && in->sub == 1 ? 'R' : 0;
    case K_SSAT: return in->shift_type != SHIFT_ASR ? 'Q' : 0;
    case K_EXTEND: return in->sub == EXTEND_SXTB16 && in->rn != NO_REGISTER ? 'X' : 0;
    case K_ADD:
        if (flags || in->form == FORM_IMMEDIATE)
            return 0;
        if (in->form == FORM_REGISTER)
            return 'P';
        return in->shift_type == SHIFT_ASR ? 'A' : 0;
    case K_MOV: return !left ? 0 : flags ? 'F' : 'W';
    case K_SHIFT_REGISTER: return !flags && in->shift_type == SHIFT_ASR ? 'H' : 0;
    default: return 0;
    }
}

/* 0: none that a sequence may have. */
static char letter(const struct entry *entry)
{
    const struct instruction *in = &entry->instruction;

    if (entry->condition != 14)
        return 0;
    if (in->kind == K_LOAD || in->kind == K_LOAD_DUAL || in->kind == K_STORE)
        return letter_of_memory(in);
    return letter_of_arithmetic(in, in->set_flags && !entry->flags_dead);
}

static const struct sequence *find(const struct entry *entries, unsigned count)
{
    char word[8] = "";
    unsigned i;

    for (i = 0; i < count && i + 1 < sizeof word; i++) {
        word[i] = letter(&entries[i]);
        if (word[i] == 0)
            break;
    }
    if (i < SHORTEST)
        return NULL;
    for (i = 0; i < sizeof sequences / sizeof *sequences; i++)
        if (strncmp(word, sequences[i].word, strlen(sequences[i].word)) == 0)
            return &sequences[i];
    return NULL;
}

unsigned sequence_length(const struct entry *entries, unsigned count)
{
    const struct sequence *sequence = find(entries, count);

    return sequence == NULL ? 0 : (unsigned)strlen(sequence->word);
}

/* Whether all six work on one register, and take nothing else from it. */
static bool is_one_register(const struct entry *entries)
{
    uint8_t x = entries[0].instruction.rd;
    unsigned i;

    for (i = 0; i < 6; i++) {
        const struct instruction *in = &entries[i].instruction;
        bool second = i == 0 || i == 2; /* x is Rm (too) */

        if (in->rd != x || (i != 0 && in->rn != x) || (i != 5 && (in->rm == x) != second))
            return false;
    }
    return true;
}

void bind_sequence(struct op *op, const struct entry *entries, unsigned count)
{
    op->run = find(entries, count)->run;
    if (op->run == WRAPHQ && is_one_register(entries))
        op->run = requantise;
    if (op->run == FRAPHQ && is_one_register(entries))
        op->run = requantise_with_flags;
}
