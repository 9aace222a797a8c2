/* exceptions.c - what exceptions look like to firmware, printed line by line through semihosting.
 *
 * Nothing here depends on how long anything takes: every processor that keeps to the architecture
 * prints the same. External interrupts 0..15 are pended by software only; no device is used.
 */
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define BYTE(address) (*(volatile uint8_t *)(uintptr_t)(address))
#define ISER REG(0xE000E100)
#define ICER REG(0xE000E180)
#define ISPR REG(0xE000E200)
#define ICPR REG(0xE000E280)
#define IABR REG(0xE000E300)
#define IPR(n) BYTE(0xE000E400 + (n))
#define ICSR REG(0xE000ED04)
#define VTOR REG(0xE000ED08)
#define AIRCR REG(0xE000ED0C)
#define CCR REG(0xE000ED14)
#define SHPR(n) BYTE(0xE000ED18 + (n)-4)
#define SHCSR REG(0xE000ED24)
#define CPACR REG(0xE000ED88)
#define STIR REG(0xE000EF00)
#define FPCCR REG(0xE000EF34)
#define FPCAR REG(0xE000EF38)
#define FPDSCR REG(0xE000EF3C)
#define PENDSVSET (1u << 28)
#define PENDSTSET (1u << 26)
#define NMIPENDSET (1u << 31)

extern void reset(void);

/* ---- printing ---- */

static void semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

static void print(const char *text)
{
    semihost(4, text);
}

static void print_hex(uint32_t value)
{
    char text[10];

    for (int digit = 0; digit < 8; digit++) {
        const uint32_t nibble = value >> (28 - 4 * digit) & 15u;
        text[digit] = (char)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
    }
    text[8] = ' ';
    text[9] = 0;
    print(text);
}

static void show(const char *what, const uint32_t *values, unsigned count)
{
    print(what);
    print(": ");
    for (unsigned n = 0; n < count; n++) {
        print_hex(values[n]);
    }
    print("\n");
}

/* ---- the trace that handlers write; printed outside of them ---- */

static volatile uint32_t trace[64];
static volatile unsigned traced;

static void note(uint32_t value)
{
    if (traced < 64) {
        trace[traced++] = value;
    }
}

static void show_trace(const char *what)
{
    show(what, (const uint32_t *)trace, traced);
    traced = 0;
}

/* What is pended and may preempt has done so: nobody else promises when. */
static void barrier(void)
{
    __asm__ volatile("dsb\n isb" : : : "memory");
}

static uint32_t ipsr(void)
{
    uint32_t value;

    __asm__ volatile("mrs %0, ipsr" : "=r"(value));
    return value;
}

/* ---- handlers ---- */

static volatile uint32_t frame_copy[40];
static volatile uint32_t frame_words;
static volatile uint32_t pend_in_handler[16]; /* what interrupt n pends while it runs, once */

void supervisor(uint32_t *frame, uint32_t exc_return)
{
    for (unsigned n = 0; n < frame_words; n++) {
        frame_copy[n] = frame[n];
    }
    note(exc_return);
    note(ICSR);
    note(SHCSR);
}

__attribute__((naked)) static void svc_handler(void)
{
    __asm__ volatile("mov r1, lr\n tst lr, #4\n ite eq\n mrseq r0, msp\n mrsne r0, psp\n"
                     "push {r3, lr}\n bl supervisor\n pop {r3, pc}\n");
}

static void any_handler(void)
{
    const uint32_t number = ipsr();

    note(number);
    if (number >= 16 && number < 32) {
        const uint32_t pends = pend_in_handler[number - 16];
        pend_in_handler[number - 16] = 0;
        if (pends != 0) {
            ISPR = pends;
            barrier(); /* what preempts has run */
            note(ISPR);
            note(IABR);
            note(0x100 + number);
        }
    }
}

static void fault_handler(void)
{
    print("fault\n");
    semihost(0x18, (const void *)0x20026);
}

static void table_handler(void)
{
    note(0x7AB1E);
}

typedef void handler(void);
__attribute__((section(".vectors"), used)) static handler *const vectors[48] = {
    (handler *)0x20008000, reset, any_handler, fault_handler, fault_handler, fault_handler,
    fault_handler, 0, 0, 0, 0, svc_handler, any_handler, 0, any_handler, any_handler,
    any_handler, any_handler, any_handler, any_handler, any_handler, any_handler, any_handler,
    any_handler, any_handler, any_handler, any_handler, any_handler, any_handler, any_handler,
    any_handler, any_handler,
};

/* ---- scenarios ---- */

