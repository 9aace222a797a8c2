/* privilege.c - unprivileged accesses to the system space, by width; STIR with USERSETMPEND. */
#include "exceptions.h"

uint32_t where;

SNIPPET(load, "ldr r0, =where\n ldr r0, [r0]\n ldr r1, [r0]")
SNIPPET(load_half, "ldr r0, =where\n ldr r0, [r0]\n ldrh r1, [r0]")
SNIPPET(load_byte, "ldr r0, =where\n ldr r0, [r0]\n ldrb r1, [r0]")
SNIPPET(store, "ldr r0, =where\n ldr r0, [r0]\n movs r1, #0\n str r1, [r0]\n dsb")
SNIPPET(store_byte, "ldr r0, =where\n ldr r0, [r0]\n movs r1, #0\n strb r1, [r0]\n dsb")
SNIPPET(store_pair, "ldr r0, =where\n ldr r0, [r0]\n movs r1, #0\n movs r2, #0\n"
                    "strd r1, r2, [r0]\n dsb")
SNIPPET(load_as_user, "ldr r0, =where\n ldr r0, [r0]\n ldrt r1, [r0]")
SNIPPET(store_as_user, "ldr r0, =where\n ldr r0, [r0]\n movs r1, #0\n strt r1, [r0]\n dsb")
SNIPPET(trigger, "ldr r0, =0xE000EF00\n movs r1, #5\n str r1, [r0]\n dsb\n isb")

static const uint32_t places[] = {0xE000E010, 0xE000E100, 0xE000E400, 0xE000ED00, 0xE000ED14,
                                  0xE000ED94, 0xE000EF34, 0xE000EF00};
static const struct attempt_at accesses[] = {
    {"ldr", load}, {"ldrh", load_half}, {"ldrb", load_byte}, {"str", store},
    {"strb", store_byte}, {"strd", store_pair},
};

static void note_bus_fault(struct exception *exception)
{
    note("exc", exception->number);
    note("cfsr", CFSR);
    if (CFSR & CFSR_BFARVALID) {
        note("bfar", BFAR);
    }
    note("hfsr", HFSR);
    recover(exception);
}

static void prepare(bool enabled)
{
    calm();
    if (enabled) {
        SHCSR |= SHCSR_ENABLES;
    }
    handlers[BUS_FAULT] = note_bus_fault;
    handlers[HARD_FAULT] = note_bus_fault;
    handlers[SVCALL] = recover;
}

int main(void)
{
    for (unsigned n = 0; n < COUNT(places); n++) {
        where = places[n];
        for (unsigned k = 0; k < COUNT(accesses); k++) {
            prepare(true);
            note("ended", attempt_with_control(accesses[k].run, 1));
            show(accesses[k].name);
        }
    }
    where = 0xE000ED00;
    prepare(false);
    note("ended", attempt_with_control(load, 3));
    show("disabled");
    prepare(true);
    note("ended", attempt(load_as_user));
    where = 0xE000ED94;
    note("ended", attempt(store_as_user));
    show("ldrt, strt of privileged code");

    for (uint32_t permitted = 0; permitted < 2; permitted++) {
        for (uint32_t control = 0; control < 2; control++) {
            prepare(true);
            ISER = 1u << 5;
            CCR |= permitted * CCR_USERSETMPEND;
            note("permitted", permitted);
            note("ended", attempt_with_control(trigger, control));
            show("STIR");
        }
    }
    return 0;
}
