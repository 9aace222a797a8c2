/* systick.c - registers of SysTick; nothing here depends on how fast it counts. */
#include "exceptions.h"

static volatile uint32_t ticks;

static void count(struct exception *exception)
{
    (void)exception;
    ticks++;
}

static void stop_after_three(struct exception *exception)
{
    (void)exception;
    if (++ticks == 3) {
        SYST_CSR = 0;
    }
}

int main(void)
{
    note("csr", SYST_CSR & ~4u);
    SYST_RVR = 0xFFFFFFFF;
    note("rvr", SYST_RVR);
    SYST_RVR = 0xFF000000;
    note("rvr", SYST_RVR);
    SYST_CVR = 0x123;
    note("cvr", SYST_CVR);
    SYST_CSR = 0x6;
    note("csr", SYST_CSR);
    SYST_CSR = 0xFFFF0004;
    note("csr", SYST_CSR);
    show("bits");

    SYST_RVR = 0xFFFFFF;
    SYST_CVR = 0;
    SYST_CSR = 5;
    barrier();
    while (SYST_CVR == 0) {
    }
    note("below", SYST_CVR < 0xFFFFFF);
    const uint32_t before = SYST_CVR;
    while (SYST_CVR == before) {
    }
    note("counts down", SYST_CVR < before);
    note("flag", SYST_CSR >> 16);
    SYST_CSR = 4;
    const uint32_t still = SYST_CVR;
    for (volatile unsigned n = 0; n < 100; n++) {
    }
    note("stands still", SYST_CVR == still);
    SYST_CVR = 1;
    note("cleared", SYST_CVR);
    show("counting");

    SYST_RVR = 10000;
    SYST_CVR = 0;
    SYST_CSR = 5;
    while (!(SYST_CSR >> 16)) {
    }
    SYST_CSR = 4;
    note("pending", ICSR >> 26 & 1u);
    show("flag without interrupt");

    SYST_CVR = 0;
    SYST_CSR = 5;
    while (SYST_CVR == 0 || SYST_CVR > 9000) {
    }
    for (volatile unsigned n = 0; n < 30000; n++) {
    }
    SYST_CSR = 4;
    note("flag", SYST_CSR >> 16);
    note("read clears it", SYST_CSR >> 16);
    show("flag");

    handlers[SYSTICK] = count;
    ticks = 0;
    SYST_CVR = 0;
    SYST_CSR = 7;
    while (ticks < 5) {
    }
    SYST_CSR = 0;
    ICSR = PENDSTCLR;
    note("five", ticks >= 5);
    show("interrupt");

    handlers[SYSTICK] = stop_after_three;
    ticks = 0;
    SYST_CVR = 0;
    SYST_CSR = 7;
    while (ticks < 3) {
    }
    for (volatile unsigned n = 0; n < 30000; n++) {
    }
    note("ticks", ticks);
    show("stopped by its handler");

    __asm__ volatile("cpsid i" : : : "memory");
    SYST_CVR = 0;
    SYST_CSR = 7;
    while (!(ICSR & PENDSTSET)) {
    }
    SYST_CSR = 0;
    ICSR = PENDSTCLR;
    note("pending", ICSR & PENDSTSET);
    ticks = 0;
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    note("ticks", ticks);
    show("pending taken back");
    return 0;
}
