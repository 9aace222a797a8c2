/* pending.c - set and clear pending and enable; active bits; SHCSR written by hand. */
#include "exceptions.h"

static void hold(void)
{
    __asm__ volatile("cpsid i" : : : "memory");
}

static void let(void)
{
    __asm__ volatile("cpsie i\n isb" : : : "memory");
}

static void note_state(void)
{
    note("icsr", ICSR & ~ICSR_RETTOBASE);
    note("ispr", ISPR);
    note("iser", ISER);
    note("shcsr", SHCSR);
}

static void clear_itself(struct exception *exception)
{
    note("in", exception->number);
    ISPR = 1u << (exception->number - IRQ0);
    note("ispr", ISPR);
    ICPR = 1u << (exception->number - IRQ0);
    note("ispr", ISPR);
    note("iabr", IABR);
    note("icsr", ICSR);
}

static void disable_itself(struct exception *exception)
{
    note("in", exception->number);
    ICER = 1u << (exception->number - IRQ0);
    ISPR = 1u << (exception->number - IRQ0);
    note("iabr", IABR);
}

static void interrupts(void)
{
    calm();
    hold();
    ISPR = 0x80000021;
    note_state();
    ICPR = 0x20;
    note_state();
    ISER = 0x80000001;
    note_state();
    ICER = 1;
    note_state();
    let();
    note_state();
    ICPR = 0xFFFFFFFF;
    show("set and clear");

    calm();
    ISER = 1u << 4;
    handlers[IRQ0 + 4] = clear_itself;
    ISPR = 1u << 4;
    barrier();
    note_state();
    show("cleared in its handler");

    calm();
    ISER = 1u << 4;
    handlers[IRQ0 + 4] = disable_itself;
    ISPR = 1u << 4;
    barrier();
    note_state();
    handlers[IRQ0 + 4] = note_number;
    ISER = 1u << 4;
    barrier();
    note_state();
    show("disabled in its handler, pended");

    calm();
    ISER = 3;
    hold();
    ISPR = 3;
    IPR(1) = 0x40;
    IPR(0) = 0x80;
    note_state();
    IPR(0) = 0x20;
    note_state();
    let();
    show("priority changed while pending");
}

static void system_ones(void)
{
    calm();
    hold();
    ICSR = PENDSVSET;
    note_state();
    ICSR = PENDSVCLR;
    note_state();
    ICSR = PENDSTSET;
    note_state();
    ICSR = PENDSTCLR;
    note_state();
    ICSR = 0;
    note_state();
    let();
    note("none", 0);
    show("PendSV and SysTick taken back");
}

/* The bits of SHCSR, each written and read back; what is pended so is taken. */
static void by_hand(void)
{
    calm();
    for (unsigned n = MEM_MANAGE; n <= SYSTICK; n++) {
        handlers[n] = note_number;
    }
    SHCSR = SHCSR_ENABLES;
    note_state();
    SHCSR = SHCSR_ENABLES | 1u << 12;
    barrier();
    note_state();
    SHCSR = SHCSR_ENABLES | 1u << 13;
    barrier();
    note_state();
    SHCSR = SHCSR_ENABLES | 1u << 14;
    barrier();
    note_state();
    SHCSR = SHCSR_ENABLES | 1u << 15;
    barrier();
    note_state();
    show("pended in SHCSR");

    hold();
    SHCSR = SHCSR_ENABLES | 15u << 12;
    note_state();
    SHCSR = SHCSR_ENABLES | 5u << 12;
    note_state();
    let();
    note_state();
    show("pended in SHCSR behind PRIMASK");

    SHCSR = 3u << 12 | 1u << 17; /* BusFault enabled, MemManage not */
    SHPR(BUS_FAULT) = 0x40;
    barrier();
    note_state();
    SHCSR |= SHCSR_ENABLES;
    barrier();
    note_state();
    show("pended while disabled");

    calm();
    for (unsigned n = MEM_MANAGE; n <= SYSTICK; n++) {
        handlers[n] = note_number;
    }
    SHPR(PENDSV) = 0x80;
    SHPR(SYSTICK) = 0x80;
    SHPR(SVCALL) = 0x40;
    SHCSR = 1u << 10; /* as if PendSV ran: its equals wait */
    barrier();
    note_state();
    ICSR = PENDSTSET;
    barrier();
    note_state();
    SHCSR = 0;
    barrier();
    note_state();
    show("active by hand");

    for (unsigned bit = 0; bit < 12; bit++) {
        SHCSR = 1u << bit;
        note("shcsr", SHCSR);
        SHCSR = 0;
    }
    note("shcsr", SHCSR);
    show("active bits");
}

int main(void)
{
    interrupts();
    system_ones();
    by_hand();
    return 0;
}
