/* execute_tile.c - the inner step of a matrix product on pairs of 16-bit lanes, several instructions
 * at once.
 *
 * Kernels for networks of 8-bit weights multiply two rows of weights by three columns like this:
 *
 *     LDRD w0, w1, [weights], #8      LDM columns!, {c0, c1, c2}
 *     SXTB16 t, w0                    SMLAD sum, c0, t, sum; c1; c2     (three sums)
 *     SXTB16 t, w1                    SMLAD ...                         (three others)
 *     LDM columns!, {c0, c1, c2}
 *     SXTB16 w0, w0, ROR #8           SMLAD ...                         (the first three)
 *     SXTB16 w1, w1, ROR #8           SMLAD ...                         (the others)
 *
 * Where that is found, once or several times in a row, an operation in front of it does all of it in
 * vector registers, and goes on behind it. It does so only where nothing can go wrong (memory that
 * is plain and aligned, sums that cannot overflow, so that Q stays); else it does nothing, and the
 * instructions' own operations follow.
 *
 * Two operations hold the operands: a, b = base registers of weights and columns, c, d = first
 * register of the sums, imm = steps; then a = c0, b = t, c = w0, d = w1.
 */
#include "code_cache.h"

#if defined(__SSE2__)

#include <emmintrin.h>

enum {
    STEP = 19,        /* instructions */
    STEPS_LIMIT = 8,
    WEIGHT_BYTES = 8, /* that a step consumes */
    COLUMN_BYTES = 24,
    OPERANDS = 2,
};

/* A sum of two products of a byte and a halfword is at most 2^23; a step adds two to each sum. */
#define SUM_LIMIT (INT32_MAX - (STEPS_LIMIT << 24))

/* Host bytes of `size` bytes at `address`, 4-aligned, in one memory; NULL: use another way. */
static inline const uint8_t *readable_bytes(const struct cpu *cpu, uint32_t address, uint32_t size)
{
    uint32_t offset = address & (GRANULE_SIZE - 1);
    const struct granule *granule = &cpu->granules[address >> GRANULE_BITS];

    if (UNLIKELY(IS_ODD(address)))
        return NULL;
    if (LIKELY(offset + size <= granule->read_size))
        return granule->host + offset;
    uint32_t end = address + size;
    const struct granule *next = &cpu->granules[end >> GRANULE_BITS];
    if (end > address && granule->read_size == GRANULE_SIZE && next == granule + 1 &&
        next->host == granule->host + GRANULE_SIZE && (end & (GRANULE_SIZE - 1)) <= next->read_size)
        return granule->host + offset;
    return NULL;
}

static inline __m128i load_sums(const uint32_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

static inline void store_three(uint32_t *to, __m128i words)
{
    _mm_storel_epi64((__m128i *)(void *)to, words);
    to[2] = (uint32_t)_mm_cvtsi128_si32(_mm_shuffle_epi32(words, 2));
}

/* Whether one of the first three of each is so large that sums might overflow. */
static inline bool are_large(__m128i x, __m128i y)
{
    const __m128i highest = _mm_set1_epi32(SUM_LIMIT), lowest = _mm_set1_epi32(-SUM_LIMIT);
    __m128i high = _mm_or_si128(_mm_cmpgt_epi32(x, highest), _mm_cmpgt_epi32(y, highest));
    __m128i low = _mm_or_si128(_mm_cmplt_epi32(x, lowest), _mm_cmplt_epi32(y, lowest));

    return (_mm_movemask_ps(_mm_castsi128_ps(_mm_or_si128(high, low))) & 7) != 0;
}

static HANDLER(tile)
{
    uint32_t steps = op->imm, weights_at = R(op->a), columns_at = R(op->b);
    const uint8_t *weights = readable_bytes(cpu, weights_at, WEIGHT_BYTES * steps);
    /* four bytes more: the last load takes four words */
    const uint8_t *columns = readable_bytes(cpu, columns_at, COLUMN_BYTES * steps + 4);

    if (UNLIKELY(weights == NULL || columns == NULL))
        DISPATCH(op + OPERANDS);
    __m128i first = load_sums(&R(op->c)), second = load_sums(&R(op->d));
    __m128i even, odd, column;
    const uint8_t *end = weights + WEIGHT_BYTES * steps;

    if (UNLIKELY(are_large(first, second)))
        DISPATCH(op + OPERANDS);
    do {
        __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)weights);

        even = _mm_srai_epi16(_mm_slli_epi16(bytes, 8), 8);
        odd = _mm_srai_epi16(bytes, 8);
        column = _mm_loadu_si128((const __m128i *)(const void *)columns);
        first = _mm_add_epi32(first, _mm_madd_epi16(column, _mm_shuffle_epi32(even, 0)));
        second = _mm_add_epi32(second, _mm_madd_epi16(column, _mm_shuffle_epi32(even, 0x55)));
        column = _mm_loadu_si128((const __m128i *)(const void *)(columns + COLUMN_BYTES / 2));
        first = _mm_add_epi32(first, _mm_madd_epi16(column, _mm_shuffle_epi32(odd, 0)));
        second = _mm_add_epi32(second, _mm_madd_epi16(column, _mm_shuffle_epi32(odd, 0x55)));
        weights += WEIGHT_BYTES;
        columns += COLUMN_BYTES;
    } while (weights != end);
    store_three(&R(op->c), first);
    store_three(&R(op->d), second);
    R(op->a) = weights_at + WEIGHT_BYTES * steps;
    R(op->b) = columns_at + COLUMN_BYTES * steps;
    op++;
    store_three(&R(op->a), column);
    even = _mm_shuffle_epi32(even, 1);
    R(op->b) = (uint32_t)_mm_cvtsi128_si32(even);
    R(op->c) = (uint32_t)_mm_cvtsi128_si32(odd);
    R(op->d) = (uint32_t)_mm_cvtsi128_si32(_mm_shuffle_epi32(odd, 1));
    DISPATCH(op + (OPERANDS - 1) + STEP * steps);
}

