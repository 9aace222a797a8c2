/* priorities.c - PRIGROUP: who preempts whom, and who comes first, for all eight groupings. */
#include "exceptions.h"

static void nest(struct exception *exception)
{
    note("in", exception->number - IRQ0);
    if (exception->number == IRQ0) {
        ISPR = 0x3E; /* five others, each more urgent by one bit */
        barrier();
        note("pending", ISPR);
        note("vectpending", ICSR >> 12 & 0x1FFu);
    }
}

static void mask_of_group(uint32_t group)
{
    AIRCR = AIRCR_KEY | group << 8;
    note("prigroup", AIRCR >> 8 & 7u);
    static const uint8_t priority[] = {0xF0, 0xE0, 0xD0, 0xB0, 0x70, 0xF0};
    for (unsigned n = 0; n < 6; n++) {
        handlers[IRQ0 + n] = nest;
        IPR(n) = priority[n];
    }
    ISER = 0x3F;
    ISPR = 1;
    barrier();
}

/* BASEPRI, too, is compared by its group. */
static void base_of_group(uint32_t group)
{
    for (unsigned n = 0; n < 6; n++) {
        handlers[IRQ0 + n] = note_number;
    }
    AIRCR = AIRCR_KEY | group << 8;
    WRITE_SPECIAL(basepri, 0xD0);
    ISPR = 0x3F;
    barrier();
    note("held", ISPR);
    WRITE_SPECIAL(basepri, 0);
    barrier();
}

/* A fault's priority against the running one, by group. */
static void fault_of_group(uint32_t group)
{
    SHCSR |= SHCSR_ENABLES;
    AIRCR = AIRCR_KEY | group << 8;
    SHPR(USAGE_FAULT) = 0xC0;
}

SNIPPET(undefined, "udf #0")

int main(void)
{
    for (uint32_t group = 0; group < 8; group++) {
        calm();
        mask_of_group(group);
        show("nesting");
        calm();
        ISER = 0x3F;
        for (unsigned n = 0; n < 6; n++) {
            static const uint8_t priority[] = {0xF0, 0xE0, 0xD0, 0xB0, 0x70, 0xC0};
            IPR(n) = priority[n];
        }
        base_of_group(group);
        show("basepri");
        calm();
        fault_of_group(group);
        note("ended", attempt_in_interrupt(undefined, 1, 0xD0));
        show("fault");
        calm();
        fault_of_group(group);
        WRITE_SPECIAL(basepri, 0xE0);
        note("ended", attempt(undefined));
        show("fault behind basepri");
    }
    AIRCR = 0x1FA0000 | 7u << 8;
    note("airc", AIRCR);
    show("AIRCR without its key");
    return 0;
}
