/* hard_fault.c - HardFault and NMI against each other and against what waits. */
#include "exceptions.h"

static uint32_t depth;

static void note_active(void)
{
    note("icsr", ICSR);
    note("shcsr", SHCSR);
    note("iabr", IABR);
}

static void nmi_in_hard_fault(struct exception *exception)
{
    note("in", exception->number);
    ICSR = NMIPENDSET;
    barrier();
    note("back", READ_SPECIAL(ipsr));
    note_active();
    ISPR = 1;
    ICSR = PENDSVSET;
    barrier();
    note("held", ISPR);
    recover(exception);
}

static void trace_nmi(struct exception *exception)
{
    note("in", exception->number);
    note("ret", exception->exc_return);
    note_active();
}

SNIPPET(undefined, "udf #0")
SNIPPET(call, "svc #0")

static void prepare(void)
{
    calm();
    ISER = 3;
    IPR(0) = 0x40;
    IPR(1) = 0x20;
    handlers[NMI] = trace_nmi;
}

static void clear_hfsr(struct exception *exception)
{
    note("in", exception->number);
    HFSR = HFSR;
    CFSR = CFSR;
    note("hfsr", HFSR);
    note("cfsr", CFSR);
    exception->frame[6] += 2; /* behind the UDF */
}

/* Goes on behind the instruction, with all that it had. */
static void skipped(void)
{
    uint32_t r0, r12;

    prepare();
    handlers[HARD_FAULT] = clear_hfsr;
    __asm__ volatile("mov r0, #0x40\n mov r12, #0x4c\n udf #0\n mov %0, r0\n mov %1, r12\n"
                     : "=&r"(r0), "=&r"(r12) : : "r0", "r1", "r2", "r3", "r12", "memory");
    note("r0", r0);
    note("r12", r12);
    show("skipped by its handler");
}

static void fault_in_usage_fault(struct exception *exception)
{
    if (++depth == 1) {
        note_fault(exception);
        __asm__ volatile("udf #1");
    }
}

static void twice(void)
{
    prepare();
    depth = 0;
    SHCSR |= SHCSR_ENABLES;
    handlers[USAGE_FAULT] = fault_in_usage_fault;
    note("ended", attempt(undefined));
    note_active();
    calm();
    show("a UsageFault in the handler of one");

    prepare();
    depth = 0;
    SHCSR |= SHCSR_ENABLES;
    SHPR(USAGE_FAULT) = 0x80;
    SHPR(BUS_FAULT) = 0x40;
    extern void fault_on_bus(struct exception *exception);
    handlers[USAGE_FAULT] = fault_on_bus;
    note("ended", attempt(undefined));
    calm();
    show("a BusFault in the handler of a UsageFault");

    prepare();
    SHCSR |= SHCSR_ENABLES;
    SHPR(USAGE_FAULT) = 0x40;
    SHPR(BUS_FAULT) = 0x80;
    handlers[USAGE_FAULT] = fault_on_bus;
    note("ended", attempt(undefined));
    calm();
    show("a less urgent BusFault in the handler of a UsageFault");
}

void fault_on_bus(struct exception *exception)
{
    note("in", exception->number);
    WORD(NOWHERE) = 1;
    barrier();
    note("unreached", 1);
}

static void call_again(struct exception *exception)
{
    note("in", exception->number);
    __asm__ volatile("svc #1");
    note("unreached", 1);
}

static void calls(void)
{
    prepare();
    handlers[SVCALL] = call_again;
    note("ended", attempt(call));
    calm();
    show("SVC in SVC");
    prepare();
    SHPR(SVCALL) = 0x40;
    note("ended", attempt_in_interrupt(call, 1, 0x20));
    calm();
    show("SVC in a more urgent interrupt");
    prepare();
    WRITE_SPECIAL(primask, 1);
    note("ended", attempt(call));
    calm();
    show("SVC behind PRIMASK");
    prepare();
    SHPR(SVCALL) = 0x40;
    WRITE_SPECIAL(basepri, 0x40);
    note("ended", attempt(call));
    calm();
    show("SVC behind BASEPRI");
}

int main(void)
{
    prepare();
    handlers[HARD_FAULT] = nmi_in_hard_fault;
    note("ended", attempt(undefined));
    show("NMI in HardFault");
    skipped();
    twice();
    calls();
    return 0;
}
