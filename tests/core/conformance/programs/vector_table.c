/* vector_table.c - VTOR: moved while exceptions run and wait, its low bits, its place at reset. */
#include "exceptions.h"

static uint32_t first[64] __attribute__((aligned(256)));
static uint32_t second[64] __attribute__((aligned(256)));

static void from_first(void)
{
    note("first", READ_SPECIAL(ipsr));
}

static void from_second(void)
{
    note("second", READ_SPECIAL(ipsr));
}

static void move_and_pend(struct exception *exception)
{
    (void)exception;
    VTOR = ADDRESS(second);
    ISPR = 1u << 5;
    barrier();
    note("vtor moved", VTOR == ADDRESS(second));
}

int main(void)
{
    note("vtor", VTOR);
    for (unsigned n = 0; n < 48; n++) {
        first[n] = n == IRQ0 + 5 ? ADDRESS(from_first) : WORD(4 * n);
        second[n] = n == IRQ0 + 5 || n == PENDSV ? ADDRESS(from_second) : WORD(4 * n);
    }
    ISER = 0x3F;
    ISPR = 1u << 5;
    barrier();
    VTOR = ADDRESS(first);
    ISPR = 1u << 5;
    barrier();
    VTOR = ADDRESS(second);
    ISPR = 1u << 5;
    barrier();
    VTOR = 0;
    ISPR = 1u << 5;
    barrier();
    show("moved, and back");

    VTOR = ADDRESS(first);
    IPR(4) = 0x80;
    handlers[IRQ0 + 4] = move_and_pend;
    ISPR = 1u << 4;
    barrier();
    ICSR = PENDSVSET;
    barrier();
    show("moved within a handler");

    __asm__ volatile("cpsid i" : : : "memory");
    VTOR = ADDRESS(first);
    ISPR = 1u << 5;
    VTOR = ADDRESS(second);
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    show("moved while pending");

    second[IRQ0 + 5] = ADDRESS(from_first);
    barrier();
    ISPR = 1u << 5;
    barrier();
    show("entry rewritten");

    VTOR = 0xFFFFFFFF;
    note("vtor", VTOR & 0x3FFFFFFFu);
    VTOR = 0;
    note("vtor", VTOR);
    show("bits");
    return 0;
}
