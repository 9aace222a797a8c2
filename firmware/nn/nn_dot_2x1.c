#include "nn_dot.h"

#include "nn_primitives.h"

#if NN_DSP

/* Eighteen instructions and two for the loop: 16 multiply-accumulates. */
NN_ASSEMBLY void
nn_dot_2x1(__attribute__((unused)) const int8_t *weights,
           __attribute__((unused)) const uint32_t *column,
           __attribute__((unused)) const int32_t *bias, __attribute__((unused)) int32_t *sums,
           __attribute__((unused)) uint32_t blocks)
{
    __asm__ volatile(
        "push   {r3, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
        NN_FRAME(".cfi_adjust_cfa_offset 40\n\t"
                 ".cfi_rel_offset 4, 4\n\t"
                 ".cfi_rel_offset 5, 8\n\t"
                 ".cfi_rel_offset 6, 12\n\t"
                 ".cfi_rel_offset 7, 16\n\t"
                 ".cfi_rel_offset 8, 20\n\t"
                 ".cfi_rel_offset 9, 24\n\t"
                 ".cfi_rel_offset 10, 28\n\t"
                 ".cfi_rel_offset 11, 32\n\t"
                 ".cfi_rel_offset 14, 36\n\t")
        "ldr    lr, [sp, #40]\n\t"
        "add    lr, r1, lr, lsl #3\n\t"
        "ldrd   r2, r3, [r2]\n\t"
        ".balign 4\n"
        "1:\n\t"
        "ldmia.w r1!, {r4, r5, r6, r7}\n\t"
        "ldmia.w r0!, {r8, r9, r10, r11}\n\t"
        "sxtb16 r12, r8\n\t"
        "smlad  r2, r4, r12, r2\n\t"
        "sxtb16 r12, r8, ror #8\n\t"
        "smlad  r2, r5, r12, r2\n\t"
        "sxtb16 r12, r9\n\t"
        "smlad  r3, r4, r12, r3\n\t"
        "sxtb16 r12, r9, ror #8\n\t"
        "smlad  r3, r5, r12, r3\n\t"
        "sxtb16 r12, r10\n\t"
        "smlad  r2, r6, r12, r2\n\t"
        "sxtb16 r12, r10, ror #8\n\t"
        "smlad  r2, r7, r12, r2\n\t"
        "sxtb16 r12, r11\n\t"
        "smlad  r3, r6, r12, r3\n\t"
        "sxtb16 r12, r11, ror #8\n\t"
        "smlad  r3, r7, r12, r3\n\t"
        "cmp    r1, lr\n\t"
        "bne.w  1b\n\t"
        "ldr    r0, [sp, #0]\n\t"
        "stmia  r0!, {r2, r3}\n\t"
        "pop    {r3, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#else

void nn_dot_2x1(const int8_t *weights, const uint32_t *column, const int32_t *bias,
                int32_t *sums, uint32_t blocks)
{
    for (int channel = 0; channel < 2; channel++) {
        int32_t sum = bias[channel];
        for (uint32_t block = 0; block < blocks; block++) {
            const uint32_t taps = nn_load(weights + 8 * block + 4 * channel);
            sum = nn_dot(column[2 * block], nn_even_bytes(taps), sum);
            sum = nn_dot(column[2 * block + 1], nn_odd_bytes(taps), sum);
        }
        sums[channel] = sum;
    }
}

#endif
