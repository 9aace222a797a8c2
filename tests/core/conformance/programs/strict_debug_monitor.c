/* strict_debug_monitor.c - BKPT and DEMCR: QEMU has no DebugMonitor (DDI 0403, C1.6). */
#include "exceptions.h"

enum { MON_EN = 1u << 16, MON_PEND = 1u << 17 };

SNIPPET(breakpoint, "bkpt #3")
SNIPPET(semihosting, "bkpt #0xAB")
SNIPPET(never, "movs r0, #1\n cmp r0, #2\n it eq\n bkpt #1") /* executes all the same */

static void prepare(uint32_t demcr)
{
    calm();
    SHPR(DEBUG_MONITOR) = 0x40;
    DEMCR = demcr;
    barrier();
}

static void end(const char *name, bool ended)
{
    note("ended", ended);
    note("demcr", DEMCR & (MON_EN | MON_PEND));
    DEMCR = 0;
    calm();
    show(name);
}

static void skip(struct exception *exception)
{
    note("exc", exception->number);
    note("dfsr", DFSR);
    DFSR = 2;
    note("dfsr", DFSR);
    note("shcsr", SHCSR);
    exception->frame[6] += 2;
}

int main(void)
{
    prepare(MON_EN);
    end("enabled", attempt(breakpoint));
    prepare(MON_EN);
    end("enabled, unprivileged", attempt_with_control(breakpoint, 3));
    prepare(MON_EN);
    end("enabled, 0xAB", attempt(semihosting));
    prepare(MON_EN);
    end("enabled, in an IT block", attempt(never));
    prepare(MON_EN);
    handlers[DEBUG_MONITOR] = skip;
    end("skipped by its handler", attempt(breakpoint));
    prepare(MON_EN);
    end("in a less urgent interrupt", attempt_in_interrupt(breakpoint, 3, 0x80));
    prepare(MON_EN);
    end("in a more urgent interrupt", attempt_in_interrupt(breakpoint, 3, 0x20));
    prepare(MON_EN);
    WRITE_SPECIAL(primask, 1);
    end("behind PRIMASK", attempt(breakpoint));
    prepare(0);
    end("disabled", attempt(breakpoint));

    prepare(MON_EN);
    handlers[DEBUG_MONITOR] = note_number;
    DEMCR = MON_EN | MON_PEND;
    barrier();
    end("pended", false);
    prepare(0);
    handlers[DEBUG_MONITOR] = note_number;
    DEMCR = MON_PEND;
    barrier();
    note("demcr", DEMCR & (MON_EN | MON_PEND));
    DEMCR = 0;
    DEMCR = MON_EN;
    barrier();
    end("pended while disabled, and taken back", false);
    return 0;
}
