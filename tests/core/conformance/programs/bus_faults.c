/* bus_faults.c - every kind of access where nothing is: status, address, base register kept. */
#include "exceptions.h"

#define AT_NOWHERE "ldr r0, =0x30000040\n movs r1, #4\n"
#define BEFORE_THE_END "ldr r0, =0x23FFFFFC\n movs r1, #4\n" /* the last word there is */

SNIPPET(load_byte, AT_NOWHERE "ldrb r2, [r0, #1]")
SNIPPET(load_half, AT_NOWHERE "ldrh r2, [r0, #2]")
SNIPPET(load_signed_byte, AT_NOWHERE "ldrsb r2, [r0, r1]")
SNIPPET(load_signed_half, AT_NOWHERE "ldrsh r2, [r0, r1]")
SNIPPET(load_before, AT_NOWHERE "ldr r2, [r0, #8]!")
SNIPPET(load_after, AT_NOWHERE "ldr r2, [r0], #8")
SNIPPET(load_scaled, AT_NOWHERE "ldr r2, [r0, r1, lsl #2]")
SNIPPET(load_unprivileged, AT_NOWHERE "ldrt r2, [r0, #4]")
SNIPPET(load_pair, AT_NOWHERE "ldrd r2, r3, [r0, #8]")
SNIPPET(load_pair_before, AT_NOWHERE "ldrd r2, r3, [r0, #-8]!")
SNIPPET(load_pair_across, BEFORE_THE_END "ldrd r2, r3, [r0]")
SNIPPET(load_multiple, AT_NOWHERE "ldmia r0!, {r2, r3}")
SNIPPET(load_multiple_before, AT_NOWHERE "ldmdb r0!, {r2, r3}")
SNIPPET(load_multiple_across, BEFORE_THE_END "ldmia r0!, {r2, r3}")
SNIPPET(load_unaligned_across, BEFORE_THE_END "ldr r2, [r0, #2]")
SNIPPET(load_exclusive, AT_NOWHERE "ldrex r2, [r0, #4]")
SNIPPET(load_exclusive_byte, AT_NOWHERE "ldrexb r2, [r0]")
SNIPPET(store_byte, AT_NOWHERE "strb r2, [r0, #1]\n dsb")
SNIPPET(store_half, AT_NOWHERE "strh r2, [r0, #2]\n dsb")
SNIPPET(store_before, AT_NOWHERE "str r2, [r0, #8]!\n dsb")
SNIPPET(store_after, AT_NOWHERE "str r2, [r0], #8\n dsb")
SNIPPET(store_unprivileged, AT_NOWHERE "strbt r2, [r0, #4]\n dsb")
SNIPPET(store_pair, AT_NOWHERE "strd r2, r3, [r0, #8]\n dsb")
SNIPPET(store_multiple, AT_NOWHERE "stmia r0!, {r2, r3}\n dsb")
SNIPPET(store_multiple_before, AT_NOWHERE "stmdb r0!, {r2, r3}\n dsb")
SNIPPET(store_multiple_across, BEFORE_THE_END "stmia r0!, {r2, r3}\n dsb")
SNIPPET(table_byte, AT_NOWHERE "tbb [r0, r1]")
SNIPPET(table_half, AT_NOWHERE "tbh [r0, r1, lsl #1]")
SNIPPET(load_pc, AT_NOWHERE "ldr pc, [r0]")
SNIPPET(load_multiple_pc, AT_NOWHERE "ldmia r0!, {r2, pc}")
SNIPPET(preload, AT_NOWHERE "pld [r0]\n pli [r0]")
SNIPPET(load_single, AT_NOWHERE "vldr s4, [r0, #4]")
SNIPPET(load_double, AT_NOWHERE "vldr d4, [r0, #8]")
SNIPPET(load_singles, AT_NOWHERE "vldmia r0!, {s4-s6}")
SNIPPET(load_doubles_before, AT_NOWHERE "vldmdb r0!, {d4-d5}")
SNIPPET(store_single, AT_NOWHERE "vstr s4, [r0, #4]\n dsb")
SNIPPET(store_singles, AT_NOWHERE "vstmia r0!, {s4-s6}\n dsb")

static const struct attempt_at accesses[] = {
    {"ldrb", load_byte}, {"ldrh", load_half}, {"ldrsb", load_signed_byte},
    {"ldrsh", load_signed_half}, {"ldr pre", load_before}, {"ldr post", load_after},
    {"ldr scaled", load_scaled}, {"ldrt", load_unprivileged}, {"ldrd", load_pair},
    {"ldrd pre", load_pair_before}, {"ldrd across", load_pair_across}, {"ldm", load_multiple},
    {"ldmdb", load_multiple_before}, {"ldm across", load_multiple_across},
    {"ldr across", load_unaligned_across}, {"ldrex", load_exclusive},
    {"ldrexb", load_exclusive_byte}, {"strb", store_byte}, {"strh", store_half},
    {"str pre", store_before}, {"str post", store_after}, {"strbt", store_unprivileged},
    {"strd", store_pair}, {"stm", store_multiple}, {"stmdb", store_multiple_before},
    {"stm across", store_multiple_across}, {"tbb", table_byte}, {"tbh", table_half},
    {"ldr pc", load_pc}, {"ldm pc", load_multiple_pc}, {"pld", preload}, {"vldr", load_single},
    {"vldr d", load_double}, {"vldm", load_singles}, {"vldmdb d", load_doubles_before},
    {"vstr", store_single}, {"vstm", store_singles},
};

int main(void)
{
    CPACR = FP_ACCESS;
    barrier();
    for (unsigned n = 0; n < COUNT(accesses); n++) {
        calm();
        SHCSR |= SHCSR_ENABLES;
        note("ended", attempt(accesses[n].run));
        show(accesses[n].name);
    }
    return 0;
}
