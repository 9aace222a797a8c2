/* saturation.h - products, sums and saturation as several handlers need them, with the Q flag.
 *
 * Q is kept in apsr itself.
 */
#ifndef SIMGATE_SATURATION_H
#define SIMGATE_SATURATION_H

#include "operation.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { APSR_Q = 1u << 27 };

static inline int32_t bottom(uint32_t x) { return (int16_t)x; }
static inline int32_t top(uint32_t x) { return (int32_t)x >> 16; }
static inline uint32_t exchanged(uint32_t x) { return x >> 16 | x << 16; }

/* A sum that sets Q when it does not fit a signed word. */
static inline uint32_t accumulate_q(struct cpu *cpu, int64_t sum)
{
    if (UNLIKELY(sum != (int32_t)sum))
        cpu->apsr |= APSR_Q;
    return (uint32_t)sum;
}

/* The products of bottom and bottom, top and top, added modulo 2^32: exact but for all four halves
 * being 0x8000. */
static inline int32_t dual_products(uint32_t n, uint32_t m)
{
#if defined(__SSE2__)
    return _mm_cvtsi128_si32(
        _mm_madd_epi16(_mm_cvtsi32_si128((int32_t)n), _mm_cvtsi32_si128((int32_t)m)));
#else
    return (int32_t)((uint32_t)(bottom(n) * bottom(m)) + (uint32_t)(top(n) * top(m)));
#endif
}

/* Their exact sum with an addend; Q when it does not fit. */
static inline uint32_t multiply_dual_q(struct cpu *cpu, uint32_t n, uint32_t m, int32_t addend)
{
    int32_t products = dual_products(n, m), sum;

    if (LIKELY(products != INT32_MIN && !__builtin_add_overflow(products, addend, &sum)))
        return (uint32_t)sum;
    return accumulate_q(cpu, (int64_t)(bottom(n) * bottom(m)) + top(n) * top(m) + addend);
}

static inline uint32_t accumulate_one_q(struct cpu *cpu, int32_t product, int32_t addend)
{
    int32_t sum;

    if (UNLIKELY(__builtin_add_overflow(product, addend, &sum)))
        cpu->apsr |= APSR_Q;
    return (uint32_t)((uint32_t)product + (uint32_t)addend);
}

static inline int32_t clamp(int64_t value, int64_t lowest, int64_t highest)
{
    return (int32_t)(value < lowest ? lowest : value > highest ? highest : value);
}

/* SignedSatQ (A2.2.1), with Q. */
static inline uint32_t saturate_signed(struct cpu *cpu, int64_t value, unsigned width)
{
    int64_t highest = (1ll << (width - 1)) - 1;
    int32_t result = clamp(value, -highest - 1, highest);

    if (result != value)
        cpu->apsr |= APSR_Q;
    return (uint32_t)result;
}

/* The same for a word and a width of 1 to 32: nearly always it fits. */
static inline uint32_t saturate_word(struct cpu *cpu, int32_t value, unsigned width)
{
    unsigned unused = 32 - width;

    if (LIKELY((int32_t)((uint32_t)value << unused) >> unused == value))
        return (uint32_t)value;
    cpu->apsr |= APSR_Q;
    return (uint32_t)(value >> 31) ^ ((1u << (width - 1)) - 1u);
}

/* Bytes 0 and 2, sign-extended. */
static inline uint32_t sxtb16(uint32_t x)
{
    return ((uint32_t)(int8_t)x & 0xFFFFu) | (uint32_t)(int8_t)(x >> 16) << 16;
}

/* Lanes of 16 bits added without carry from one to the other. */
static inline uint32_t add_lanes(uint32_t x, uint32_t y)
{
    return ((x & 0xFFFF0000u) + (y & 0xFFFF0000u)) | ((x + y) & 0xFFFFu);
}

#endif
