/* exceptions.c - the vector table, the common handler, attempts. */
#include "exceptions.h"

enum { FRAME_BYTES = 32, RECOVERY_BELOW = 64, RAM = 0x20000000, RAM_BYTES = 0x10000 };

handler *handlers[48];
uint32_t process_stack[256] __attribute__((aligned(8)));

struct attempted {
    uint32_t sp, ipsr; /* attempt_call() knows their offsets */
    code *run;
};

struct attempted attempted;

/* switch.S */
extern bool attempt_call(code *run, struct attempted *attempted);
extern void attempt_resume(void);
extern void attempt_unwind(void);
uint64_t unwind(void);
extern void run_with_control(code *run, uint32_t control, uint32_t psp);
uint64_t exception_entered(uint32_t msp, uint32_t psp, uint32_t exc_return);
void reset(void);

/* ---- the common handler ---- */

static bool readable(uint32_t address)
{
    return address - RAM <= RAM_BYTES - FRAME_BYTES && address % 4 == 0;
}

uint64_t exception_entered(uint32_t msp, uint32_t psp, uint32_t exc_return)
{
    struct exception exception = {
        .number = READ_SPECIAL(ipsr), .msp = msp, .psp = psp, .exc_return = exc_return};
    const uint32_t frame = exc_return & 4u ? psp : msp;

    exception.frame = readable(frame) ? (uint32_t *)(uintptr_t)frame : 0;
    handlers[exception.number](&exception);
    return (uint64_t)exception.msp_to_use << 32 | exception.lr_to_use;
}

/* ---- what handlers do ---- */

void note_number(struct exception *exception)
{
    note("exc", exception->number);
}

static void note_stack(const char *tag, uint32_t value)
{
    if (value + 0x800 > PROCESS_TOP && value < PROCESS_TOP + 0x40) {
        note_place(tag, value, PROCESS_TOP, "process");
    } else {
        note_place(tag, value, attempted.sp, "main");
    }
}

static void note_code(const char *tag, uint32_t value)
{
    note_place(tag, value, ADDRESS(attempted.run) & ~1u, "code");
}

static void note_unless_zero(const char *tag, uint32_t value)
{
    if (value != 0) {
        note(tag, value);
    }
}

void note_fault(const struct exception *exception)
{
    const uint32_t cfsr = CFSR;

    note("exc", exception->number);
    note("ret", exception->exc_return);
    note("cfsr", cfsr);
    note_unless_zero("hfsr", HFSR);
    note_unless_zero("dfsr", DFSR);
    if (cfsr & CFSR_MMARVALID) {
        note("mmfar", MMFAR);
    }
    if (cfsr & CFSR_BFARVALID) {
        note("bfar", BFAR);
    }
    note("shcsr", SHCSR);
    note("icsr", ICSR);
    note_unless_zero("control", READ_SPECIAL(control));
    note_unless_zero("primask", READ_SPECIAL(primask));
    note_unless_zero("basepri", READ_SPECIAL(basepri));
    note_unless_zero("faultmask", READ_SPECIAL(faultmask));
    note_stack("msp", exception->msp);
    note_stack("psp", exception->psp);
    if (exception->frame != 0) {
        note("f.r0", exception->frame[0]);
        note("f.r1", exception->frame[1]);
        note("f.r12", exception->frame[4]);
        note_code("f.pc", exception->frame[6]);
        note("f.xpsr", exception->frame[7]);
    }
}

/* An active exception other than the one that runs, 0: there is none. */
static uint32_t another_active(void)
{
    static const uint8_t system[] = {
        MEM_MANAGE, BUS_FAULT, 0, USAGE_FAULT, 0, 0, 0, SVCALL, DEBUG_MONITOR, 0, PENDSV, SYSTICK};
    const uint32_t current = READ_SPECIAL(ipsr);

    for (unsigned n = 0; n < 32; n++) {
        if ((IABR >> n & 1u) && current != IRQ0 + n) {
            return IRQ0 + n;
        }
        if (n < sizeof system && (SHCSR >> n & 1u) && current != system[n]) {
            return system[n];
        }
    }
    return 0;
}

