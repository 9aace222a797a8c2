/* interrupted.c - long instructions and loops under a fast SysTick: what they compute is the same. */
#include "exceptions.h"

static uint32_t from[64], to[64];
static volatile uint32_t ticks;

static void disturb(struct exception *exception)
{
    (void)exception;
    ticks++;
    __asm__ volatile("mov r0, #-1\n mov r1, #-1\n mov r2, #-1\n mov r3, #-1\n mov r12, #-1\n"
                     "vmov s0, r0\n vmov s7, r0\n vmov s15, r0\n adds r0, r0, #1\n"
                     "msr apsr_nzcvqg, r1\n"
                     : : : "r0", "r1", "r2", "r3", "r12", "s0", "s7", "s15", "cc");
}

static uint32_t sum(const uint32_t *words)
{
    uint32_t total = 0;

    for (unsigned n = 0; n < 64; n++) {
        total = total * 31 + words[n];
    }
    return total;
}

/* Blocks of eight words, by LDM and STM with bases in all ways of writing back. */
__attribute__((naked)) static void copy(__attribute__((unused)) const uint32_t *source,
                                        __attribute__((unused)) uint32_t *target)
{
    __asm__ volatile("push {r4-r11, lr}\n mov r2, #4\n"
                     "1: ldmia r0!, {r3-r10}\n stmia r1!, {r3-r10}\n"
                     "ldmia r0!, {r3-r10}\n add r1, #32\n stmdb r1, {r3-r10}\n"
                     "subs r2, #1\n bne 1b\n"
                     "pop {r4-r11, pc}\n");
}

static void copy_by_fp(void)
{
    __asm__ volatile("mov r0, %0\n mov r1, %1\n mov r2, #4\n"
                     "1: vldmia r0!, {s0-s15}\n vstmia r1!, {s0-s15}\n"
                     "subs r2, #1\n bne 1b\n"
                     : : "r"(from), "r"(to)
                     : "r0", "r1", "r2", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                       "s10", "s11", "s12", "s13", "s14", "s15", "cc", "memory");
}

/* Flags and IT blocks in a loop. */
static uint32_t count_odd(uint32_t rounds)
{
    uint32_t odd;

    __asm__ volatile("movs %0, #0\n mov r1, #0\n"
                     "1: tst r1, #1\n itte ne\n addne %0, #1\n eorne %0, %0, #0x100\n nopeq\n"
                     "adds r1, #1\n cmp r1, %1\n bne 1b\n"
                     : "=&r"(odd) : "r"(rounds) : "r1", "cc");
    return odd;
}

int main(void)
{
    CPACR = FP_ACCESS;
    barrier();
    handlers[SYSTICK] = disturb;
    SYST_RVR = 499;
    SYST_CVR = 0;
    SYST_CSR = 7;
    for (uint32_t round = 1; round < 40; round++) {
        for (unsigned n = 0; n < 64; n++) {
            from[n] = round * 0x01010101u + n * n;
            to[n] = 0;
        }
        if (round & 1u) {
            copy(from, to);
        } else {
            copy_by_fp();
        }
        note("from", sum(from));
        note("to", sum(to));
        show(round & 1u ? "copied" : "copied by FP");
    }
    note("odd", count_odd(2000));
    SYST_CSR = 0;
    note("interrupted", ticks > 20);
    show("counted");
    return 0;
}
