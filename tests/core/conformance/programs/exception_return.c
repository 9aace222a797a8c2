/* exception_return.c - EXC_RETURN: each legal form, each check that fails (DDI 0403, B1.5.8). */
#include "exceptions.h"

static uint32_t return_with;
static uint32_t process_frame[16] __attribute__((aligned(8)));

static void return_so(struct exception *exception)
{
    note("exc", exception->number);
    note("icsr", ICSR);
    exception->lr_to_use = return_with;
}

static void pend_one(void)
{
    ISPR = 2;
    barrier();
}

static void pend_two(void)
{
    ISPR = 4;
    barrier();
}

static void pend_two_within(struct exception *exception)
{
    (void)exception;
    pend_two();
    note("back in", READ_SPECIAL(ipsr));
}

static void pend_one_within(struct exception *exception)
{
    (void)exception;
    pend_one();
    note("back in", READ_SPECIAL(ipsr));
}

static void show_end(const char *name, bool ended)
{
    note("ended", ended);
    note("icsr", ICSR & ~ICSR_RETTOBASE); /* whose value is unknown in Thread mode */
    note("iabr", IABR);
    note("shcsr", SHCSR);
    note("control", READ_SPECIAL(control));
    calm();
    show(name);
}

static void prepare(uint32_t value)
{
    calm();
    SHCSR |= SHCSR_ENABLES;
    ISER = 0x3F;
    IPR(1) = 0x80;
    IPR(2) = 0x60;
    SHPR(USAGE_FAULT) = 0x40;
    SHPR(SVCALL) = 0xA0;
    return_with = value;
    for (unsigned n = 0; n < 8; n++) {
        process_frame[n] = 0x100 + n;
    }
    extern void attempt_resume(void);
    process_frame[6] = ADDRESS(attempt_resume);
    process_frame[7] = XPSR_T;
    WRITE_SPECIAL(psp, ADDRESS(process_frame));
}

/* From the only active exception, then from one that preempted another. */
static void forms(void)
{
    static const uint8_t low[] = {0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0xA, 0xB, 0xC, 0xE, 0xF};

    for (unsigned n = 0; n < sizeof low; n++) {
        prepare(0xFFFFFFF0u + low[n]);
        handlers[IRQ0 + 1] = return_so;
        note("form", low[n]);
        show_end("from base", attempt(pend_one));
    }
    static const uint8_t nested[] = {0x0, 0x3, 0x9, 0xD};
    for (unsigned n = 0; n < sizeof nested; n++) {
        prepare(0xFFFFFFF0u + nested[n]);
        handlers[IRQ0 + 1] = pend_two_within;
        handlers[IRQ0 + 2] = return_so;
        note("form", nested[n]);
        show_end("nested", attempt(pend_one));
    }
    prepare(EXCEPTION_RETURN_MAIN);
    handlers[IRQ0 + 1] = return_so;
    show_end("legal, main", attempt(pend_one));
    prepare(0);
    handlers[IRQ0 + 1] = pend_two_within;
    handlers[IRQ0 + 2] = return_so;
    show_end("legal, nested", attempt(pend_one));
}

SNIPPET(call, "svc #0")

static void become_inactive(struct exception *exception)
{
    (void)exception;
    note("shcsr", SHCSR);
    SHCSR &= ~(1u << 7);
    note("shcsr", SHCSR);
}

static uint32_t number_to_stack;

static void stack_number(struct exception *exception)
{
    exception->frame[7] = (exception->frame[7] & ~0x1FFu) | number_to_stack;
}

static void frames(void)
{
    prepare(0);
    handlers[SVCALL] = become_inactive;
    show_end("from an inactive one", attempt(call));

    prepare(0);
    number_to_stack = IRQ0 + 3;
    handlers[IRQ0 + 1] = stack_number;
    show_end("to Thread with a number", attempt(pend_one));

    prepare(0);
    number_to_stack = 0;
    handlers[IRQ0 + 1] = pend_two_within;
    handlers[IRQ0 + 2] = stack_number;
    show_end("to a handler without a number", attempt(pend_one));

    prepare(0);
    number_to_stack = IRQ0 + 1;
    CCR |= CCR_NONBASETHRDENA;
    handlers[IRQ0 + 1] = stack_number;
    show_end("to Thread with a number, NONBASETHRDENA", attempt(pend_one));
}

/* Thread mode, on the process stack, while an exception is active; SVC leads back to it. */
static uint32_t handler_stack;

static void in_thread_below(void)
{
    note("ipsr", READ_SPECIAL(ipsr));
    note("control", READ_SPECIAL(control));
    note("iabr", IABR);
    __asm__ volatile("svc #0");
}

static void go_to_thread(struct exception *exception)
{
    process_frame[6] = ADDRESS(in_thread_below) & ~1u;
    handler_stack = ADDRESS(exception->frame);
    exception->lr_to_use = EXCEPTION_RETURN_PROCESS;
}

static void return_from_below(struct exception *exception)
{
    note("svc from", exception->exc_return);
    note("icsr", ICSR);
    WRITE_SPECIAL(control, 0);
    exception->msp_to_use = handler_stack; /* the frame that the interrupt pushed */
    exception->lr_to_use = EXCEPTION_RETURN_HANDLER;
}

static void non_base(void)
{
    prepare(0);
    CCR |= CCR_NONBASETHRDENA;
    SHPR(SVCALL) = 0x40;
    handlers[IRQ0 + 2] = pend_one_within;
    handlers[IRQ0 + 1] = go_to_thread;
    handlers[SVCALL] = return_from_below;
    IPR(1) = 0x60;
    IPR(2) = 0x80;
    show_end("Thread mode below an interrupt", attempt(pend_two));
}

SNIPPET(thread_branch, "ldr r0, =0xFFFFFFF9\n bx r0")
SNIPPET(thread_pop, "ldr r0, =0xFFFFFFFD\n push {r0}\n pop {pc}")
SNIPPET(handler_move, "ldr r0, =0xFFFFFFF9\n mov pc, r0")

__attribute__((naked)) static void return_by_pop(void)
{
    __asm__ volatile("push {r4, lr}\n pop {r4, pc}\n");
}

__attribute__((naked)) static void return_by_load(void)
{
    __asm__ volatile("push {r4, lr}\n ldr r4, [sp], #4\n ldr pc, [sp], #4\n");
}

__attribute__((naked)) static void return_by_load_multiple(void)
{
    __asm__ volatile("push {r4, lr}\n mov r0, sp\n add sp, #8\n ldmia r0, {r4, pc}\n");
}

static void by_instruction(void)
{
    static uint32_t table[64] __attribute__((aligned(256)));
    static code *const ways[] = {return_by_pop, return_by_load, return_by_load_multiple};

    for (unsigned n = 0; n < 48; n++) {
        table[n] = WORD(4 * n);
    }
    VTOR = ADDRESS(table);
    for (unsigned n = 0; n < COUNT(ways); n++) {
        prepare(0);
        table[IRQ0 + 1] = ADDRESS(ways[n]);
        show_end("returned by pop, ldr, ldm", attempt(pend_one));
    }
    VTOR = 0;
}

int main(void)
{
    forms();
    frames();
    by_instruction();
    prepare(0);
    show_end("bx in Thread mode", attempt(thread_branch));
    prepare(0);
    show_end("pop in Thread mode", attempt(thread_pop));
    prepare(0);
    show_end("mov pc in Handler mode", attempt_in_interrupt(handler_move, 3, 0x80));
    non_base();
    return 0;
}
