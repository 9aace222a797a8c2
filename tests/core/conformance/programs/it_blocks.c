/* it_blocks.c - ITSTATE across exceptions at every place of a block; ICI bits in a frame. */
#include "exceptions.h"

uint32_t seen[5];
static uint32_t stacked_state, ici;

static void note_state(struct exception *exception)
{
    const uint32_t xpsr = exception->frame[7];

    note("it", (xpsr >> 8 & 0xFCu) | (xpsr >> 25 & 3u));
    note("epsr", READ_SPECIAL(epsr));
    __asm__ volatile("cmp r0, r0\n ittet ne\n nopne\n nopne\n nopeq\n nopne" : : : "cc");
}

/* An IT block of four with SVC in one place; the others add powers of 16. */
#define BLOCK(name, mask, a, b, c, d)                                                             \
    static void name(void)                                                                        \
    {                                                                                             \
        __asm__ volatile("movs r0, #0\n movs r1, #0\n movs r2, #5\n cmp r2, #5\n"                  \
                         "it" mask " eq\n" a b c d                                                 \
                         "ldr r2, =seen\n stm r2, {r0, r1}\n"                                      \
                         : : : "r0", "r1", "r2", "r3", "r12", "cc", "memory");                     \
        note("r0", seen[0]);                                                                      \
        note("r1", seen[1]);                                                                      \
        show("block " mask ", " #name);                                                           \
    }

BLOCK(first_then, "ttt", "svceq #1\n", "addeq r0, #1\n", "addeq r0, #16\n", "addeq r1, #1\n")
BLOCK(first_else, "eee", "svceq #1\n", "addne r0, #1\n", "addne r0, #16\n", "addne r1, #1\n")
BLOCK(second, "tet", "addeq r0, #1\n", "svceq #1\n", "addne r0, #16\n", "addeq r1, #1\n")
BLOCK(third, "ett", "addeq r0, #1\n", "addne r0, #16\n", "svceq #1\n", "addeq r1, #1\n")
BLOCK(fourth, "eet", "addeq r0, #1\n", "addne r0, #16\n", "addne r1, #1\n", "svceq #1\n")
BLOCK(skipped, "eee", "addeq r0, #1\n", "svcne #1\n", "addne r0, #16\n", "svcne #2\n")

/* The flags changed within the block change what follows; an interrupt comes in between. */
static void flags_change(void)
{
    __asm__ volatile("movs r0, #0\n movs r2, #5\n cmp r2, #5\n"
                     "itttt eq\n addeq r0, #1\n cmpeq r2, #6\n addeq r0, #16\n svceq #1\n"
                     "ldr r2, =seen\n str r0, [r2]\n"
                     : : : "r0", "r1", "r2", "r3", "r12", "cc", "memory");
    note("r0", seen[0]);
    show("flags change in the block");
}

SNIPPET(fault_second, "movs r0, #0\n cmp r0, r0\n itete eq\n addeq r0, #1\n udfne #0\n udfeq #0\n"
                      "addne r0, #2")
SNIPPET(load_in_block, "ldr r1, =0x30000000\n cmp r1, r1\n ittt eq\n moveq r0, #1\n ldreq r0, [r1]\n"
                       "moveq r0, #2")

/* Continues what was interrupted: ICI bits of a frame are kept for the instruction returned to. */
static void stack_ici(struct exception *exception)
{
    stacked_state = exception->frame[7];
    exception->frame[7] = (stacked_state & ~0x0600FC00u) | ici << 12;
}

static void continue_multiple(void)
{
    static uint32_t words[4];

    handlers[SVCALL] = stack_ici;
    for (ici = 1; ici <= 3; ici += 2) {
        for (unsigned n = 0; n < 4; n++) {
            words[n] = 0x11 * (n + 1);
        }
        __asm__ volatile("mov r0, %0\n mov r1, #0x11\n mov r2, #0x22\n mov r3, #0x33\n"
                         "svc #1\n"
                         "ldmia.w r0, {r1, r2, r3, r12}\n"
                         "ldr r0, =seen\n stm r0, {r1, r2, r3, r12}\n"
                         "mrs r1, xpsr\n str r1, [r0, #16]\n"
                         : : "r"(words) : "r0", "r1", "r2", "r3", "r12", "cc", "memory");
        for (unsigned n = 0; n < 4; n++) {
            note("word", seen[n]);
        }
        show("an interrupted LDM goes on");
    }
}

int main(void)
{
    handlers[SVCALL] = note_state;
    first_then();
    first_else();
    second();
    third();
    fourth();
    skipped();
    flags_change();
    SHCSR |= SHCSR_ENABLES;
    note("ended", attempt(fault_second));
    show("fault in a block");
    note("ended", attempt(load_in_block));
    show("load in a block");
    continue_multiple();
    return 0;
}
