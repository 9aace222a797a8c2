#ifndef DSP_HIGH_WORD_H
#define DSP_HIGH_WORD_H

/*
 * The upper word of a 32 by 32 bit product, rounded half up, alone or added to or taken from a sum:
 * SMMULR, SMMLAR and SMMLSR of the DSP extension (DDI 0403E.e, A7.7.153, .151, .152). The compiler
 * has no intrinsics for them and does not find them in plain C.
 */

#include <stdint.h>

#if defined(__ARM_FEATURE_DSP)

static inline int32_t high_word(int32_t a, int32_t b)
{
    int32_t result;
    __asm("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
    return result;
}

static inline int32_t add_high_word(int32_t sum, int32_t a, int32_t b)
{
    int32_t result;
    __asm("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

static inline int32_t subtract_high_word(int32_t sum, int32_t a, int32_t b)
{
    int32_t result;
    __asm("smmlsr %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

#else

static inline int32_t round_high_word(int64_t product)
{
    return (int32_t)((product + INT64_C(0x80000000)) >> 32);
}

static inline int32_t high_word(int32_t a, int32_t b)
{
    return round_high_word((int64_t)a * b);
}

static inline int32_t add_high_word(int32_t sum, int32_t a, int32_t b)
{
    return sum + round_high_word((int64_t)a * b);
}

static inline int32_t subtract_high_word(int32_t sum, int32_t a, int32_t b)
{
    return sum + round_high_word(-((int64_t)a * b));
}

#endif

#endif
