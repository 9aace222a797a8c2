#include "nn_tile.h"

#if NN_DSP

/* One block of four taps: nineteen instructions, 24 multiply-accumulates, 76 bytes.
 * r0 weights, r1 columns, r2-r4 sums of the even channel, r5-r7 of the odd one.
 */
#define BLOCK                         \
    "ldrd    r11, r12, [r0], #8\n\t"  \
    "ldmia.w r1!, {r8, r9, r10}\n\t"  \
    "sxtb16  lr, r11\n\t"             \
    "smlad   r2, r8, lr, r2\n\t"      \
    "smlad   r3, r9, lr, r3\n\t"      \
    "smlad   r4, r10, lr, r4\n\t"     \
    "sxtb16  lr, r12\n\t"             \
    "smlad   r5, r8, lr, r5\n\t"      \
    "smlad   r6, r9, lr, r6\n\t"      \
    "smlad   r7, r10, lr, r7\n\t"     \
    "ldmia.w r1!, {r8, r9, r10}\n\t"  \
    "sxtb16  r11, r11, ror #8\n\t"    \
    "smlad   r2, r8, r11, r2\n\t"     \
    "smlad   r3, r9, r11, r3\n\t"     \
    "smlad   r4, r10, r11, r4\n\t"    \
    "sxtb16  r12, r12, ror #8\n\t"    \
    "smlad   r5, r8, r12, r5\n\t"     \
    "smlad   r6, r9, r12, r6\n\t"     \
    "smlad   r7, r10, r12, r7\n\t"

/* nn_requantise_narrow of the sum in `sum`; lr holds the addend. */
#define REQUANTISE(sum, multiplier, right_shift)        \
    "lsl     " sum ", " sum ", #1\n\t"                  \
    "smmulr  " sum ", " sum ", " multiplier "\n\t"      \
    "add     " sum ", " sum ", " sum ", asr #31\n\t"    \
    "add     " sum ", " sum ", lr\n\t"                  \
    "asr     " sum ", " sum ", " right_shift "\n\t"     \
    "ssat    " sum ", #8, " sum "\n\t"

/* All fourteen registers are in use, which no compiler grants an inline statement at every level
 * of optimisation: hence a function in assembly. Eight blocks a turn; the first turn enters behind
 * those that a number of blocks not divisible by eight leaves out.
 *
 * On the stack: 0 end of the columns, 4 columns, 8 where the first turn enters, 12 bias,
 * 16 multipliers, 20 shifts, 24 output, 28 stride, 32 twice the zero point plus one, 36 where the
 * output of the last pair ends.
 */
