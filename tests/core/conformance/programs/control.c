/* control.c - CONTROL and the special registers: who may write them, what reads as zero. */
#include "exceptions.h"

uint32_t seen[8];

static void note_seen(unsigned count)
{
    for (unsigned n = 0; n < count; n++) {
        note("seen", seen[n]);
        seen[n] = 0;
    }
}

static void write_in_handler(struct exception *exception)
{
    note("in", exception->number);
    for (uint32_t value = 0; value < 8; value++) {
        WRITE_SPECIAL(control, value);
        note("control", READ_SPECIAL(control));
    }
    WRITE_SPECIAL(control, 0);
}

static void in_handler(void)
{
    calm();
    ISER = 1;
    handlers[IRQ0] = write_in_handler;
    ISPR = 1;
    barrier();
    note("control", READ_SPECIAL(control));
    show("written in a handler");
}

static void in_thread(void)
{
    static const uint32_t values[] = {0, 2, 0, 4, 0, 2, 6, 0, 0xFFFFFFF8};

    WRITE_SPECIAL(psp, PROCESS_TOP);
    for (unsigned n = 0; n < COUNT(values); n++) {
        uint32_t read;
        __asm__ volatile("msr control, %1\n isb\n mrs %0, control\n" : "=&r"(read) : "r"(values[n]));
        note("control", read);
    }
    WRITE_SPECIAL(control, 0);
    show("written in Thread mode");
}

SNIPPET(unprivileged,
        "movs r0, #0\n msr control, r0\n isb\n mrs r1, control\n"
        "ldr r2, =0x20001000\n msr msp, r2\n msr psp, r2\n mrs r2, msp\n mrs r3, psp\n"
        "ldr r4, =seen\n stm r4!, {r1-r3}\n"
        "mrs r1, xpsr\n mrs r2, ipsr\n mrs r3, epsr\n stm r4!, {r1-r3}\n"
        "mov r0, #0xF0000000\n msr apsr_nzcvq, r0\n mrs r1, apsr\n mrs r2, iepsr\n stm r4!, {r1-r2}\n"
        "svc #0")

static void lift(struct exception *exception)
{
    note("control", READ_SPECIAL(control));
    recover(exception);
}

static void from_unprivileged(void)
{
    calm();
    handlers[SVCALL] = lift;
    for (uint32_t control = 1; control < 4; control += 2) {
        note("ended", attempt_with_control(unprivileged, control));
        note_seen(8);
        show("unprivileged");
    }
}

static void parts_of_xpsr(struct exception *exception)
{
    WRITE_SPECIAL(apsr_nzcvqg, 0xA80F0000);
    note("in", exception->number);
    note("apsr", READ_SPECIAL(apsr));
    note("ipsr", READ_SPECIAL(ipsr));
    note("epsr", READ_SPECIAL(epsr));
    WRITE_SPECIAL(apsr_nzcvq, 0x50050000);
    note("iapsr", READ_SPECIAL(iapsr));
    WRITE_SPECIAL(apsr_g, 0xF8030000);
    note("eapsr", READ_SPECIAL(eapsr));
    note("iepsr", READ_SPECIAL(iepsr));
    note("xpsr", READ_SPECIAL(xpsr));
    __asm__ volatile("msr ipsr, %0\n msr epsr, %0" : : "r"(0xFFFFFFFF));
    note("xpsr", READ_SPECIAL(xpsr));
}

static void both_stacks(struct exception *exception)
{
    (void)exception;
    const uint32_t psp = READ_SPECIAL(psp), msp = READ_SPECIAL(msp);
    register uint32_t sp __asm__("sp");

    note("msp is sp", msp == sp);
    WRITE_SPECIAL(psp, 0x20002001);
    note("psp", READ_SPECIAL(psp));
    note("sp stays", msp == READ_SPECIAL(msp));
    WRITE_SPECIAL(psp, psp);
}

int main(void)
{
    in_handler();
    in_thread();
    from_unprivileged();
    calm();
    ISER = 3;
    handlers[IRQ0 + 1] = parts_of_xpsr;
    ISPR = 2;
    barrier();
    show("parts of xPSR");
    handlers[IRQ0] = both_stacks;
    ISPR = 1;
    barrier();
    show("stack pointers in a handler");
    return 0;
}