/* Calls SVC with known registers; `skew` moves SP by 4 bytes, `process` runs it on PSP. */
static void call_with_known_registers(uint32_t skew, uint32_t flags)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n"
        "sub sp, sp, %0\n"
        "mov r11, %0\n"
        "msr apsr_nzcvqg, %1\n"
        "mov r0, #0x10\n mov r1, #0x11\n mov r2, #0x12\n mov r3, #0x13\n mov r12, #0x1c\n"
        "mov lr, #0x1d\n"
        "svc #9\n"
        "add sp, sp, r11\n"
        "pop {r4-r11, lr}\n"
        : : "r"(skew), "r"(flags)
        : "r0", "r1", "r2", "r3", "r12", "cc", "memory");
}

static void show_frame(const char *what)
{
    uint32_t words[8];

    for (unsigned n = 0; n < 8; n++) {
        words[n] = frame_copy[n];
    }
    show(what, words, 8);
    show_trace("  exc_return icsr shcsr");
}

static void frames(void)
{
    frame_words = 8;
    call_with_known_registers(0, 0xF80F0000);
    show_frame("frame");
    call_with_known_registers(4, 0x28050000);
    show_frame("frame, SP skewed");
    CCR &= ~(1u << 9);
    call_with_known_registers(4, 0);
    show_frame("frame, no STKALIGN");
    CCR |= 1u << 9;
    __asm__ volatile("mov r0, #1\n cmp r0, r0\n itt eq\n nopeq\n svceq #1\n"
                     : : : "r0", "cc", "memory");
    show_frame("frame in an IT block");
}

static void process_stack(void)
{
    static uint32_t stack[64];
    uint32_t control, psp, msp_kept;

    __asm__ volatile("msr psp, %0" : : "r"(stack + 60));
    __asm__ volatile("mov r2, #2\n mrs r3, msp\n msr control, r2\n isb\n svc #3\n"
                     "mrs %0, control\n mrs %1, psp\n mov r2, #0\n msr control, r2\n isb\n"
                     "mrs r2, msp\n sub %2, r2, r3\n"
                     : "=&r"(control), "=&r"(psp), "=&r"(msp_kept)
                     :
                     : "r2", "r3", "memory");
    const uint32_t values[] = {control, psp - (uint32_t)(uintptr_t)stack, msp_kept};
    show("process stack: control psp msp", values, 3);
    traced -= 2; /* EXC_RETURN only */
    show_trace("  exc_return");
}

static void set_priorities(uint32_t a, uint32_t b, uint32_t c)
{
    IPR(0) = (uint8_t)a;
    IPR(1) = (uint8_t)b;
    IPR(2) = (uint8_t)c;
}

static void nesting(void)
{
    ISER = 0xFFFF;
    set_priorities(0x80, 0x40, 0xC0);
    pend_in_handler[0] = 6;
    ISPR = 1;
    barrier();
    show_trace("one more and one less urgent");
    set_priorities(0x80, 0x80, 0x80);
    pend_in_handler[0] = 7;
    ISPR = 1;
    barrier();
    show_trace("equal, itself included");
    AIRCR = 0x05FA0000 | 6u << 8;
    set_priorities(0x70, 0x10, 0x20);
    pend_in_handler[0] = 6;
    ISPR = 1;
    barrier();
    show_trace("one group, by subpriority");
    AIRCR = 0x05FA0000;
    set_priorities(0x30, 0x20, 0x20);
    STIR = 0;
    barrier();
    STIR = 2;
    barrier();
    __asm__ volatile("cpsid i" : : : "memory");
    ISPR = 7;
    note(ICSR);
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    show_trace("STIR; three at once behind PRIMASK");
}

static void masks(void)
{
    set_priorities(0x40, 0x50, 0x30);
    __asm__ volatile("msr basepri, %0" : : "r"(0x40) : "memory");
    ISPR = 7;
    barrier();
    note(0xA);
    __asm__ volatile("msr basepri_max, %0\n isb" : : "r"(0x60) : "memory");
    note(0xB);
    __asm__ volatile("msr basepri, %0\n isb" : : "r"(0x50) : "memory");
    note(0xC);
    __asm__ volatile("msr basepri, %0\n isb" : : "r"(0) : "memory");
    show_trace("basepri");
    __asm__ volatile("cpsid f" : : : "memory");
    ISPR = 1;
    ICSR = NMIPENDSET;
    barrier();
    note(0xD);
    __asm__ volatile("cpsie f\n isb" : : : "memory");
    show_trace("faultmask");
}

