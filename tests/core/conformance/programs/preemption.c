/* preemption.c - nesting, tail-chaining, order of equals, system exceptions among interrupts. */
#include "exceptions.h"

static uint32_t pends[48];  /* what the handler of an exception pends, once */
static uint32_t raises[48]; /* what it writes to ICSR then */

static void trace(struct exception *exception)
{
    const uint32_t number = exception->number;

    note("in", number);
    note("ret", exception->exc_return & 0xFFu);
    note("xpsr", READ_SPECIAL(xpsr) & 0x1FFu);
    if (pends[number] != 0 || raises[number] != 0) {
        const uint32_t raised = raises[number], pended = pends[number];
        raises[number] = 0;
        pends[number] = 0;
        ICSR = raised;
        barrier();
        ISPR = pended;
        barrier();
        note("icsr", ICSR);
        note("ispr", ISPR);
        note("iabr", IABR);
        note("shcsr", SHCSR);
        note("out", number);
    }
}

static void prepare(uint32_t a, uint32_t b, uint32_t c)
{
    calm();
    for (unsigned n = 0; n < 48; n++) {
        handlers[n] = trace;
        pends[n] = 0;
        raises[n] = 0;
    }
    ISER = 0xFFFF;
    IPR(0) = (uint8_t)a;
    IPR(1) = (uint8_t)b;
    IPR(2) = (uint8_t)c;
}

static void pend(uint32_t interrupts)
{
    ISPR = interrupts;
    barrier();
}

static void among_interrupts(void)
{
    prepare(0x80, 0x40, 0xC0);
    pends[IRQ0] = 6;
    pend(1);
    show("one more and one less urgent");
    prepare(0x80, 0x80, 0x80);
    pends[IRQ0] = 7;
    pend(1);
    show("equals, itself included");
    prepare(0x30, 0x20, 0x20);
    pend(7);
    show("three at once");
    prepare(0x80, 0x60, 0x40);
    pends[IRQ0] = 2;
    pends[IRQ0 + 1] = 4;
    pends[IRQ0 + 2] = 1;
    pend(1);
    show("three deep, the first again after");
    prepare(0x80, 0x60, 0x40);
    __asm__ volatile("cpsid i" : : : "memory");
    ISPR = 7;
    note("icsr", ICSR);
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    show("behind PRIMASK");
    prepare(0x80, 0x60, 0x40);
    STIR = 2;
    barrier();
    STIR = 0;
    barrier();
    show("STIR");
    prepare(0, 0, 0);
    pends[IRQ0] = 1u << 7;
    pend(1u << 7 | 1u);
    show("by number");
}

static void system_exceptions(void)
{
    prepare(0xD0, 0x10, 0);
    SHPR(PENDSV) = 0xF0;
    SHPR(SYSTICK) = 0xE0;
    SHPR(SVCALL) = 0x80;
    __asm__ volatile("cpsid i" : : : "memory");
    ICSR = PENDSVSET;
    ICSR = PENDSTSET;
    ISPR = 3;
    note("icsr", ICSR);
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    show("PendSV and SysTick last");

    prepare(0x80, 0, 0);
    SHPR(PENDSV) = 0x80;
    SHPR(SYSTICK) = 0x80;
    raises[IRQ0] = PENDSVSET | PENDSTSET;
    pends[IRQ0] = 1;
    pend(1);
    show("equals, by number");

    prepare(0x80, 0, 0);
    raises[IRQ0] = NMIPENDSET;
    pends[IRQ0] = 2;
    raises[NMI] = PENDSVSET;
    pends[NMI] = 1;
    pend(1);
    show("NMI in an interrupt");

    prepare(0x80, 0x40, 0x40);
    raises[NMI] = NMIPENDSET;
    pends[NMI] = 6;
    ICSR = NMIPENDSET;
    barrier();
    show("NMI again in NMI");
}

static void call_in_interrupt(struct exception *exception)
{
    note("in", exception->number);
    __asm__ volatile("svc #1" : : : "memory");
    note("out", exception->number);
}

static void more_urgent_in_svc(void)
{
    prepare(0x80, 0x20, 0);
    handlers[IRQ0] = call_in_interrupt;
    SHPR(SVCALL) = 0x40;
    SHPR(PENDSV) = 0xC0;
    pends[SVCALL] = 3;
    raises[SVCALL] = PENDSVSET;
    pend(1);
    show("SVC in an interrupt, PendSV after");
}

int main(void)
{
    among_interrupts();
    system_exceptions();
    more_urgent_in_svc();
    return 0;
}