NN_ASSEMBLY void nn_compute_tile(__attribute__((unused)) const struct nn_tile *tile)
{
    __asm__ volatile(
        "push    {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
        "sub     sp, sp, #40\n\t"
        NN_FRAME(".cfi_adjust_cfa_offset 76\n\t"
                 ".cfi_rel_offset 4, 40\n\t"
                 ".cfi_rel_offset 5, 44\n\t"
                 ".cfi_rel_offset 6, 48\n\t"
                 ".cfi_rel_offset 7, 52\n\t"
                 ".cfi_rel_offset 8, 56\n\t"
                 ".cfi_rel_offset 9, 60\n\t"
                 ".cfi_rel_offset 10, 64\n\t"
                 ".cfi_rel_offset 11, 68\n\t"
                 ".cfi_rel_offset 14, 72\n\t")
        "ldmia   r0, {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9}\n\t"
        "movs    r10, #24\n\t"
        "mla     r10, r8, r10, r1\n\t"
        "strd    r10, r1, [sp, #0]\n\t"
        "rsb     r8, r8, #0\n\t"
        "and     r8, r8, #7\n\t"
        "mov     r10, #76\n\t"
        "mul     r8, r8, r10\n\t"
        "adr.w   r10, 2f\n\t"
        "add     r8, r8, r10\n\t"
        "add     r8, r8, #1\n\t"
        "lsl     r7, r7, #1\n\t"
        "add     r7, r7, #1\n\t"
        "add     r9, r5, r9, lsl #1\n\t"
        "strd    r8, r2, [sp, #8]\n\t"
        "strd    r3, r4, [sp, #16]\n\t"
        "strd    r5, r6, [sp, #24]\n\t"
        "strd    r7, r9, [sp, #32]\n"

        "1:\n\t" /* one pair of channels */
        "ldr     r12, [sp, #12]\n\t"
        "ldrd    r2, r5, [r12], #8\n\t"
        "str     r12, [sp, #12]\n\t"
        "mov     r3, r2\n\t"
        "mov     r4, r2\n\t"
        "mov     r6, r5\n\t"
        "mov     r7, r5\n\t"
        "ldrd    r1, r12, [sp, #4]\n\t"
        "bx      r12\n\t"
        ".balign 4\n"
        "2:\n\t" /* eight blocks */
        BLOCK BLOCK BLOCK BLOCK BLOCK BLOCK BLOCK BLOCK
        "3:\n\t"
        ".if (3b - 2b) != 8 * 76\n\t"
        ".error \"a block is not 76 bytes\"\n\t"
        ".endif\n\t"
        "ldr     lr, [sp, #0]\n\t"
        "cmp     r1, lr\n\t"
        "bne.w   2b\n\t"

        "ldrd    r1, r12, [sp, #16]\n\t"
        "ldrd    r8, r9, [r1], #8\n\t"
        "ldrsb   r10, [r12], #1\n\t"
        "ldrsb   r11, [r12], #1\n\t"
        "strd    r1, r12, [sp, #16]\n\t"
        "ldr     r1, [sp, #32]\n\t"
        "mvn     r12, r10\n\t"
        "rsb     r10, r10, #0\n\t"
        "lsl     lr, r1, r12\n\t"
        REQUANTISE("r2", "r8", "r10")
        REQUANTISE("r3", "r8", "r10")
        REQUANTISE("r4", "r8", "r10")
        "mvn     r12, r11\n\t"
        "rsb     r11, r11, #0\n\t"
        "lsl     lr, r1, r12\n\t"
        REQUANTISE("r5", "r9", "r11")
        REQUANTISE("r6", "r9", "r11")
        REQUANTISE("r7", "r9", "r11")
        "bfi     r2, r5, #8, #8\n\t"
        "bfi     r3, r6, #8, #8\n\t"
        "bfi     r4, r7, #8, #8\n\t"
        "ldrd    r12, r8, [sp, #24]\n\t"
        "strh    r3, [r12, r8]\n\t"
        "strh    r4, [r12, r8, lsl #1]\n\t"
        "strh    r2, [r12], #2\n\t"
        "str     r12, [sp, #24]\n\t"
        "ldr     lr, [sp, #36]\n\t"
        "cmp     r12, lr\n\t"
        "bne.w   1b\n\t"
        "add     sp, sp, #40\n\t"
        NN_FRAME(".cfi_adjust_cfa_offset -40\n\t")
        "pop     {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#else

#include "nn_dot.h"

void nn_compute_tile(const struct nn_tile *tile)
{
    const struct nn_requantisation how = {
        .bias = tile->bias,
        .multiplier = tile->multiplier,
        .shift = tile->shift,
        .zero_point = (int16_t)tile->zero_point,
    };
    for (uint32_t pair = 0; pair < tile->pairs; pair++) {
        const int8_t *weights = tile->weights + 8 * tile->blocks * pair;
        for (int32_t column = 0; column < 3; column++) {
            int32_t sums[2];
            nn_dot_column(weights, tile->columns + column, how.bias + 2 * pair, sums,
                          tile->blocks);
            for (int32_t i = 0; i < 2; i++) {
                const int32_t channel = 2 * (int32_t)pair + i;
                tile->output[column * tile->stride + channel] =
                    (int8_t)nn_requantise_narrow(sums[i], nn_narrow(&how, channel));
            }
        }
    }
}

#endif
