/* priority_bits.c - all eight bits of a priority, on a processor that has them: groups and order. */
#include "exceptions.h"

static void nest(struct exception *exception)
{
    note("in", exception->number - IRQ0);
    if (exception->number == IRQ0 + 8) {
        ISPR = 0xFF; /* each more urgent by one bit */
        barrier();
        note("pending", ISPR);
    }
}

static void prepare(uint32_t group)
{
    calm();
    AIRCR = AIRCR_KEY | group << 8;
    for (unsigned n = 0; n < 8; n++) {
        handlers[IRQ0 + n] = nest;
        IPR(n) = (uint8_t)(0xFFu & ~(1u << n));
    }
    handlers[IRQ0 + 8] = nest;
    IPR(8) = 0xFF;
    ISER = 0x1FF;
}

int main(void)
{
    IPR(3) = 0xFF;
    note("ipr", IPR(3));
    SHPR(PENDSV) = 0xA5;
    note("shpr", SHPR(PENDSV));
    WRITE_SPECIAL(basepri, 0xFF);
    note("basepri", READ_SPECIAL(basepri));
    show("bits");
    for (uint32_t group = 0; group < 8; group++) {
        prepare(group);
        ISPR = 1u << 8;
        barrier();
        note("group", group);
        show("nesting");
        prepare(group);
        WRITE_SPECIAL(basepri, 0xF8);
        ISPR = 0x1FF;
        barrier();
        note("held", ISPR);
        WRITE_SPECIAL(basepri, 0x01);
        barrier();
        note("held", ISPR);
        WRITE_SPECIAL(basepri_max, 0x81);
        note("basepri", READ_SPECIAL(basepri));
        WRITE_SPECIAL(basepri, 0);
        show("basepri");
    }
    return 0;
}
