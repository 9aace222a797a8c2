/* sleep.c - WFI, WFE, SEV, SLEEPONEXIT: what ends sleep, and what runs then. SysTick ends it late. */
#include "exceptions.h"

enum { SLEEPONEXIT = 1u << 1, SEVONPEND = 1u << 4, PERIOD = 20000 };

static volatile uint32_t ticks;

static void count(struct exception *exception)
{
    (void)exception;
    ticks++;
    SYST_CSR = 0;
}

static void wake_later(void)
{
    ticks = 0;
    SYST_RVR = PERIOD;
    SYST_CVR = 0;
    SYST_CSR = 7;
}

static void prepare(void)
{
    SYST_CSR = 0;
    calm();
    handlers[SYSTICK] = count;
    ISER = 3;
    IPR(0) = 0x80;
    IPR(1) = 0x40;
    ticks = 0;
}

static void wfi(void)
{
    __asm__ volatile("dsb\n wfi\n isb" : : : "memory");
}

static void wfe(void)
{
    __asm__ volatile("dsb\n wfe\n isb" : : : "memory");
}

/* No event is left over. */
static void forget_events(void)
{
    __asm__ volatile("sev\n wfe" : : : "memory");
}

static void waiting_for_interrupts(void)
{
    prepare();
    wake_later();
    wfi();
    note("ticks", ticks);
    show("wfi until an interrupt");

    prepare();
    __asm__ volatile("cpsid i" : : : "memory");
    ISPR = 1;
    wfi();
    note("held", ISPR);
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    show("wfi with one pending behind PRIMASK");

    prepare();
    __asm__ volatile("cpsid i" : : : "memory");
    wake_later();
    wfi();
    note("ticks", ticks);
    note("pending", ICSR >> 26 & 1u);
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    note("ticks", ticks);
    show("wfi behind PRIMASK");

    prepare();
    SHPR(SYSTICK) = 0x20;
    WRITE_SPECIAL(basepri, 0x40);
    ISPR = 3; /* neither may preempt: they end no sleep */
    wake_later();
    wfi();
    note("ticks", ticks);
    note("held", ISPR);
    WRITE_SPECIAL(basepri, 0);
    show("wfi behind BASEPRI");

    prepare();
    ICER = 3;
    ISPR = 3; /* pending but not enabled */
    wake_later();
    wfi();
    note("ticks", ticks);
    note("held", ISPR);
    show("wfi with disabled ones pending");
}

static void sleep_in_handler(struct exception *exception)
{
    note("in", exception->number);
    ISPR = 1; /* an equal: it ends no sleep */
    wake_later();
    wfi();
    note("ticks", ticks);
    handlers[IRQ0] = note_number;
}

static void waiting_in_handler(void)
{
    prepare();
    handlers[IRQ0] = sleep_in_handler;
    ISPR = 1;
    barrier();
    show("wfi in a handler");
}

static void waiting_for_events(void)
{
    prepare();
    forget_events();
    __asm__ volatile("sev" : : : "memory");
    wake_later();
    wfe();
    note("ticks", ticks);
    show("wfe after sev");

    prepare();
    ISPR = 2;
    barrier(); /* an exception leaves an event behind */
    wake_later();
    wfe();
    note("ticks", ticks);
    show("wfe after an exception");

    prepare();
    forget_events();
    SCR = SEVONPEND;
    ICER = 3;
    ISPR = 1; /* pending is enough, enabled or not */
    wake_later();
    wfe();
    note("ticks", ticks);
    note("held", ISPR);
    show("wfe, SEVONPEND");

    prepare();
    forget_events();
    wake_later();
    wfe();
    note("ticks", ticks);
    show("wfe until an exception");

    prepare();
    __asm__ volatile("cpsid i" : : : "memory");
    forget_events();
    SCR = SEVONPEND;
    wake_later();
    wfe();
    note("ticks", ticks);
    note("pending", ICSR >> 26 & 1u);
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    show("wfe until one is pending behind PRIMASK");
}

static void leave_awake(struct exception *exception)
{
    count(exception);
    SCR = 0;
}

static void asleep_on_exit(void)
{
    prepare();
    handlers[SYSTICK] = leave_awake;
    SCR = SLEEPONEXIT;
    wake_later();
    ISPR = 1;
    barrier();
    note("ticks", ticks);
    show("sleeponexit");
}

int main(void)
{
    waiting_for_interrupts();
    waiting_in_handler();
    waiting_for_events();
    asleep_on_exit();
    return 0;
}
