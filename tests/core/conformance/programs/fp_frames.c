/* fp_frames.c - FP frames, lazy and not: FPCCR, FPCAR, FPDSCR, S registers across handlers. */
#include "exceptions.h"

#define ASPEN FPCCR_ASPEN
#define LSPEN FPCCR_LSPEN
#define FPCCR_SEEN (ASPEN | LSPEN | FPCCR_LSPACT | 1u << 3 | 1u << 1) /* THREAD, USER */

uint32_t after[33];
static uint32_t pattern;

/* s0..s31 hold 0x40000000 + n, FPSCR N and C, around an SVC; then they are in after[]. */
static void call_with_known_singles(void)
{
    __asm__ volatile(
        "mov r2, #0x40000000\n"
        ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,"
        " 23, 24, 25, 26, 27, 28, 29, 30, 31\n vmov s\\n, r2\n add r2, r2, #1\n .endr\n"
        "mov r2, #0xA3000000\n vmsr fpscr, r2\n"
        "svc #2\n"
        "ldr r1, =after\n"
        "vstm r1, {s0-s31}\n vmrs r2, fpscr\n str r2, [r1, #128]\n mov r2, #0\n vmsr fpscr, r2\n"
        : : : "r0", "r1", "r2", "r3", "r12", "lr", "memory",
          "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13",
          "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25",
          "s26", "s27", "s28", "s29", "s30", "s31");
}

static void note_fp(const uint32_t *frame)
{
    note("fpccr", FPCCR & FPCCR_SEEN);
    note_place("fpcar", FPCAR, ADDRESS(frame), "frame");
    note("control", READ_SPECIAL(control));
}

static void clear_extended_frame(uint32_t *frame)
{
    for (unsigned n = 8; n < 26; n++) {
        frame[n] = 0xE0E0E0E0;
    }
}

static void note_extended_frame(const uint32_t *frame)
{
    note("s0", frame[8]);
    note("s15", frame[23]);
    note("fpscr", frame[24]);
}

static void untouched(struct exception *exception)
{
    note("ret", exception->exc_return);
    note_place("msp", exception->msp, pattern, "before");
    note_fp(exception->frame);
}

/* The frame's words appear with the first FP instruction, and FPSCR starts from FPDSCR. */
static void touched(struct exception *exception)
{
    uint32_t fpscr, s0, s20;

    untouched(exception);
    if (FPCCR & FPCCR_LSPACT) {
        clear_extended_frame(exception->frame);
    }
    __asm__ volatile("vmrs %0, fpscr" : "=r"(fpscr));
    if (FPCCR & (ASPEN | LSPEN)) { /* stored at entry, the registers are unknown then */
        note("fpscr", fpscr & 0x07C00000u);
    }
    note_fp(exception->frame);
    __asm__ volatile("vmov %0, s0\n vmov %1, s20\n vmov.f32 s0, #1.0\n vmov.f32 s15, #1.0\n"
                     "vmov.f32 s20, #2.0" : "=r"(s0), "=r"(s20) : : "s0", "s15", "s20");
    if (FPCCR & LSPEN) {
        note("s0", s0);
    }
    note("s20", s20);
    if (!(exception->exc_return & 16u)) {
        note_extended_frame(exception->frame);
    }
    note_fp(exception->frame);
}

/* Moved by VSTM or VPUSH alone: they, too, make the frame appear. */
static void pushed(struct exception *exception)
{
    clear_extended_frame(exception->frame);
    __asm__ volatile("vpush {s16-s17}\n add sp, #8" : : : "memory");
    note_extended_frame(exception->frame);
    note_fp(exception->frame);
}

/* LSPACT cleared by hand: return reads what the frame holds. */
static void dropped(struct exception *exception)
{
    clear_extended_frame(exception->frame);
    FPCCR &= ~FPCCR_LSPACT;
    note_fp(exception->frame);
}

