/* self_modifying.c - code written while it runs is what executes after DSB and ISB. */
#include "exceptions.h"

static uint16_t code_words[64] __attribute__((aligned(64)));

typedef uint32_t function(uint32_t);

static uint32_t run(uint32_t argument)
{
    function *const f = (function *)(ADDRESS(code_words) | 1u);

    return f(argument);
}

static void put(unsigned index, uint16_t halfword)
{
    ((volatile uint16_t *)code_words)[index] = halfword;
    barrier();
}

static void patch_in_handler(struct exception *exception)
{
    (void)exception;
    put(1, 0x3000 + 0x77); /* adds r0, #0x77 */
}

/* Writes the instruction just behind itself, and runs into it. */
static uint32_t patch_ahead(uint32_t value)
{
    uint32_t result;

    __asm__ volatile("ldr r1, =0x20000FC0\n"
                     "ldr r2, =0x46088008\n str r2, [r1]\n"   /* strh r0, [r1]; mov r0, r1 */
                     "ldr r2, =0x4770BF00\n str r2, [r1, #4]\n" /* nop; bx lr */
                     "dsb\n isb\n"
                     "adds r2, r1, #1\n mov r0, %1\n blx r2\n"
                     "ldrh r0, [r1]\n mov %0, r0\n"
                     : "=r"(result) : "r"(value) : "r0", "r1", "r2", "lr", "cc", "memory");
    return result;
}

int main(void)
{
    put(0, 0x2000);        /* movs r0, #0 */
    put(1, 0x3000 + 1);    /* adds r0, #1 */
    put(2, 0x4770);        /* bx lr */
    for (unsigned n = 0; n < 5; n++) {
        note("ran", run(n));
        put(1, (uint16_t)(0x3000 + 0x10 * (n + 1)));
    }
    show("one instruction changed");

    put(0, 0x3000 + 1);
    put(1, 0xBF00);
    for (unsigned n = 0; n < 20; n++) {
        note("ran", run(n));
    }
    put(2, 0x3001);
    put(3, 0x4770);
    note("ran", run(1));
    show("run often, then longer");

    put(0, 0x4610); /* mov r0, r2 made wide: halves written one by one */
    put(0, 0xF240);
    put(1, 0x1234); /* movw r2, #0x34 */
    put(2, 0x4610);
    put(3, 0x4770);
    note("ran", run(0));
    put(1, 0x5256);
    note("ran", run(0));
    show("wide instruction, second half changed");

    put(0, 0x2001);
    put(1, 0x3000);
    put(2, 0x4770);
    note("ran", run(0));
    handlers[SVCALL] = patch_in_handler;
    __asm__ volatile("svc #0" : : : "memory");
    note("ran", run(0));
    show("changed by a handler");

    *(volatile uint8_t *)code_words = 9;
    barrier();
    note("ran", run(0));
    show("one byte changed");

    note("half", patch_ahead(0xBF00));
    show("code that writes itself");
    return 0;
}
