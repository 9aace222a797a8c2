/* mpu_code.c - fetches: XN, unreadable code, privilege, unaligned ends; faults at the edge. */
#include "exceptions.h"

enum { ENABLE = 1, PRIVDEFENA = 4 };
#define REGION_SIZE(log2) (((log2) - 1u) << 1)
#define AP(value) ((uint32_t)(value) << 24)
#define XN (1u << 28)
#define FULL AP(3)

static uint16_t code_area[256] __attribute__((aligned(512)));
uint32_t where;

SNIPPET(branch, "ldr r0, =where\n ldr r0, [r0]\n mov r1, #0\n mov r12, #0\n blx r0")

static void note_place_only(struct exception *exception)
{
    note("exc", exception->number);
    note("ret", exception->exc_return);
    note("cfsr", CFSR);
    note("hfsr", HFSR);
    note_place("pc", exception->frame[6], ADDRESS(code_area), "area");
    recover(exception);
}

static void region(unsigned number, uint32_t base, uint32_t attributes)
{
    MPU_RNR = number;
    MPU_RBAR = base;
    MPU_RASR = attributes | ENABLE;
}

static void prepare(uint32_t attributes, uint32_t control)
{
    calm();
    for (unsigned n = 0; n < 8; n++) {
        MPU_RNR = n;
        MPU_RASR = 0;
    }
    for (unsigned n = 0; n < COUNT(code_area); n++) {
        code_area[n] = 0xBF00;
    }
    code_area[8] = 0x4770;   /* bx lr at +16 */
    code_area[63] = 0xF04F;  /* movw's halves on both sides of +128 */
    code_area[64] = 0x0055;
    code_area[65] = 0x4770;
    code_area[255] = 0xE7FE;
    region(0, 0, REGION_SIZE(32) | FULL);
    region(1, ADDRESS(code_area), REGION_SIZE(7) | attributes);
    SHCSR |= SHCSR_ENABLES;
    handlers[SVCALL] = recover;
    handlers[MEM_MANAGE] = note_place_only;
    handlers[HARD_FAULT] = note_place_only;
    MPU_CTRL = control;
    barrier();
}

static void go(const char *name, uint32_t offset)
{
    where = (ADDRESS(code_area) + offset) | 1u;
    for (uint32_t control = 0; control < 2; control++) {
        note("control", control);
        note("ended", attempt_with_control(branch, control));
    }
    show(name);
}

static void by_permission(void)
{
    static const uint8_t permissions[] = {0, 1, 2, 3, 5, 6};

    for (unsigned n = 0; n < sizeof permissions; n++) {
        prepare(AP(permissions[n]), ENABLE);
        note("ap", permissions[n]);
        go("executable", 0);
        prepare(AP(permissions[n]) | XN, ENABLE);
        note("ap", permissions[n]);
        go("never", 0);
    }
}

static void across(void)
{
    prepare(FULL, ENABLE);
    region(2, ADDRESS(code_area) + 128, REGION_SIZE(7) | FULL | XN);
    barrier();
    go("into the forbidden", 32);      /* runs up to it: PC is at its first halfword, or before */
    go("an instruction across", 126);
    prepare(FULL | XN, ENABLE);
    region(2, ADDRESS(code_area) + 32, REGION_SIZE(5) | FULL);
    barrier();
    go("out of a permitted one", 32);
}

static void default_map(void)
{
    static const uint32_t places[] = {0x40000100, 0x50000100, 0xA0000100, 0xE0000100, 0xF0000100};

    calm();
    for (unsigned mpu = 0; mpu < 2; mpu++) {
        for (unsigned n = 0; n < COUNT(places); n++) {
            calm();
            if (mpu) {
                prepare(FULL, ENABLE | PRIVDEFENA);
                MPU_RNR = 0;
                MPU_RASR = REGION_SIZE(29) | FULL | ENABLE;
                region(2, 0x20000000, REGION_SIZE(29) | FULL);
                region(3, 0xE0000000, REGION_SIZE(29) | FULL); /* XN all the same */
                barrier();
            }
            SHCSR |= SHCSR_ENABLES;
            where = places[n] | 1u;
            note("place", places[n]);
            note("ended", attempt(branch));
            show(mpu ? "default map behind the MPU" : "default map");
        }
    }
}

/* A vector into code that must not run, of an interrupt less and more urgent than the fault. */
static void vector_into_forbidden(uint32_t priority)
{
    static uint32_t table[64] __attribute__((aligned(256)));

    for (unsigned n = 0; n < 48; n++) {
        table[n] = WORD(4 * n);
    }
    prepare(FULL | XN, ENABLE);
    table[IRQ0 + 5] = ADDRESS(code_area) | 1u;
    VTOR = ADDRESS(table);
    SHPR(MEM_MANAGE) = 0x40;
    ISER = 1u << 5;
    IPR(5) = (uint8_t)priority;
    where = priority;
}

SNIPPET(pend_five, "ldr r0, =0xE000E200\n movs r1, #32\n str r1, [r0]\n dsb\n isb\n nop")

int main(void)
{
    by_permission();
    across();
    default_map();
    for (uint32_t priority = 0x20; priority <= 0x80; priority += 0x60) {
        vector_into_forbidden(priority);
        note("ended", attempt(pend_five));
        show("vector into the forbidden");
        VTOR = 0;
    }
    calm();
    return 0;
}
