/* lazy_faults.c - FP state that cannot be stored when it is due: LSPERR, NOCP, FPCCR's RDY bits. */
#include "exceptions.h"

#define FPCCR_SEEN 0x17Bu /* MONRDY, BFRDY, MMRDY, HFRDY, THREAD, USER, LSPACT */

SNIPPET(use_and_call, "vmov.f32 s0, #1.0\n svc #0")
SNIPPET(use_and_pend, "vmov.f32 s0, #1.0\n ldr r0, =0xE000E200\n movs r1, #1\n str r1, [r0]\n"
                      "dsb\n isb\n svc #0")

static uint32_t svc_priority, fault_priority, enables;

static void prepare(void)
{
    calm();
    CPACR = FP_ACCESS;
    FPCCR = FPCCR_ASPEN | FPCCR_LSPEN;
    barrier();
    for (unsigned n = MEM_MANAGE; n <= USAGE_FAULT; n++) {
        SHPR(n) = (uint8_t)fault_priority;
    }
    SHPR(SVCALL) = (uint8_t)svc_priority;
    IPR(0) = (uint8_t)svc_priority;
    ISER = 1;
    SHCSR |= enables;
}

static void end(const char *name, bool ended)
{
    CPACR = FP_ACCESS;
    barrier();
    note("ended", ended);
    note("cfsr", CFSR);
    calm();
    FPCCR = FPCCR_ASPEN | FPCCR_LSPEN;
    WRITE_SPECIAL(control, 0);
    show(name);
}

/* Nothing is at FPCAR any more. */
static void spoil_place(struct exception *exception)
{
    note("fpccr", FPCCR & FPCCR_SEEN);
    FPCAR = NOWHERE + 0x40;
    __asm__ volatile("vmov.f32 s3, #1.0" : : : "s3");
    note("went on", FPCCR & FPCCR_SEEN);
    recover(exception);
}

static void note_fault_and_fpccr(struct exception *exception)
{
    note("exc", exception->number);
    note("ret", exception->exc_return);
    note("cfsr", CFSR);
    note("hfsr", HFSR);
    note("icsr", ICSR);
    recover(exception);
}

/* The handler may not use FP: the state stays where it is. */
static void take_access_away(struct exception *exception)
{
    CPACR = 0;
    barrier();
    __asm__ volatile("vmov.f32 s3, #1.0" : : : "s3");
    note("unreached", 1);
    recover(exception);
}

/* The handler may, and so may the privileged code that the state belongs to. */
static void privileged_only(struct exception *exception)
{
    CPACR = 5u << 20;
    barrier();
    __asm__ volatile("vmov.f32 s3, #1.0" : : : "s3");
    note("went on", FPCCR & FPCCR_SEEN);
    recover(exception);
}

static void with_handler(const char *name, code *run, uint32_t control, handler *handle)
{
    prepare();
    handlers[SVCALL] = handle;
    handlers[IRQ0] = handle;
    handlers[BUS_FAULT] = note_fault_and_fpccr;
    handlers[HARD_FAULT] = note_fault_and_fpccr;
    handlers[USAGE_FAULT] = note_fault_and_fpccr;
    note("control", control);
    end(name, attempt_with_control(run, control));
}

static void all(uint32_t svc, uint32_t fault, uint32_t enabled)
{
    svc_priority = svc;
    fault_priority = fault;
    enables = enabled;
    for (uint32_t control = 0; control < 4; control++) {
        note("svc", svc);
        note("fault", fault);
        note("enabled", enabled != 0);
        with_handler("nowhere", use_and_call, control, spoil_place);
    }
    with_handler("nowhere, interrupt", use_and_pend, 2, spoil_place);
    with_handler("without access", use_and_call, 0, take_access_away);
    with_handler("access of privileged code only", use_and_call, 2, privileged_only);
}

int main(void)
{
    all(0x80, 0x40, SHCSR_ENABLES);
    all(0x40, 0x80, SHCSR_ENABLES);
    all(0x80, 0x80, SHCSR_ENABLES);
    all(0x80, 0x40, 0);
    return 0;
}
