/* no_coprocessor.c - FP instructions by CPACR: off, privileged only, on; other coprocessors. */
#include "exceptions.h"

SNIPPET(add, "vadd.f32 s0, s1, s2")
SNIPPET(load, "ldr r0, =0x20001000\n vldr s0, [r0]")
SNIPPET(load_many, "ldr r0, =0x20001000\n vldmia r0!, {s0-s3}")
SNIPPET(read_status, "vmrs r0, fpscr")
SNIPPET(move, "vmov r0, s3")
SNIPPET(push, "vpush {s0}\n vpop {s0}")
SNIPPET(mrc, "mrc p15, 0, r0, c1, c0, 0")
SNIPPET(cdp, "cdp p0, 1, c0, c1, c2, 3")
SNIPPET(ldc, "ldr r0, =0x20001000\n ldc p5, c0, [r0]")
SNIPPET(mcrr, "mcrr p7, 0, r0, r1, c0")
SNIPPET(skipped, "movs r0, #1\n cmp r0, #0\n it eq\n vaddeq.f32 s0, s1, s2")

static const struct attempt_at uses[] = {
    {"vadd", add}, {"vldr", load}, {"vldm", load_many}, {"vmrs", read_status}, {"vmov", move},
    {"vpush", push}, {"mrc", mrc}, {"cdp", cdp}, {"ldc", ldc}, {"mcrr", mcrr},
    {"skipped", skipped},
};

static const uint32_t accesses[] = {0, 1, 3};

int main(void)
{
    for (unsigned access = 0; access < COUNT(accesses); access++) {
        for (unsigned n = 0; n < COUNT(uses); n++) {
            for (uint32_t control = 0; control < 2; control++) {
                calm();
                SHCSR |= SHCSR_ENABLES;
                CPACR = accesses[access] * 0x500000u;
                barrier();
                note("access", accesses[access]);
                note("control", control);
                note("ended", attempt_with_control(uses[n].run, control));
                show(uses[n].name);
            }
        }
    }
    CPACR = 0xFFFFFFFF;
    note("cpacr", CPACR & (0xFu << 20));
    CPACR = 0;
    note("cpacr", CPACR & (0xFu << 20));
    show("bits");
    return 0;
}
