/* strict_bus_faults_ignored.c - CCR.BFHFNMIGN, which QEMU does not have (DDI 0403, B3.2.8). */
#include "exceptions.h"

static void probe(void)
{
    note("ipsr", READ_SPECIAL(ipsr));
    note("faultmask", READ_SPECIAL(faultmask));
    (void)WORD(NOWHERE + 4);
    note("loaded", 1);
    WORD(NOWHERE + 8) = 1;
    barrier();
    note("stored", 1);
    HALF(NOWHERE + 10) = 1;
    (void)BYTE(NOWHERE + 1);
    note("narrow", 1);
}

static void probe_and_recover(struct exception *exception)
{
    probe();
    recover(exception);
}

static void probe_only(struct exception *exception)
{
    (void)exception;
    probe();
}

SNIPPET(undefined, "udf #0")
SNIPPET(load, "ldr r0, =0x30000004\n ldr r1, [r0]")

int main(void)
{
    CCR |= CCR_BFHFNMIGN;
    handlers[HARD_FAULT] = probe_and_recover;
    note("ended", attempt(undefined));
    show("in HardFault");
    handlers[NMI] = probe_only;
    ICSR = NMIPENDSET;
    barrier();
    show("in NMI");
    __asm__ volatile("cpsid f\n isb" : : : "memory");
    probe();
    __asm__ volatile("cpsie f\n isb" : : : "memory");
    show("behind FAULTMASK");
    CFSR = CFSR;
    handlers[HARD_FAULT] = note_and_recover;
    note("ended", attempt(load));
    show("elsewhere it is a fault");
    return 0;
}
