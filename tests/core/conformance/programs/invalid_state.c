/* invalid_state.c - the ways to lose the Thumb bit, and branches that look alike but do not. */
#include "exceptions.h"

SNIPPET(branch, "adr r0, 1f\n bx r0\n .align 2\n1: nop")
SNIPPET(branch_with_link, "adr r0, 1f\n blx r0\n .align 2\n1: nop")
SNIPPET(pop_pc, "adr r0, 1f\n push {r0}\n pop {pc}\n .align 2\n1: nop")
SNIPPET(load_pc, "adr r0, 1f\n push {r0}\n ldr pc, [sp], #4\n .align 2\n1: nop")
SNIPPET(load_multiple_pc, "adr r0, 1f\n push {r0}\n mov r0, sp\n ldmia r0!, {pc}\n .align 2\n1: nop")
SNIPPET(move_pc, "adr r0, 1f\n mov pc, r0\n udf #0\n .align 2\n1: nop")
SNIPPET(move_pc_odd, "adr r0, 1f\n add r0, r0, #1\n mov pc, r0\n udf #0\n .align 2\n1: nop")
SNIPPET(add_pc, "movs r0, #2\n add pc, r0\n udf #0\n udf #0\n nop")
SNIPPET(null_pointer, "movs r0, #0\n blx r0")
SNIPPET(even_in_block, "adr r0, 1f\n cmp r0, r0\n it eq\n bxeq r0\n .align 2\n1: nop")
SNIPPET(call, ".balign 4\n svc #0") /* so that bit 1 of the address returned to is set */

static const struct attempt_at ways[] = {
    {"bx", branch}, {"blx", branch_with_link}, {"pop", pop_pc}, {"ldr", load_pc},
    {"ldm", load_multiple_pc}, {"mov pc", move_pc}, {"mov pc, odd", move_pc_odd},
    {"add pc", add_pc}, {"null", null_pointer}, {"in an IT block", even_in_block},
};

static uint32_t table[64] __attribute__((aligned(256)));

static void clear_thumb_bit(struct exception *exception)
{
    exception->frame[7] &= ~XPSR_T;
}

static void pend_five(void)
{
    ISER = 1u << 5;
    ISPR = 1u << 5;
    barrier();
}

static void prepare(bool enabled)
{
    calm();
    if (enabled) {
        SHCSR |= SHCSR_ENABLES;
    }
    for (unsigned n = MEM_MANAGE; n <= USAGE_FAULT; n++) {
        SHPR(n) = 0x40;
    }
    IPR(5) = 0x80;
    SHPR(SVCALL) = 0x80;
}

static void vectors(bool enabled)
{
    const char *const part = enabled ? "enabled" : 0;

    for (unsigned n = 0; n < 48; n++) {
        table[n] = WORD(4 * n);
    }
    VTOR = ADDRESS(table);
    table[IRQ0 + 5] &= ~1u;
    prepare(enabled);
    note("ended", attempt(pend_five));
    show2("even vector of an interrupt", part);

    table[SVCALL] &= ~1u;
    prepare(enabled);
    note("ended", attempt(call));
    show2("even vector of SVC", part);

    prepare(enabled); /* the interrupt's vector is even, and more urgent than the fault */
    IPR(5) = 0x20;
    note("ended", attempt(pend_five));
    show2("even vector of an urgent interrupt", part);
    VTOR = 0;
}

int main(void)
{
    for (unsigned enabled = 0; enabled < 2; enabled++) {
        for (unsigned n = 0; n < COUNT(ways); n++) {
            prepare(enabled);
            note("ended", attempt(ways[n].run));
            show2(ways[n].name, enabled ? "enabled" : 0);
        }
        prepare(enabled);
        handlers[SVCALL] = clear_thumb_bit;
        note("ended", attempt(call));
        show2("T cleared in a frame", enabled ? "enabled" : 0);
        vectors(enabled);
    }
    return 0;
}
