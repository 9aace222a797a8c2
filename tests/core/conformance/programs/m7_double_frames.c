/* m7_double_frames.c - double precision across exceptions: D registers of frames, lazy and not. */
#include "exceptions.h"

uint32_t before[64], after[66];

static void call_with_known_doubles(void)
{
    for (unsigned n = 0; n < 32; n++) {
        before[n] = n & 1u ? 0x40000000u + n * 0x10000u : 0x11111111u * (n / 2);
    }
    __asm__ volatile("ldr r0, =before\n vldmia r0, {d0-d15}\n mov r2, #0x80000000\n vmsr fpscr, r2\n"
                     "svc #0\n"
                     "vadd.f64 d1, d1, d2\n"
                     "ldr r0, =after\n vstmia r0!, {d0-d15}\n vmrs r2, fpscr\n str r2, [r0]\n"
                     "mov r2, #0\n vmsr fpscr, r2\n"
                     : : : "r0", "r1", "r2", "r3", "r12", "memory", "d0", "d1", "d2", "d3", "d4",
                       "d5", "d6", "d7", "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15");
}

static void compute(struct exception *exception)
{
    uint32_t low, high;

    note("ret", exception->exc_return);
    __asm__ volatile("vmov.f64 d0, #1.0\n vmov.f64 d1, #3.0\n vdiv.f64 d7, d0, d1\n"
                     "vmov.f64 d8, #2.0\n vsqrt.f64 d9, d8\n vmov %0, %1, d7\n"
                     : "=r"(low), "=r"(high) : : "d0", "d1", "d7", "d8", "d9");
    note("third", low);
    note("third", high);
    for (unsigned n = 8; n < 25; n++) {
        note("frame", exception->frame[n]);
    }
    note("control", READ_SPECIAL(control));
}

static void untouched(struct exception *exception)
{
    note("ret", exception->exc_return);
}

static void try(const char *name, uint32_t mode, handler *svc)
{
    handlers[SVCALL] = svc;
    FPCCR = mode;
    FPDSCR = 1u << 25; /* DN */
    call_with_known_doubles();
    for (unsigned n = 0; n < 33; n++) {
        note("d", after[n]);
    }
    show(name);
    FPCCR = FPCCR_ASPEN | FPCCR_LSPEN;
}

SNIPPET(select, "vseleq.f64 d0, d1, d2\n vmaxnm.f64 d0, d1, d2\n vrinta.f64 d0, d1\n"
                "vcvtn.u32.f64 s0, d1\n vcvtb.f64.f16 d0, s3")

int main(void)
{
    CPACR = FP_ACCESS;
    barrier();
    try("lazy", FPCCR_ASPEN | FPCCR_LSPEN, compute);
    try("lazy, untouched", FPCCR_ASPEN | FPCCR_LSPEN, untouched);
    try("eager", FPCCR_ASPEN, compute);
    calm();
    SHCSR |= SHCSR_ENABLES;
    note("ended", attempt(select));
    show("FPv5");
    CPACR = 0;
    barrier();
    note("ended", attempt(select));
    show("off");
    return 0;
}
