/* m7_vector_fetch.c - a vector that cannot be read: HardFault with HFSR.VECTTBL.
 *
 * The table lies at the end of a memory: only its first 32 entries can be read.
 */
#include "exceptions.h"

#define TABLE 0x60FFFF80u

SNIPPET(pend_twenty, "ldr r0, =0xE000E200\n mov r1, #0x100000\n str r1, [r0]\n dsb\n isb\n nop")
SNIPPET(call, "svc #0")

static void pend_within(struct exception *exception)
{
    (void)exception;
    ISPR = 1u << 20;
    barrier();
    note("back", READ_SPECIAL(ipsr));
}

/* It stays pending; it must not come again. */
static void note_and_drop(struct exception *exception)
{
    note("pending", ISPR);
    note_fault(exception);
    ICPR = 1u << 20;
    recover(exception);
}

static void prepare(bool enabled)
{
    calm();
    VTOR = TABLE;
    ISER = 1u << 20;
    handlers[HARD_FAULT] = note_and_drop;
    IPR(20) = 0x80;
    SHPR(SVCALL) = 0xA0;
    SHPR(BUS_FAULT) = 0x40;
    if (enabled) {
        SHCSR |= SHCSR_ENABLES;
    }
}

static void end(const char *name, bool ended)
{
    VTOR = 0;
    note("ended", ended);
    note("icsr", ICSR & ~ICSR_RETTOBASE);
    note("iabr", IABR);
    calm();
    show(name);
}

/* Tail-chained: the vector is read on the way out of SVC. */
static void pend_less_urgent(struct exception *exception)
{
    exception->lr_to_use = 0;
    IPR(20) = 0xB0;
    ISPR = 1u << 20;
    barrier();
}

int main(void)
{
    for (unsigned n = 0; n < 32; n++) {
        WORD(TABLE + 4 * n) = WORD(4 * n);
    }
    for (unsigned enabled = 0; enabled < 2; enabled++) {
        prepare(enabled);
        end("from Thread mode", attempt(pend_twenty));
        prepare(enabled);
        end("on the process stack", attempt_with_control(pend_twenty, 2));
        prepare(enabled);
        handlers[SVCALL] = pend_within;
        end("nested", attempt(call));
        prepare(enabled);
        handlers[SVCALL] = pend_less_urgent;
        end("tail-chained", attempt(call));
    }
    return 0;
}