/* EXC_RETURN says a basic frame: FPCA is clear afterwards, and the state is gone. */
static void made_basic(struct exception *exception)
{
    uint32_t *const to = exception->frame + 18;

    for (unsigned n = 8; n-- > 0;) {
        to[n] = exception->frame[n];
    }
    to[7] &= ~(1u << 9);
    exception->msp_to_use = ADDRESS(to);
    exception->lr_to_use = EXCEPTION_RETURN_MAIN;
}

static void second_level(struct exception *exception)
{
    note("second", exception->exc_return);
    note_fp(exception->frame);
    __asm__ volatile("vmov.f32 s1, #3.0" : : : "s1");
    note_fp(exception->frame);
}

static void nested(struct exception *exception)
{
    note_fp(exception->frame);
    ISPR = 1;
    barrier();
    note_fp(exception->frame);
}

static void nested_touched(struct exception *exception)
{
    __asm__ volatile("vmov.f32 s2, #4.0" : : : "s2");
    nested(exception);
    uint32_t s2;
    __asm__ volatile("vmov %0, s2" : "=r"(s2));
    note("s2", s2);
}

static void try(const char *name, uint32_t mode, uint32_t control, handler *svc)
{
    register uint32_t sp __asm__("sp");

    calm();
    ISER = 1;
    SHPR(SVCALL) = 0x80;
    IPR(0) = 0x40;
    handlers[SVCALL] = svc;
    handlers[IRQ0] = second_level;
    FPCCR = mode;
    WRITE_SPECIAL(control, control);
    FPDSCR = 0x01C00000;
    pattern = sp;
    call_with_known_singles();
    note("control after", READ_SPECIAL(control));
    note("fpccr after", FPCCR & FPCCR_SEEN);
    note("s0", after[0]);
    note("s1", after[1]);
    note("s2", after[2]);
    note("s15", after[15]);
    note("s16", after[16]);
    note("s20", after[20]);
    note("fpscr", after[32]);
    WRITE_SPECIAL(control, 0);
    FPCCR = ASPEN | LSPEN;
    show(name);
}

static void in_unprivileged(struct exception *exception)
{
    note("ret", exception->exc_return);
    note_fp(exception->frame);
    recover(exception);
}

SNIPPET(use_and_call, "vmov.f32 s0, #1.0\n svc #0")
SNIPPET(call_only, "svc #0")

static void modes(void)
{
    for (uint32_t control = 0; control < 4; control++) {
        calm();
        handlers[SVCALL] = in_unprivileged;
        note("ended", attempt_with_control(use_and_call, control));
        note("ended", attempt_with_control(call_only, control));
        show("modes");
    }
}

int main(void)
{
    note("fpccr", FPCCR & (ASPEN | LSPEN));
    note("fpdscr", FPDSCR);
    note("cpacr", CPACR);
    show("after reset");
    CPACR = FP_ACCESS;
    barrier();
    try("lazy, untouched", ASPEN | LSPEN, 0, untouched);
    try("lazy, touched", ASPEN | LSPEN, 0, touched);
    try("lazy, pushed", ASPEN | LSPEN, 0, pushed);
    try("lazy, dropped", ASPEN | LSPEN, 0, dropped);
    try("lazy, made basic", ASPEN | LSPEN, 0, made_basic);
    try("lazy, nested", ASPEN | LSPEN, 0, nested);
    try("lazy, nested after use", ASPEN | LSPEN, 0, nested_touched);
    try("eager, untouched", ASPEN, 0, untouched);
    try("eager, touched", ASPEN, 0, touched);
    try("eager, nested", ASPEN, 0, nested);
    try("neither, untouched", 0, 0, untouched);
    try("neither, touched", 0, 0, touched);
    try("neither, FPCA by hand, untouched", 0, 4, untouched);
    try("neither, FPCA by hand, touched", 0, 4, touched);
    try("lazy without ASPEN", LSPEN, 0, touched);
    try("lazy without ASPEN, FPCA by hand", LSPEN, 4, touched);
    modes();
    FPDSCR = 0xFFFFFFFF;
    note("fpdscr", FPDSCR);
    FPDSCR = 0;
    FPCAR = 0xFFFFFFFF;
    note("fpcar", FPCAR);
    show("bits");
    return 0;
}