static void system_exceptions(void)
{
    SHPR(14) = 0xF0;
    SHPR(15) = 0xE0;
    SHPR(11) = 0x80;
    set_priorities(0xD0, 0x10, 0);
    note(REG(0xE000ED18));
    note(REG(0xE000ED1C));
    note(REG(0xE000ED20));
    __asm__ volatile("cpsid i" : : : "memory");
    ICSR = PENDSVSET;
    ICSR = PENDSTSET;
    ISPR = 3;
    note(ICSR);
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    show_trace("pendsv and systick last");
    ICSR = PENDSVSET;
    barrier();
    __asm__ volatile("cpsid i" : : : "memory");
    ICSR = PENDSVSET;
    ICSR = 1u << 27;
    ISPR = 1;
    ICPR = 1;
    note(ICSR);
    __asm__ volatile("cpsie i\n isb" : : : "memory");
    show_trace("taken back");
}

static void moved_table(void)
{
    static uint32_t table[64] __attribute__((aligned(256)));

    for (unsigned n = 0; n < 48; n++) {
        table[n] = (uint32_t)(uintptr_t)vectors[n];
    }
    table[16 + 5] = (uint32_t)(uintptr_t)table_handler;
    VTOR = (uint32_t)(uintptr_t)table;
    ISPR = 1u << 5;
    barrier();
    VTOR = 0;
    ISPR = 1u << 5;
    barrier();
    show_trace("moved table, and back");
}

/* Singles s0..s31 hold 0x40000000 + n around an SVC. */
static void call_with_known_singles(void)
{
    static volatile uint32_t after[33];

    __asm__ volatile(
        "mov r2, #0x40000000\n"
        ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,"
        " 23, 24, 25, 26, 27, 28, 29, 30, 31\n vmov s\\n, r2\n add r2, r2, #1\n .endr\n"
        "mov r2, #0x03000000\n vmsr fpscr, r2\n"
        "svc #2\n"
        "vstm %0, {s0-s31}\n vmrs r2, fpscr\n str r2, [%0, #128]\n mov r2, #0\n vmsr fpscr, r2\n"
        : : "r"(after) : "r2", "memory",
          "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13",
          "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25",
          "s26", "s27", "s28", "s29", "s30", "s31");
    show("  singles after it", (const uint32_t *)after, 33);
}

void supervisor_fp(uint32_t *frame)
{
    note(FPCCR & 0xC0000001u);
    note(FPCAR - (uint32_t)(uintptr_t)frame);
    note(frame[8]);
    __asm__ volatile("vmov.f32 s0, #1.0\n vmov.f32 s15, #1.0" : : : "s0", "s15");
    note(FPCCR & 0xC0000001u);
    uint32_t fpscr, control;
    __asm__ volatile("vmrs %0, fpscr\n mrs %1, control" : "=r"(fpscr), "=r"(control));
    note(fpscr & 0x07C00000u);
    note(control);
    for (unsigned n = 8; n < 26; n++) {
        frame_copy[n] = frame[n];
    }
}

__attribute__((naked)) static void svc_fp_handler(void)
{
    __asm__ volatile("mov r0, sp\n push {r3, lr}\n bl supervisor_fp\n pop {r3, pc}\n");
}

static void floating_point(void)
{
    static uint32_t table[64] __attribute__((aligned(256)));

    CPACR |= 0xFu << 20;
    barrier();
    for (unsigned n = 0; n < 48; n++) {
        table[n] = (uint32_t)(uintptr_t)vectors[n];
    }
    const uint32_t modes[] = {0xC0000000u, 0x80000000u, 0};
    for (unsigned lazy_untouched = 0; lazy_untouched < 2; lazy_untouched++) {
        table[11] = lazy_untouched ? (uint32_t)(uintptr_t)table_handler
                                   : (uint32_t)(uintptr_t)svc_fp_handler;
        VTOR = (uint32_t)(uintptr_t)table;
        for (unsigned mode = 0; mode < 3 - lazy_untouched; mode++) {
            FPCCR = modes[mode];
            FPDSCR = 0x01000000;
            if (mode == 2) { /* without ASPEN the handler must not spoil s0 and s15 */
                break;
            }
            call_with_known_singles();
            show("  stacked", (const uint32_t *)&frame_copy[8], lazy_untouched ? 0 : 17);
            show_trace("floating point");
        }
    }
    VTOR = 0;
    FPCCR = 0xC0000000u;
}

static void registers(void)
{
    IPR(9) = 0x90;
    *(volatile uint16_t *)(uintptr_t)0xE000E40A = 0xB0A0;
    const uint32_t values[] = {REG(0xE000E408), BYTE(0xE000E40B), ISER, ICER,
                               AIRCR & 0xFFFF0700u, CCR & 0x31Bu, REG(0xE000ED40)};
    show("registers", values, sizeof values / sizeof values[0]);
}

void reset(void)
{
    frames();
    process_stack();
    nesting();
    masks();
    system_exceptions();
    moved_table();
    floating_point();
    registers();
    print("end\n");
    semihost(0x18, (const void *)0x20026);
    for (;;) {
    }
}
