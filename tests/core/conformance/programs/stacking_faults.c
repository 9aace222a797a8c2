/* stacking_faults.c - frames where nothing is: entry, return, derived exceptions. */
#include "exceptions.h"

static uint32_t svc_priority, bus_priority;
static bool bus_enabled;

SNIPPET(call_badly, "ldr r0, =0x30000200\n msr psp, r0\n movs r0, #2\n msr control, r0\n isb\n svc #0")
SNIPPET(undefined_badly,
        "ldr r0, =0x30000200\n msr psp, r0\n movs r0, #2\n msr control, r0\n isb\n udf #0")
SNIPPET(load_badly, "ldr r0, =0x30000200\n msr psp, r0\n movs r0, #2\n msr control, r0\n isb\n"
                    "ldr r1, [r0, #4]")
SNIPPET(pend_badly, "ldr r0, =0x30000200\n msr psp, r0\n movs r0, #2\n msr control, r0\n isb\n"
                    "ldr r0, =0xE000E200\n movs r1, #1\n str r1, [r0]\n dsb\n isb\n nop")
SNIPPET(use_fp_and_call_badly,
        "vmov.f32 s0, #1.0\n ldr r0, =0x30000200\n msr psp, r0\n movs r0, #6\n msr control, r0\n"
        "isb\n svc #0")
SNIPPET(half_outside, "ldr r0, =0x24000010\n msr psp, r0\n movs r0, #2\n msr control, r0\n isb\n svc #0")
SNIPPET(main_stack, "ldr r0, =0x30000200\n mov sp, r0\n udf #0")
SNIPPET(call_main_stack, "ldr r0, =0x30000200\n mov sp, r0\n svc #0")
SNIPPET(call, "svc #0")

static const struct attempt_at stacking[] = {
    {"svc", call_badly}, {"udf", undefined_badly}, {"load", load_badly},
    {"interrupt", pend_badly}, {"svc with FP", use_fp_and_call_badly},
    {"half outside", half_outside}, {"main stack, udf", main_stack},
    {"main stack, svc", call_main_stack},
};

static void prepare(void)
{
    calm();
    for (unsigned n = MEM_MANAGE; n <= USAGE_FAULT; n++) {
        SHPR(n) = (uint8_t)bus_priority;
    }
    SHPR(SVCALL) = (uint8_t)svc_priority;
    IPR(0) = (uint8_t)svc_priority;
    IPR(1) = (uint8_t)svc_priority;
    ISER = 3;
    if (bus_enabled) {
        SHCSR |= SHCSR_ENABLES;
    }
}

/* Goes on after what was noted of it: another may be pending still. */
static void note_svc(struct exception *exception)
{
    note("svc", exception->exc_return);
    note("cfsr", CFSR);
    note("shcsr", SHCSR);
    note("icsr", ICSR);
    recover(exception);
}

static void note_interrupt(struct exception *exception)
{
    note("interrupt", exception->exc_return);
    note("cfsr", CFSR);
    note("icsr", ICSR);
    recover(exception);
}

static void entries(const char *part)
{
    for (unsigned n = 0; n < COUNT(stacking); n++) {
        prepare();
        handlers[SVCALL] = note_svc;
        handlers[IRQ0] = note_interrupt;
        note("ended", attempt(stacking[n].run));
        note("cfsr", CFSR);
        note("icsr", ICSR & ~ICSR_RETTOBASE);
        calm();
        show2(stacking[n].name, part);
    }
}

/* ---- return ---- */

static void spoil_process_stack(struct exception *exception)
{
    exception->lr_to_use = exception->exc_return;
    WRITE_SPECIAL(psp, NOWHERE + 0x300);
}

static void spoil_main_stack(struct exception *exception)
{
    exception->msp_to_use = NOWHERE + 0x300;
}

static void spoil_half(struct exception *exception)
{
    exception->lr_to_use = exception->exc_return;
    WRITE_SPECIAL(psp, 0x24000000 - 12);
}

static void returns(const char *part)
{
    prepare();
    handlers[SVCALL] = spoil_process_stack;
    note("ended", attempt_with_control(call, 2));
    show2("return, process stack", part);
    prepare();
    handlers[SVCALL] = spoil_process_stack;
    note("ended", attempt_with_control(call, 3));
    show2("return, unprivileged process stack", part);
    prepare();
    handlers[SVCALL] = spoil_half;
    note("ended", attempt_with_control(call, 2));
    show2("return, half outside", part);
    prepare();
    handlers[SVCALL] = spoil_main_stack;
    note("ended", attempt(call));
    show2("return, main stack", part);
}


static void all(const char *part, uint32_t svc, uint32_t bus, bool enabled)
{
    svc_priority = svc;
    bus_priority = bus;
    bus_enabled = enabled;
    entries(part);
    returns(part);
}

int main(void)
{
    CPACR = FP_ACCESS;
    barrier();
    all("fault more urgent", 0x80, 0x40, true);
    all("fault less urgent", 0x40, 0x80, true);
    all("equal", 0x80, 0x80, true);
    all("disabled", 0x80, 0x40, false);
    return 0;
}
