/* masks.c - PRIMASK, FAULTMASK, BASEPRI and BASEPRI_MAX: what they hold back, how they change. */
#include "exceptions.h"

static void note_masks(void)
{
    note("primask", READ_SPECIAL(primask));
    note("basepri", READ_SPECIAL(basepri));
    note("faultmask", READ_SPECIAL(faultmask));
}

static void prepare(void)
{
    calm();
    ISER = 7;
    IPR(0) = 0x40;
    IPR(1) = 0x50;
    IPR(2) = 0x30;
}

static void base_priority(void)
{
    prepare();
    WRITE_SPECIAL(basepri, 0x40);
    ISPR = 7;
    barrier();
    note("held", ISPR);
    WRITE_SPECIAL(basepri_max, 0x60);
    note("basepri", READ_SPECIAL(basepri));
    note("held", ISPR);
    WRITE_SPECIAL(basepri, 0x50);
    note("held", ISPR);
    WRITE_SPECIAL(basepri, 0);
    note("held", ISPR);
    show("basepri");
    static const uint8_t values[] = {0, 0x80, 0xC0, 0x40, 0, 0x40, 0x30};
    WRITE_SPECIAL(basepri, 0);
    for (unsigned n = 0; n < sizeof values; n++) {
        WRITE_SPECIAL(basepri_max, values[n]);
        note("basepri", READ_SPECIAL(basepri));
        note("max", READ_SPECIAL(basepri_max));
    }
    WRITE_SPECIAL(basepri, 0xFFFFFF10);
    note("basepri", READ_SPECIAL(basepri));
    WRITE_SPECIAL(basepri, 0);
    show("basepri_max");
}

static void fault_mask(void)
{
    prepare();
    __asm__ volatile("cpsid f" : : : "memory");
    note_masks();
    ISPR = 1;
    ICSR = NMIPENDSET;
    barrier();
    note_masks();
    __asm__ volatile("cpsie f\n isb" : : : "memory");
    show("faultmask holds back all but NMI");
}

static void set_faultmask(struct exception *exception)
{
    __asm__ volatile("cpsid f\n isb" : : : "memory");
    note("in", exception->number);
    note_masks();
    WRITE_SPECIAL(faultmask, 1);
    note_masks();
    ISPR = 4;
    barrier();
    note("held", ISPR);
    exception->lr_to_use = 0;
}

static void left_in_handlers(void)
{
    prepare();
    handlers[IRQ0] = set_faultmask;
    ISPR = 1;
    barrier();
    note_masks();
    show("faultmask goes with the handler");
    prepare();
    handlers[NMI] = set_faultmask;
    ICSR = NMIPENDSET;
    barrier();
    note_masks();
    show("faultmask in NMI");
    ICPR = 7;
}

static void set_all(struct exception *exception)
{
    (void)exception;
    WRITE_SPECIAL(primask, 1);
    WRITE_SPECIAL(basepri, 0x80);
    ISPR = 4;
    barrier();
}

static void stay(void)
{
    prepare();
    handlers[IRQ0] = set_all;
    ISPR = 1;
    barrier();
    note_masks();
    note("held", ISPR);
    WRITE_SPECIAL(primask, 0);
    note("held", ISPR);
    WRITE_SPECIAL(basepri, 0);
    show("primask and basepri stay");
}

SNIPPET(unprivileged,
        "cpsid i\n cpsid f\n movs r0, #0x40\n msr basepri, r0\n msr basepri_max, r0\n"
        "msr primask, r0\n mrs r0, primask\n mrs r1, basepri\n mrs r2, faultmask\n"
        "orrs r0, r1\n orrs r0, r2\n ldr r1, =seen\n str r0, [r1]\n svc #0")

uint32_t seen;

static void fault_masked(void)
{
    prepare();
    SHCSR |= SHCSR_ENABLES;
    seen = 0x77;
    note("ended", attempt_with_control(unprivileged, 1));
    note("seen", seen);
    note_masks();
    show("unprivileged");
}

/* Open between two ISB: what is pending has come in then. */
static void window(void)
{
    prepare();
    __asm__ volatile("cpsid i\n" : : : "memory");
    ISPR = 1;
    __asm__ volatile("dsb\n cpsie i\n isb\n cpsid i\n isb\n" : : : "memory");
    note("held", ISPR);
    WRITE_SPECIAL(primask, 0);
    show("window");
}

/* VECTPENDING tells of what BASEPRI and FAULTMASK let through, whatever PRIMASK is. */
static void seen_in_icsr(void)
{
    prepare();
    WRITE_SPECIAL(primask, 1);
    ISPR = 3;
    note("icsr", ICSR & ~ICSR_RETTOBASE);
    WRITE_SPECIAL(basepri, 0x40);
    note("icsr", ICSR & ~ICSR_RETTOBASE);
    WRITE_SPECIAL(basepri, 0x50);
    note("icsr", ICSR & ~ICSR_RETTOBASE);
    WRITE_SPECIAL(basepri, 0);
    __asm__ volatile("cpsid f\n isb" : : : "memory");
    note("icsr", ICSR & ~ICSR_RETTOBASE);
    calm();
    show("vectpending");
}

int main(void)
{
    base_priority();
    fault_mask();
    left_in_handlers();
    stay();
    fault_masked();
    window();
    seen_in_icsr();
    return 0;
}
