/* stack_frames.c - the frame of an exception: words, alignment, flags, IT state, which stack. */
#include "exceptions.h"

static uint32_t stack_before, flags_after;

static void note_frame(struct exception *exception)
{
    note("ret", exception->exc_return);
    note("control", READ_SPECIAL(control));
    note_place("msp", exception->msp, stack_before, "before");
    note_place("psp", exception->psp, PROCESS_TOP, "process");
    for (unsigned n = 0; n < 8; n++) {
        if (n == 6) {
            note_place("pc", exception->frame[6], ADDRESS(note_frame), "code");
        } else {
            note("word", exception->frame[n]);
        }
    }
}

/* SVC with known registers; SP is moved down by `skew` bytes first. */
static void call(uint32_t skew, uint32_t flags)
{
    __asm__ volatile(
        "push {r3-r11, lr}\n"
        "mov r10, sp\n"
        "sub r11, r10, %0\n"
        "mov sp, r11\n"
        "ldr r0, =stack_now\n str r11, [r0]\n"
        "msr apsr_nzcvqg, %1\n"
        "mov r0, #0x10\n mov r1, #0x11\n mov r2, #0x12\n mov r3, #0x13\n mov r12, #0x1c\n"
        "mov lr, #0x1d\n"
        "svc #9\n"
        "mrs r4, apsr\n"
        "ldr r5, =flags_now\n str r4, [r5]\n"
        "mov r4, sp\n subs r4, r4, r11\n"
        "ldr r5, =moved_now\n str r4, [r5]\n"
        "mov sp, r10\n"
        "pop {r3-r11, lr}\n"
        : : "r"(skew), "r"(flags)
        : "r0", "r1", "r2", "r3", "r12", "cc", "memory");
}

uint32_t stack_now, flags_now, moved_now;

static void frame(const char *name, uint32_t skew, uint32_t flags)
{
    register uint32_t sp __asm__("sp");

    stack_before = sp;
    call(skew, flags);
    flags_after = flags_now;
    note("flags", flags_after);
    note("sp moved", moved_now);
    show(name);
}

static void on_process_stack(uint32_t control, uint32_t skew)
{
    uint32_t after, psp;

    WRITE_SPECIAL(psp, PROCESS_TOP - skew);
    __asm__ volatile("msr control, %2\n isb\n mov r3, #0x33\n svc #3\n"
                     "mrs %0, control\n mrs %1, psp\n mov r2, #0\n"
                     "cbz %3, 1f\n svc #4\n"
                     "1: msr control, r2\n isb\n"
                     : "=&r"(after), "=&r"(psp)
                     : "r"(control), "r"(control & 1u)
                     : "r0", "r1", "r2", "r3", "r12", "memory");
    note("control after", after);
    if (!(control & 1u)) {
        note_place("psp after", psp, PROCESS_TOP, "process");
    }
    show("process stack");
}

static void note_or_lift(struct exception *exception)
{
    const uint16_t *const code = (const uint16_t *)(uintptr_t)exception->frame[6];

    if ((code[-1] & 0xFFu) == 4) { /* svc #4: privileges, please */
        WRITE_SPECIAL(control, READ_SPECIAL(control) & ~1u);
    } else {
        note_frame(exception);
    }
}

static void in_blocks(void)
{
    __asm__ volatile("mov r0, #1\n cmp r0, r0\n ite ne\n svcne #1\n svceq #1\n"
                     : : : "r0", "r1", "r2", "r3", "r12", "cc", "memory");
    show("SVC last in an IT block");
    __asm__ volatile("mov r0, #1\n mov r1, #2\n mov r2, #3\n cmp r0, r0\n"
                     "itete eq\n svceq #1\n movne r1, #4\n addeq r0, #5\n movne r2, #6\n"
                     "ldr r3, =seen_now\n stm r3, {r0-r2}\n"
                     : : : "r0", "r1", "r2", "r3", "r12", "cc", "memory");
    extern uint32_t seen_now[3];
    note("r0", seen_now[0]);
    note("r1", seen_now[1]);
    note("r2", seen_now[2]);
    show("SVC first in an IT block");
    note("none", 0);
    __asm__ volatile("mov r0, #1\n cmp r0, r0\n it ne\n svcne #1\n" : : : "r0", "cc", "memory");
    show("SVC not executed");
}

uint32_t seen_now[3];

int main(void)
{
    handlers[SVCALL] = note_or_lift;
    frame("aligned", 0, 0xF80F0000);
    frame("skewed by 4", 4, 0x28050000);
    CCR = 0;
    note("ccr", CCR);
    frame("STKALIGN off", 0, 0x10000000);
    frame("STKALIGN off, skewed by 4", 4, 0);
    CCR = CCR_STKALIGN;
    in_blocks();
    for (uint32_t control = 0; control < 4; control++) {
        on_process_stack(control, 0);
        on_process_stack(control, 4);
    }
    WRITE_SPECIAL(psp, 0x20001003);
    note("psp", READ_SPECIAL(psp));
    show("PSP has no low bits");
    return 0;
}
