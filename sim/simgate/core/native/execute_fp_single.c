/* execute_fp_single.c - arithmetic in single precision. */
#include "execute_fp.h"

/* x * y + addend rounded once. The product is exact in double precision; the sum is rounded to odd
 * there, which makes the second rounding right (53 bits are more than 2 * 24 + 2). */
static inline float fused(float addend, float x, float y)
{
    double product = (double)x * (double)y, term = (double)addend;
    double sum = product + term, part = sum - product;
    double error = (product - (sum - part)) + (term - part);

    if (error != 0) {
        uint64_t bits = double_bits(sum);

        if (!(bits & 1u))
            bits += (error > 0) == (sum > 0) ? 1u : UINT64_MAX;
        sum = as_double(bits);
    }
    return (float)sum;
}

#define REAL float
#define BITS uint32_t
#define REGISTER S
#define AS_REAL as_float
#define AS_BITS float_bits
#define IS_ORDINARY is_ordinary_float
#define CAREFULLY(operation) fp32_##operation
#define SQUARE_ROOT __builtin_sqrtf
#define FUSED fused
#define HANDLER_OF fp_single_handler
#include "execute_fp_arithmetic.inc"
