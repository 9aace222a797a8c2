/* mpu_stacking.c - frames in a forbidden region: MSTKERR, MUNSTKERR, MLSPERR; HFNMIENA. */
#include "exceptions.h"

enum { ENABLE = 1, HFNMIENA = 2, PRIVDEFENA = 4 };
#define REGION_SIZE(log2) (((log2) - 1u) << 1)
#define AP(value) ((uint32_t)(value) << 24)
#define FULL AP(3)

uint8_t guarded[512] __attribute__((aligned(512))); /* the lower half is forbidden */
static uint32_t svc_priority, fault_priority;
static bool enabled;

#define ON_EDGE "ldr r0, =guarded + 256 + 16\n msr psp, r0\n movs r1, #2\n msr control, r1\n isb\n"
SNIPPET(call, ON_EDGE "svc #0")
SNIPPET(undefined, ON_EDGE "udf #0")
SNIPPET(pend, ON_EDGE "ldr r0, =0xE000E200\n movs r1, #1\n str r1, [r0]\n dsb\n isb\n nop")
SNIPPET(call_with_fp, "vmov.f32 s0, #1.0\n" ON_EDGE "movs r1, #6\n msr control, r1\n isb\n svc #0")
SNIPPET(call_unprivileged, "ldr r0, =guarded + 256 + 16\n msr psp, r0\n movs r1, #3\n"
                           "msr control, r1\n isb\n svc #0")
SNIPPET(plain_call, "svc #0")

static const struct attempt_at stacking[] = {
    {"svc", call}, {"udf", undefined}, {"interrupt", pend}, {"svc with FP", call_with_fp},
    {"svc, unprivileged", call_unprivileged},
};

/* The frame may not be looked at. */
static void note_and_go(struct exception *exception)
{
    note("exc", exception->number);
    note("ret", exception->exc_return);
    note("cfsr", CFSR);
    note("hfsr", HFSR);
    note("icsr", ICSR);
    note("shcsr", SHCSR);
    note_place("psp", exception->psp, ADDRESS(guarded), "guarded");
    recover(exception);
}

static void region(unsigned number, uint32_t base, uint32_t attributes)
{
    MPU_RNR = number;
    MPU_RBAR = base;
    MPU_RASR = attributes | ENABLE;
}

static void prepare(uint32_t forbidden_access)
{
    calm();
    for (unsigned n = MEM_MANAGE; n <= USAGE_FAULT; n++) {
        SHPR(n) = (uint8_t)fault_priority;
    }
    SHPR(SVCALL) = (uint8_t)svc_priority;
    IPR(0) = (uint8_t)svc_priority;
    ISER = 1;
    if (enabled) {
        SHCSR |= SHCSR_ENABLES;
    }
    for (unsigned n = HARD_FAULT; n <= IRQ0; n++) {
        handlers[n] = note_and_go;
    }
    region(0, 0, REGION_SIZE(32) | FULL);
    region(1, ADDRESS(guarded), REGION_SIZE(8) | forbidden_access);
    MPU_CTRL = ENABLE;
    barrier();
}

static void end(const char *name, const char *part)
{
    MPU_CTRL = 0;
    barrier();
    note("cfsr", CFSR);
    calm();
    show2(name, part);
}

static void to_forbidden(struct exception *exception)
{
    exception->lr_to_use = exception->exc_return;
    WRITE_SPECIAL(psp, ADDRESS(guarded) + 256 - 8);
}

static void entries_and_returns(const char *part)
{
    for (unsigned n = 0; n < COUNT(stacking); n++) {
        prepare(AP(0));
        note("ended", attempt(stacking[n].run));
        end(stacking[n].name, part);
    }
    prepare(AP(1)); /* privileged access: a privileged thread may, another may not */
    note("ended", attempt(call));
    note("ended", attempt(call_unprivileged));
    end("privileged only", part);
    for (uint32_t control = 2; control < 4; control++) {
        prepare(AP(0));
        handlers[SVCALL] = to_forbidden;
        note("ended", attempt_with_control(plain_call, control));
        end("return", part);
    }
}

/* ---- lazy FP state that may not be written when it is due ---- */


static void forbid_and_use(struct exception *exception)
{
    note("ret", exception->exc_return);
    MPU_RNR = 2;
    MPU_RBAR = FPCAR & ~31u;
    MPU_RASR = REGION_SIZE(5) | AP(0) | ENABLE;
    barrier();
    __asm__ volatile("vmov.f32 s3, #1.0" : : : "s3");
    note("lspact", FPCCR & 1u);
    MPU_RNR = 2;
    MPU_RASR = 0;
    barrier();
    recover(exception);
}

static void note_lazy(struct exception *exception)
{
    note("exc", exception->number);
    note("ret", exception->exc_return);
    note("cfsr", CFSR);
    note("hfsr", HFSR);
    note("lspact", FPCCR & 1u);
    if (CFSR & CFSR_MMARVALID) {
        note("mmfar", MMFAR != 0);
    }
    MPU_RNR = 2;
    MPU_RASR = 0;
    barrier();
    recover(exception);
}

SNIPPET(use_and_call, "vmov.f32 s0, #1.0\n svc #0")

static void lazy(const char *part)
{
    prepare(AP(0));
    handlers[SVCALL] = forbid_and_use;
    handlers[MEM_MANAGE] = note_lazy;
    handlers[HARD_FAULT] = note_lazy;
    note("ended", attempt_with_control(use_and_call, 2));
    note("fpccr", FPCCR & 1u);
    end("lazy", part);
}

/* ---- HardFault and FAULTMASK: the MPU is off unless HFNMIENA ---- */

static void look(void)
{
    note("word", *(volatile uint32_t *)(void *)guarded);
    note("faultmask", READ_SPECIAL(faultmask));
}

static void look_in_handler(struct exception *exception)
{
    note("exc", exception->number);
    look();
}

static void without_mpu(void)
{
    *(uint32_t *)(void *)guarded = 0x1234;
    prepare(AP(0));
    __asm__ volatile("cpsid f\n isb" : : : "memory");
    look();
    __asm__ volatile("cpsie f\n isb" : : : "memory");
    handlers[NMI] = look_in_handler;
    ICSR = NMIPENDSET;
    barrier();
    end("MPU off above priority 0", 0);
    prepare(AP(3));
    MPU_CTRL = ENABLE | HFNMIENA;
    barrier();
    __asm__ volatile("cpsid f\n isb" : : : "memory");
    look();
    __asm__ volatile("cpsie f\n isb" : : : "memory");
    end("HFNMIENA", 0);
}

static void all(const char *part, uint32_t svc, uint32_t fault, bool is_enabled)
{
    svc_priority = svc;
    fault_priority = fault;
    enabled = is_enabled;
    entries_and_returns(part);
    lazy(part);
}

int main(void)
{
    CPACR = FP_ACCESS;
    barrier();
    all("fault more urgent", 0x80, 0x40, true);
    all("fault less urgent", 0x40, 0x80, true);
    all("disabled", 0x80, 0x40, false);
    without_mpu();
    return 0;
}
