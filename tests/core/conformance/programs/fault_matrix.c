/* fault_matrix.c - every configurable fault from every kind of place, enabled or escalated. */
#include "exceptions.h"

SNIPPET(udf, "udf #7")
SNIPPET(udf_wide, "udf.w #7")
SNIPPET(coprocessor, "mrc p7, 0, r0, c0, c0, 0")
SNIPPET(floating_point, "vmov s0, r0")
SNIPPET(divide, "movs r0, #5\n movs r1, #0\n udiv r0, r0, r1")
SNIPPET(unaligned, "ldr r0, =0x20001001\n ldr r1, [r0]")
SNIPPET(unaligned_pair, "ldr r0, =0x20001002\n ldrd r1, r2, [r0]")
SNIPPET(even_branch, "adr r0, 1f\n bx r0\n .align 2\n1: nop")
SNIPPET(load_nowhere, "ldr r0, =0x30000004\n ldr r1, [r0]")
SNIPPET(store_nowhere, "ldr r0, =0x30000008\n str r1, [r0]\n dsb")
SNIPPET(branch_nowhere, "ldr r0, =0x30000101\n blx r0")
SNIPPET(branch_never, "ldr r0, =0x40000101\n blx r0")
SNIPPET(branch_system, "ldr r0, =0xE000E101\n blx r0")
SNIPPET(breakpoint, "bkpt #3")
SNIPPET(service, "svc #1")
SNIPPET(system_space, "ldr r0, =0xE000ED00\n ldr r1, [r0]\n movs r1, #0")

static const struct attempt_at provokers[] = {
    {"udf", udf}, {"udf.w", udf_wide}, {"coprocessor", coprocessor}, {"fp", floating_point},
    {"divide", divide}, {"unaligned", unaligned}, {"ldrd", unaligned_pair},
    {"even branch", even_branch}, {"load", load_nowhere}, {"store", store_nowhere},
    {"branch", branch_nowhere}, {"branch xn", branch_never}, {"branch system", branch_system},
    {"bkpt", breakpoint}, {"svc", service}, {"system space", system_space},
};

static void prepare(bool enabled)
{
    calm();
    CCR |= CCR_DIV_0_TRP | CCR_UNALIGN_TRP;
    for (unsigned n = MEM_MANAGE; n <= SVCALL + 1; n++) {
        SHPR(n) = 0x40;
    }
    if (enabled) {
        SHCSR |= SHCSR_ENABLES;
    }
}

static void from(const char *place, bool (*go)(code *run), bool enabled)
{
    for (unsigned n = 0; n < COUNT(provokers); n++) {
        prepare(enabled);
        note("ended", go(provokers[n].run));
        calm();
        show2(place, provokers[n].name);
    }
}

static bool privileged(code *run)
{
    return attempt(run);
}

static bool unprivileged(code *run)
{
    return attempt_with_control(run, 1);
}

static bool process(code *run)
{
    return attempt_with_control(run, 2);
}

static bool unprivileged_process(code *run)
{
    return attempt_with_control(run, 3);
}

static bool with_primask(code *run)
{
    WRITE_SPECIAL(primask, 1);
    return attempt(run);
}

static bool with_basepri_above(code *run)
{
    WRITE_SPECIAL(basepri, 0x50);
    return attempt(run);
}

static bool with_basepri_equal(code *run)
{
    WRITE_SPECIAL(basepri, 0x40);
    return attempt(run);
}

static bool in_less_urgent(code *run)
{
    return attempt_in_interrupt(run, 3, 0x80);
}

static bool in_equal(code *run)
{
    return attempt_in_interrupt(run, 3, 0x40);
}

static bool in_more_urgent(code *run)
{
    return attempt_in_interrupt(run, 3, 0x20);
}

int main(void)
{
    from("privileged, enabled", privileged, true);
    from("privileged", privileged, false);
    from("unprivileged, enabled", unprivileged, true);
    from("unprivileged", unprivileged, false);
    from("process, enabled", process, true);
    from("process", process, false);
    from("unprivileged process, enabled", unprivileged_process, true);
    from("unprivileged process", unprivileged_process, false);
    from("primask, enabled", with_primask, true);
    from("basepri below, enabled", with_basepri_above, true);
    from("basepri equal, enabled", with_basepri_equal, true);
    from("less urgent interrupt, enabled", in_less_urgent, true);
    from("less urgent interrupt", in_less_urgent, false);
    from("equal interrupt, enabled", in_equal, true);
    from("more urgent interrupt, enabled", in_more_urgent, true);
    return 0;
}
