/* mpu_regions.c - data accesses by region: permissions, sizes, subregions, overlap, background. */
#include "exceptions.h"

enum { ENABLE = 1, HFNMIENA = 2, PRIVDEFENA = 4 };
#define REGION_SIZE(log2) (((log2) - 1u) << 1)
#define AP(value) ((uint32_t)(value) << 24)
#define XN (1u << 28)
#define SRD(bits) ((uint32_t)(bits) << 8)
#define FULL AP(3)

static uint8_t area[1024] __attribute__((aligned(1024)));
uint32_t where;

SNIPPET(load, "ldr r0, =where\n ldr r0, [r0]\n ldr r1, [r0]")
SNIPPET(store, "ldr r0, =where\n ldr r0, [r0]\n movs r1, #0\n str r1, [r0]")
SNIPPET(load_byte, "ldr r0, =where\n ldr r0, [r0]\n ldrb r1, [r0]")
SNIPPET(load_as_user, "ldr r0, =where\n ldr r0, [r0]\n ldrt r1, [r0]")
SNIPPET(store_as_user, "ldr r0, =where\n ldr r0, [r0]\n movs r1, #0\n strt r1, [r0]")
SNIPPET(store_byte_as_user, "ldr r0, =where\n ldr r0, [r0]\n movs r1, #0\n strbt r1, [r0]")
SNIPPET(load_half_as_user, "ldr r0, =where\n ldr r0, [r0]\n ldrsht r1, [r0]")
SNIPPET(load_pair, "ldr r0, =where\n ldr r0, [r0]\n ldrd r1, r2, [r0]")
SNIPPET(store_pair, "ldr r0, =where\n ldr r0, [r0]\n movs r1, #0\n movs r2, #0\n strd r1, r2, [r0]")
SNIPPET(load_many, "ldr r0, =where\n ldr r0, [r0]\n ldmia r0!, {r1-r4}")
SNIPPET(store_many, "ldr r0, =where\n ldr r0, [r0]\n movs r1, #0x77\n mov r2, r1\n mov r3, r1\n"
                    "mov r4, r1\n stmia r0!, {r1-r4}")

static void region(unsigned number, uint32_t base, uint32_t attributes)
{
    MPU_RNR = number;
    MPU_RBAR = base;
    MPU_RASR = attributes | ENABLE;
}

static void no_regions(void)
{
    MPU_CTRL = 0;
    for (unsigned n = 0; n < 8; n++) {
        MPU_RNR = n;
        MPU_RASR = 0;
        MPU_RBAR = 0;
    }
}

static void note_status(struct exception *exception)
{
    note("exc", exception->number);
    note("cfsr", CFSR);
    if (CFSR & CFSR_MMARVALID) {
        note_place("mmfar", MMFAR, ADDRESS(area), "area");
    }
    recover(exception);
}

static void prepare(void)
{
    calm();
    no_regions();
    SHCSR |= SHCSR_ENABLES;
    handlers[MEM_MANAGE] = note_status;
    handlers[SVCALL] = recover;
}

static void begin(uint32_t control)
{
    MPU_CTRL = control;
    barrier();
}

/* Privileged and not, each noted. */
static void both(code *run, uint32_t offset)
{
    where = ADDRESS(area) + offset;
    begin(MPU_CTRL); /* QEMU remembers what it found for a whole page, until this */
    note("privileged", attempt(run));
    begin(MPU_CTRL);
    note("user", attempt_with_control(run, 1));
}

/* Code and stack of the tests stay accessible to all. */
static void open_all(void)
{
    region(0, 0, REGION_SIZE(32) | FULL);
}

static void permissions(void)
{
    for (uint32_t ap = 0; ap < 8; ap++) {
        if (ap == 4) {
            continue; /* reserved */
        }
        prepare();
        open_all();
        region(1, ADDRESS(area), REGION_SIZE(10) | AP(ap));
        begin(ENABLE);
        note("ap", ap);
        both(load, 0);
        show("load");
        both(store, 4);
        show("store");
        both(load_as_user, 8);
        show("ldrt");
        both(store_as_user, 12);
        show("strt");
        both(store_byte_as_user, 13);
        show("strbt");
        both(load_half_as_user, 14);
        show("ldrsht");
        calm();
    }
}

