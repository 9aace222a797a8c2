#include "nn_dot.h"

#include "nn_primitives.h"

#if NN_DSP

#if defined(__GCC_HAVE_DWARF2_CFI_ASM)
#define FRAME(...) __VA_ARGS__
#else
#define FRAME(...)
#endif

/* Nineteen instructions for 24 multiply-accumulates, 76 bytes. */
#define BLOCK                        \
    "ldrd   r11, r12, [r0], #8\n\t"  \
    "ldmia.w r1!, {r8, r9, r10}\n\t" \
    "sxtb16 lr, r11\n\t"             \
    "smlad  r2, r8, lr, r2\n\t"      \
    "smlad  r3, r9, lr, r3\n\t"      \
    "smlad  r4, r10, lr, r4\n\t"     \
    "sxtb16 lr, r12\n\t"             \
    "smlad  r5, r8, lr, r5\n\t"      \
    "smlad  r6, r9, lr, r6\n\t"      \
    "smlad  r7, r10, lr, r7\n\t"     \
    "ldmia.w r1!, {r8, r9, r10}\n\t" \
    "sxtb16 r11, r11, ror #8\n\t"    \
    "smlad  r2, r8, r11, r2\n\t"     \
    "smlad  r3, r9, r11, r3\n\t"     \
    "smlad  r4, r10, r11, r4\n\t"    \
    "sxtb16 r12, r12, ror #8\n\t"    \
    "smlad  r5, r8, r12, r5\n\t"     \
    "smlad  r6, r9, r12, r6\n\t"     \
    "smlad  r7, r10, r12, r7\n\t"

/* All fourteen registers are in use, which no compiler grants an inline statement at every level
 * of optimisation: hence a function of its own. Eight blocks a turn; the first turn enters behind
 * those that a number of blocks not divisible by eight leaves out. On the stack: the end of the
 * columns, then the place of the sums.
 */
NN_ASSEMBLY void
nn_dot_2x3(__attribute__((unused)) const int8_t *weights,
           __attribute__((unused)) const uint32_t *columns,
           __attribute__((unused)) const int32_t *bias, __attribute__((unused)) int32_t *sums,
           __attribute__((unused)) uint32_t blocks)
{
    __asm__ volatile(
        "push   {r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
        FRAME(".cfi_adjust_cfa_offset 44\n\t"
              ".cfi_rel_offset 4, 8\n\t"
              ".cfi_rel_offset 5, 12\n\t"
              ".cfi_rel_offset 6, 16\n\t"
              ".cfi_rel_offset 7, 20\n\t"
              ".cfi_rel_offset 8, 24\n\t"
              ".cfi_rel_offset 9, 28\n\t"
              ".cfi_rel_offset 10, 32\n\t"
              ".cfi_rel_offset 11, 36\n\t"
              ".cfi_rel_offset 14, 40\n\t")
        "ldr    r12, [sp, #44]\n\t"
        "movs   r4, #24\n\t"
        "mla    r4, r12, r4, r1\n\t"
        "str    r4, [sp, #0]\n\t"
        "ldrd   r2, r5, [r2]\n\t"
        "mov    r3, r2\n\t"
        "mov    r4, r2\n\t"
        "mov    r6, r5\n\t"
        "mov    r7, r5\n\t"
        "rsb    r12, r12, #0\n\t"
        "and    r12, r12, #7\n\t"
        "mov    r11, #76\n\t"
        "mul    r12, r12, r11\n\t"
        "adr.w  lr, 1f\n\t"
        "add    r12, r12, #1\n\t"
        "add    r12, r12, lr\n\t"
        "bx     r12\n\t"
        ".balign 4\n"
        "1:\n\t"
        BLOCK BLOCK BLOCK BLOCK BLOCK BLOCK BLOCK BLOCK
        "2:\n\t"
        ".if (2b - 1b) != 8 * 76\n\t"
        ".error \"a block is not 76 bytes\"\n\t"
        ".endif\n\t"
        "ldr    lr, [sp, #0]\n\t"
        "cmp    r1, lr\n\t"
        "bne.w  1b\n\t"
        "ldr    r0, [sp, #4]\n\t"
        "stmia  r0!, {r2, r3, r4, r5, r6, r7}\n\t"
        "pop    {r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#else

void nn_dot_2x3(const int8_t *weights, const uint32_t *columns, const int32_t *bias,
                int32_t *sums, uint32_t blocks)
{
    for (int channel = 0; channel < 2; channel++) {
        for (int column = 0; column < 3; column++) {
            int32_t sum = bias[channel];
            for (uint32_t block = 0; block < blocks; block++) {
                const uint32_t taps = nn_load(weights + 8 * block + 4 * channel);
                sum = nn_dot(columns[6 * block + column], nn_even_bytes(taps), sum);
                sum = nn_dot(columns[6 * block + 3 + column], nn_odd_bytes(taps), sum);
            }
            sums[3 * channel + column] = sum;
        }
    }
}

#endif
