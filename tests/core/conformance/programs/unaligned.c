/* unaligned.c - which accesses must be aligned, with and without CCR.UNALIGN_TRP. */
#include "exceptions.h"

static uint8_t bytes[64] __attribute__((aligned(16)));
uint32_t where, seen[2];
static uint32_t where_is_code;

/* r0 is the address; what r1 and r2 hold in the end is seen. */
#define ACCESS(name, text)                                                                        \
    SNIPPET(name, "ldr r0, =where\n ldr r0, [r0]\n movw r1, #0x2211\n movt r1, #0x4433\n"          \
                  "mvn r2, r1\n" text "\n ldr r3, =seen\n stm r3, {r1, r2}")

ACCESS(load, "ldr r1, [r0]")
ACCESS(load_half, "ldrh r1, [r0]")
ACCESS(load_signed_half, "ldrsh r1, [r0]")
ACCESS(load_unprivileged, "ldrt r1, [r0]")
ACCESS(load_half_unprivileged, "ldrht r1, [r0]")
ACCESS(load_offset, "ldr r1, [r0, #4]!")
ACCESS(load_pair, "ldrd r1, r2, [r0]")
ACCESS(load_multiple, "ldmia r0, {r1, r2}")
ACCESS(load_one_of_multiple, "ldmia r0!, {r1}")
ACCESS(load_exclusive, "ldrex r1, [r0]")
ACCESS(load_exclusive_half, "ldrexh r1, [r0]")
ACCESS(store, "str r1, [r0]")
ACCESS(store_half, "strh r1, [r0]")
ACCESS(store_unprivileged, "strt r1, [r0]")
ACCESS(store_pair, "strd r1, r2, [r0]")
ACCESS(store_multiple, "stmia r0, {r1, r2}")
ACCESS(store_exclusive, "bic r4, r0, #3\n ldrex r4, [r4]\n strex r2, r1, [r0]")
ACCESS(store_exclusive_half, "bic r4, r0, #1\n ldrexh r4, [r4]\n strexh r2, r1, [r0]")
ACCESS(load_single, "vldr s0, [r0]\n vmov r1, s0")
ACCESS(load_double, "vldr d0, [r0]\n vmov r1, r2, d0")
ACCESS(load_singles, "vldmia r0, {s0-s1}\n vmov r1, r2, s0, s1")
ACCESS(store_single, "vmov s0, r1\n vstr s0, [r0]")
ACCESS(store_doubles, "vmov d0, r1, r2\n vstmia r0, {d0}")
ACCESS(table_half, "movs r1, #0\n movs r2, #0\n strh r1, [r0]\n tbh [r0, r1, lsl #1]\n"
                   "movs r2, #1\n")

static const struct attempt_at accesses[] = {
    {"ldr", load}, {"ldrh", load_half}, {"ldrsh", load_signed_half}, {"ldrt", load_unprivileged},
    {"ldrht", load_half_unprivileged}, {"ldr pre", load_offset}, {"ldrd", load_pair},
    {"ldm", load_multiple}, {"ldm of one", load_one_of_multiple}, {"ldrex", load_exclusive},
    {"ldrexh", load_exclusive_half}, {"str", store}, {"strh", store_half},
    {"strt", store_unprivileged}, {"strd", store_pair}, {"stm", store_multiple},
    {"strex", store_exclusive}, {"strexh", store_exclusive_half}, {"vldr", load_single},
    {"vldr d", load_double}, {"vldm", load_singles}, {"vstr", store_single},
    {"vstm d", store_doubles}, {"tbh", table_half},
};

static void note_status(struct exception *exception)
{
    note("exc", exception->number);
    note("cfsr", CFSR);
    note("pc", exception->frame[6] - where_is_code);
    recover(exception);
}

static void try(const struct attempt_at *access, uint32_t offset, bool trap)
{
    for (unsigned n = 0; n < sizeof bytes; n++) {
        bytes[n] = (uint8_t)(0x80 + n);
    }
    where = ADDRESS(bytes) + 8 + offset;
    seen[0] = 0;
    seen[1] = 0;
    calm();
    SHCSR |= SHCSR_ENABLES;
    handlers[USAGE_FAULT] = note_status;
    where_is_code = ADDRESS(access->run) & ~1u;
    CCR |= trap ? CCR_UNALIGN_TRP : 0;
    note("offset", offset);
    note("ended", attempt(access->run));
    CCR = CCR_STKALIGN;
    note("r1", seen[0]);
    note("r2", seen[1]);
    for (unsigned n = 4; n < 24; n += 4) {
        note("memory", *(const uint32_t *)(const void *)&bytes[n]);
    }
    show2(access->name, trap ? "trapped" : 0);
}

int main(void)
{
    CPACR = FP_ACCESS;
    barrier();
    for (unsigned trap = 0; trap < 2; trap++) {
        for (unsigned n = 0; n < COUNT(accesses); n++) {
            for (uint32_t offset = trap; offset < 4; offset++) {
                try(&accesses[n], offset, trap);
            }
        }
    }
    return 0;
}