static void edges(void)
{
    for (unsigned log2 = 5; log2 < 10; log2++) {
        const uint32_t size = 1u << log2;

        prepare();
        open_all();
        region(3, ADDRESS(area) + size, REGION_SIZE(log2));
        begin(ENABLE);
        note("size", size);
        both(load, size - 4);
        both(load, size);
        both(load_byte, 2 * size - 1);
        if (log2 < 9) {
            both(load, 2 * size);
        }
        note("unaligned into it", size - 2);
        both(load, size - 2);
        both(load, 2 * size - 2);
        both(load_pair, size - 4);
        both(store_pair, size - 4);
        both(load_many, size - 12);
        both(store_many, size - 8);
        begin(0);
        show("edges");
    }
}

static void subregions(void)
{
    prepare();
    open_all();
    region(1, ADDRESS(area), REGION_SIZE(8) | SRD(0xA5));
    begin(ENABLE);
    for (uint32_t n = 0; n < 8; n++) {
        note("subregion", n);
        both(load, 32 * n);
        both(load, 32 * n + 28);
    }
    show("subregions");
    prepare();
    open_all();
    region(1, ADDRESS(area), REGION_SIZE(7) | SRD(0xFF)); /* too small for subregions */
    begin(ENABLE);
    both(load, 0);
    show("a region of 128 bytes has none");
}

static void overlap(void)
{
    prepare();
    open_all();
    region(2, ADDRESS(area), REGION_SIZE(8));
    region(5, ADDRESS(area) + 64, REGION_SIZE(6) | FULL);
    region(6, ADDRESS(area) + 96, REGION_SIZE(5) | AP(6));
    region(7, ADDRESS(area) + 128, REGION_SIZE(6) | FULL | SRD(0));
    begin(ENABLE);
    for (uint32_t offset = 32; offset < 288; offset += 32) {
        note("offset", offset);
        both(load, offset);
        both(store, offset);
        show("overlap");
    }
    calm();
    MPU_RNR = 7;
    MPU_RASR = REGION_SIZE(6) | FULL; /* not enabled: the one below counts */
    SHCSR |= SHCSR_ENABLES;
    handlers[MEM_MANAGE] = note_status;
    handlers[SVCALL] = recover;
    begin(ENABLE);
    both(load, 128);
    show("overlap, disabled again");
}

static void background(void)
{
    for (uint32_t control = 0; control < 8; control++) {
        if (control & HFNMIENA && !(control & ENABLE)) {
            continue; /* unpredictable */
        }
        prepare();
        region(0, 0, REGION_SIZE(29) | FULL);                 /* code */
        region(1, 0x20000000, REGION_SIZE(16) | FULL);        /* data */
        region(2, ADDRESS(area), REGION_SIZE(10));
        begin(control);
        note("control", control);
        where = 0x20010000;
        note("privileged", attempt(load));
        note("user", attempt_with_control(load, 1));
        where = ADDRESS(area);
        note("privileged", attempt(load));
        note("user", attempt_with_control(load, 1));
        where = 0xE000ED00; /* the PPB is not for the MPU */
        note("privileged", attempt(load));
        begin(0);
        show("background");
    }
}

static void rewriting(void)
{
    prepare();
    open_all();
    MPU_RNR = 0;
    MPU_RBAR = ADDRESS(area) | 1u << 4 | 6; /* VALID: chooses region 6 */
    MPU_RASR = REGION_SIZE(9) | ENABLE;
    note("rnr", MPU_RNR);
    note("rbar", MPU_RBAR - ADDRESS(area));
    note("rasr", MPU_RASR);
    WORD(0xE000EDA4) = (ADDRESS(area) + 512) | 1u << 4 | 5; /* the aliases */
    WORD(0xE000EDA8) = REGION_SIZE(8) | ENABLE | AP(6);
    note("rnr", MPU_RNR);
    note("rasr", MPU_RASR);
    MPU_RNR = 6;
    note("rbar", MPU_RBAR - ADDRESS(area));
    begin(ENABLE);
    both(load, 0);
    both(load, 512);
    both(store, 512);
    both(load, 768);
    MPU_RNR = 6;
    MPU_RASR = 0;
    barrier();
    both(load, 0);
    begin(0);
    show("written in other ways");
}

int main(void)
{
    permissions();
    edges();
    subregions();
    overlap();
    background();
    rewriting();
    calm();
    return 0;
}