/* ---- recognition ---- */

struct registers {
    uint8_t weights, columns, first, second, column, wide, word_0, word_1;
};

static bool is_plain(const struct entry *entry, enum kind kind)
{
    return entry->condition == 14 && entry->instruction.kind == kind;
}

static bool widens(const struct entry *entry, uint8_t rd, uint8_t rm, uint8_t rotation)
{
    const struct instruction *in = &entry->instruction;

    return is_plain(entry, K_EXTEND) && in->sub == EXTEND_SXTB16 && in->rn == NO_REGISTER &&
           in->rd == rd && in->rm == rm && in->amount == rotation;
}

static bool accumulates_three(const struct entry *entry, uint8_t sum, uint8_t column, uint8_t by)
{
    uint8_t i;

    for (i = 0; i < 3; i++) {
        const struct instruction *in = &entry[i].instruction;

        if (!is_plain(&entry[i], K_SMUAD) || in->sub != 0 || in->rd != sum + i ||
            in->ra != sum + i || in->rn != column + i || in->rm != by)
            return false;
    }
    return true;
}

static bool loads_columns(const struct entry *entry, const struct registers *use)
{
    const struct instruction *in = &entry->instruction;

    return is_plain(entry, K_LOAD_MULTIPLE) && in->sub == 0 && in->writeback &&
           in->rn == use->columns && in->imm == 7u << use->column;
}

/* Fourteen registers, none of them SP or PC, each in one role. */
static bool are_distinct(const struct registers *use)
{
    const uint32_t single[5] = {use->weights, use->columns, use->wide, use->word_0, use->word_1};
    const uint32_t triple[3] = {use->first, use->second, use->column};
    uint32_t used = 1u << 13 | 1u << 15;
    unsigned i;

    for (i = 0; i < 5; i++) {
        if (used >> single[i] & 1u)
            return false;
        used |= 1u << single[i];
    }
    for (i = 0; i < 3; i++) {
        if (triple[i] > 12 || (used & 7u << triple[i]))
            return false;
        used |= 7u << triple[i];
    }
    return true;
}

/* Whether a step begins at `entry`; the registers that it uses. */
static bool is_step(const struct entry *entry, unsigned count, struct registers *use)
{
    const struct instruction *in = &entry->instruction;

    if (count < STEP || !is_plain(entry, K_LOAD_DUAL) || in->mode != MODE_POST ||
        in->imm != WEIGHT_BYTES || !is_plain(entry + 1, K_LOAD_MULTIPLE) ||
        in[0].rd > 15 || entry[1].instruction.imm == 0)
        return false;
    *use = (struct registers){
        .weights = in->rn, .columns = entry[1].instruction.rn,
        .first = entry[3].instruction.rd, .second = entry[7].instruction.rd,
        .column = (uint8_t)__builtin_ctz(entry[1].instruction.imm),
        .wide = entry[2].instruction.rd, .word_0 = in->rd, .word_1 = in->ra};
    return loads_columns(entry + 1, use) && widens(entry + 2, use->wide, use->word_0, 0) &&
           accumulates_three(entry + 3, use->first, use->column, use->wide) &&
           widens(entry + 6, use->wide, use->word_1, 0) &&
           accumulates_three(entry + 7, use->second, use->column, use->wide) &&
           loads_columns(entry + 10, use) && widens(entry + 11, use->word_0, use->word_0, 8) &&
           accumulates_three(entry + 12, use->first, use->column, use->word_0) &&
           widens(entry + 15, use->word_1, use->word_1, 8) &&
           accumulates_three(entry + 16, use->second, use->column, use->word_1) &&
           are_distinct(use);
}

unsigned tile_length(const struct entry *entries, unsigned count)
{
    struct registers first, next;
    unsigned steps = 0;

    while (steps < STEPS_LIMIT && count >= STEP * (steps + 1) &&
           is_step(entries + STEP * steps, count - STEP * steps, &next) &&
           (steps == 0 || memcmp(&first, &next, sizeof first) == 0)) {
        first = next;
        steps++;
    }
    return STEP * steps;
}

void bind_tile(struct op *ops, const struct entry *entries, unsigned length)
{
    struct registers use;

    is_step(entries, length, &use);
    ops[0] = (struct op){.run = tile, .a = use.weights, .b = use.columns, .c = use.first,
                         .d = use.second, .imm = length / STEP};
    ops[1] = (struct op){.run = tile, .a = use.column, .b = use.wide, .c = use.word_0,
                         .d = use.word_1};
}

#else

unsigned tile_length(const struct entry *entries, unsigned count)
{
    (void)entries;
    (void)count;
    return 0;
}

void bind_tile(struct op *ops, const struct entry *entries, unsigned length)
{
    (void)ops;
    (void)entries;
    (void)length;
}

#endif
