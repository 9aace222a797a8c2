/* execute_fp_double.c - arithmetic in double precision. */
#include "execute_fp.h"

/* C's fma() rounds once by definition; hosts have an instruction for it. */
static inline double fused(double addend, double x, double y)
{
    return __builtin_fma(x, y, addend);
}

#define REAL double
#define BITS uint64_t
#define REGISTER D
#define AS_REAL as_double
#define AS_BITS double_bits
#define IS_ORDINARY is_ordinary_double
#define CAREFULLY(operation) fp64_##operation
#define SQUARE_ROOT __builtin_sqrt
#define FUSED fused
#define HANDLER_OF fp_double_handler
#include "execute_fp_arithmetic.inc"
