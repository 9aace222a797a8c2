/* The few two-lane operations that the kernels are written in.
 *
 * With the Armv7E-M DSP extension each is one instruction; elsewhere each is plain C with the same
 * result, so the kernels' own control flow is the same everywhere and can be tested on a host.
 * A "pair" is two int16 lanes in one word, the bottom lane first in memory (little endian).
 */
#ifndef NN_PRIMITIVES_H
#define NN_PRIMITIVES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
#define NN_DSP 1
#include <arm_acle.h>
#else
#define NN_DSP 0
#endif

#define NN_INLINE static inline __attribute__((always_inline))

/* A function written in assembly: the compiler must not conclude anything from its body. */
#if defined(__clang__)
#define NN_ASSEMBLY __attribute__((naked, noinline))
#else
#define NN_ASSEMBLY __attribute__((naked, noipa))
#endif

/* Its call frame information, where the compiler has the assembler write any. */
#if defined(__GCC_HAVE_DWARF2_CFI_ASM)
#define NN_FRAME(...) __VA_ARGS__
#else
#define NN_FRAME(...)
#endif

/* A lane in memory that is also read by pairs. */
typedef int16_t __attribute__((may_alias)) nn_lane;

/* Four bytes at any address. */
NN_INLINE uint32_t nn_load(const void *from)
{
    uint32_t word;
    memcpy(&word, from, sizeof word);
    return word;
}

NN_INLINE void nn_store(void *to, uint32_t word)
{
    memcpy(to, &word, sizeof word);
}

NN_INLINE uint32_t nn_pair(int32_t bottom, int32_t top)
{
    return ((uint32_t)bottom & 0xFFFFu) | ((uint32_t)top << 16);
}

NN_INLINE int32_t nn_bottom(uint32_t pair)
{
    return (int16_t)(pair & 0xFFFFu);
}

NN_INLINE int32_t nn_top(uint32_t pair)
{
    return (int16_t)(pair >> 16);
}

/* Pair {a.bottom, b.top}. */
NN_INLINE uint32_t nn_bottom_top(uint32_t a, uint32_t b)
{
    return (a & 0xFFFFu) | (b & 0xFFFF0000u);
}

#if NN_DSP

/* Bytes 0 and 2 of `bytes`, sign-extended, each added to its lane of `pair`. */
NN_INLINE uint32_t nn_add_even_bytes(uint32_t pair, uint32_t bytes)
{
    uint32_t sum;
    __asm__("sxtab16 %0, %1, %2" : "=r"(sum) : "r"(pair), "r"(bytes));
    return sum;
}

/* Bytes 1 and 3 of `bytes`, sign-extended, each added to its lane of `pair`. */
NN_INLINE uint32_t nn_add_odd_bytes(uint32_t pair, uint32_t bytes)
{
    uint32_t sum;
    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(sum) : "r"(pair), "r"(bytes));
    return sum;
}

/* sum + a.bottom * b.bottom + a.top * b.top */
NN_INLINE int32_t nn_dot(uint32_t a, uint32_t b, int32_t sum)
{
    return __smlad((int16x2_t)a, (int16x2_t)b, sum);
}

/* sum + a.bottom * b.top */
NN_INLINE int32_t nn_bottom_by_top(uint32_t a, uint32_t b, int32_t sum)
{
    return __smlabt((int32_t)a, (int32_t)b, sum);
}

/* sum + a.top * b.bottom */
NN_INLINE int32_t nn_top_by_bottom(uint32_t a, uint32_t b, int32_t sum)
{
    return __smlatb((int32_t)a, (int32_t)b, sum);
}

/* Upper half of a * b, rounded: (a * b + 2^31) >> 32. */
NN_INLINE int32_t nn_multiply_high(int32_t a, int32_t b)
{
    int32_t high;
    __asm__("smmulr %0, %1, %2" : "=r"(high) : "r"(a), "r"(b));
    return high;
}

/* x limited to -128..127 */
NN_INLINE int32_t nn_saturate(int32_t x)
{
    return __ssat(x, 8);
}

/* The pairs at `*at` and behind it; `*at` advances by one. 4-byte aligned. */
NN_INLINE void nn_slide(const uint32_t **at, uint32_t *first, uint32_t *second)
{
    const uint32_t *from = *at;
    __asm__("ldrd %0, %1, [%2], #4" : "=&r"(*first), "=&r"(*second), "+r"(from) : : "memory");
    *at = from;
}

/* The larger of each of four signed bytes. */
NN_INLINE uint32_t nn_larger_bytes(uint32_t a, uint32_t b)
{
    uint32_t larger;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(larger) : "r"(a), "r"(b) : "cc");
    return larger;
}

#else

NN_INLINE int32_t nn_byte(uint32_t bytes, int index)
{
    return (int8_t)((bytes >> (8 * index)) & 0xFFu);
}

NN_INLINE uint32_t nn_add_even_bytes(uint32_t pair, uint32_t bytes)
{
    return nn_pair(nn_bottom(pair) + nn_byte(bytes, 0), nn_top(pair) + nn_byte(bytes, 2));
}

NN_INLINE uint32_t nn_add_odd_bytes(uint32_t pair, uint32_t bytes)
{
    return nn_pair(nn_bottom(pair) + nn_byte(bytes, 1), nn_top(pair) + nn_byte(bytes, 3));
}

NN_INLINE int32_t nn_dot(uint32_t a, uint32_t b, int32_t sum)
{
    return sum + nn_bottom(a) * nn_bottom(b) + nn_top(a) * nn_top(b);
}

NN_INLINE int32_t nn_bottom_by_top(uint32_t a, uint32_t b, int32_t sum)
{
    return sum + nn_bottom(a) * nn_top(b);
}

NN_INLINE int32_t nn_top_by_bottom(uint32_t a, uint32_t b, int32_t sum)
{
    return sum + nn_top(a) * nn_bottom(b);
}

NN_INLINE int32_t nn_multiply_high(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 31)) >> 32);
}

NN_INLINE int32_t nn_saturate(int32_t x)
{
    return x < -128 ? -128 : x > 127 ? 127 : x;
}

NN_INLINE void nn_slide(const uint32_t **at, uint32_t *first, uint32_t *second)
{
    *first = (*at)[0];
    *second = (*at)[1];
    (*at)++;
}

NN_INLINE uint32_t nn_larger_bytes(uint32_t a, uint32_t b)
{
    uint32_t larger = 0;
    for (int i = 0; i < 4; i++) {
        const int32_t x = nn_byte(a, i);
        const int32_t y = nn_byte(b, i);
        larger |= ((uint32_t)(x > y ? x : y) & 0xFFu) << (8 * i);
    }
    return larger;
}

#endif

/* Pair {byte 0, byte 2} and pair {byte 1, byte 3} of four signed bytes. */
NN_INLINE uint32_t nn_even_bytes(uint32_t bytes)
{
    return nn_add_even_bytes(0, bytes);
}

NN_INLINE uint32_t nn_odd_bytes(uint32_t bytes)
{
    return nn_add_odd_bytes(0, bytes);
}

#endif