/* The frame to return with: to the caller of attempt(), through all handlers that are active. */
static uint32_t frame_for_recovery(uint32_t *exc_return)
{
    uint32_t *const frame = (uint32_t *)(uintptr_t)(attempted.sp - RECOVERY_BELOW);
    const uint32_t below = attempted.ipsr == 0 ? another_active() : 0;

    frame[6] = ADDRESS(below ? attempt_unwind : attempt_resume) & ~1u;
    frame[7] = XPSR_T | (below ? below : attempted.ipsr);
    *exc_return = frame[7] & 0x1FFu ? EXCEPTION_RETURN_HANDLER : EXCEPTION_RETURN_MAIN;
    return ADDRESS(frame);
}

uint64_t unwind(void)
{
    uint32_t exc_return;
    const uint32_t msp = frame_for_recovery(&exc_return);

    return (uint64_t)msp << 32 | exc_return;
}

bool keep_status;

void recover(struct exception *exception)
{
    if (!keep_status) {
        CFSR = 0xFFFFFFFF;
        HFSR = 0xFFFFFFFF;
        DFSR = 0xFFFFFFFF;
    }
    FPCCR &= ~FPCCR_LSPACT;
    WRITE_SPECIAL(control, 0);
    exception->msp_to_use = frame_for_recovery(&exception->lr_to_use);
}

void note_and_recover(struct exception *exception)
{
    if (exception->number == SVCALL) {
        note("svc from", exception->exc_return);
    } else {
        note_fault(exception);
    }
    recover(exception);
}

/* ---- attempts ---- */

bool attempt(code *run)
{
    attempted.run = run;
    return attempt_call(run, &attempted);
}

static code *to_run;
static uint32_t control_to_use;

static void run_controlled(void)
{
    run_with_control(to_run, control_to_use, PROCESS_TOP);
}

bool attempt_with_control(code *run, uint32_t control)
{
    control_to_use = control;
    to_run = run;
    attempted.run = run;
    return attempt_call(run_controlled, &attempted);
}

static bool ended_by_recovery;

static void attempt_here(struct exception *exception)
{
    (void)exception;
    attempted.run = to_run;
    ended_by_recovery = attempt_call(to_run, &attempted);
}

bool attempt_in_interrupt(code *run, unsigned interrupt, uint32_t priority)
{
    to_run = run;
    handlers[IRQ0 + interrupt] = attempt_here;
    IPR(interrupt) = (uint8_t)priority;
    ISER = 1u << interrupt;
    ISPR = 1u << interrupt;
    barrier();
    ICER = 1u << interrupt;
    return ended_by_recovery;
}

void calm(void)
{
    WRITE_SPECIAL(primask, 0);
    WRITE_SPECIAL(basepri, 0);
    __asm__ volatile("cpsie f\n isb" : : : "memory");
    ICER = 0xFFFFFFFF;
    ICPR = 0xFFFFFFFF;
    ICSR = PENDSVCLR | PENDSTCLR;
    AIRCR = AIRCR_KEY;
    for (unsigned n = 0; n < 32; n++) {
        IPR(n) = 0;
    }
    for (unsigned n = MEM_MANAGE; n <= SYSTICK; n++) {
        SHPR(n) = 0;
    }
    SHCSR &= ~SHCSR_ENABLES;
    CCR = CCR_STKALIGN;
    MPU_CTRL = 0;
    SCR = 0;
    CFSR = 0xFFFFFFFF;
    HFSR = 0xFFFFFFFF;
    DFSR = 0xFFFFFFFF;
    barrier();
    for (unsigned n = 0; n < 48; n++) {
        const bool fault = (n >= HARD_FAULT && n <= USAGE_FAULT) || n == DEBUG_MONITOR;
        handlers[n] = fault || n == SVCALL ? note_and_recover : note_number;
    }
}

/* ---- start ---- */

__attribute__((section(".vectors"), used)) static void *const vectors[48] = {
    main_stack_top, reset,
    any_exception, any_exception, any_exception, any_exception, any_exception, any_exception,
    any_exception, any_exception, any_exception, any_exception, any_exception, any_exception,
    any_exception, any_exception, any_exception, any_exception, any_exception, any_exception,
    any_exception, any_exception, any_exception, any_exception, any_exception, any_exception,
    any_exception, any_exception, any_exception, any_exception, any_exception, any_exception,
    any_exception, any_exception, any_exception, any_exception, any_exception, any_exception,
    any_exception, any_exception, any_exception, any_exception, any_exception, any_exception,
    any_exception, any_exception, any_exception, any_exception,
};

void reset(void)
{
    calm();
    main();
    finish();
}
