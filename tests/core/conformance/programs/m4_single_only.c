/* m4_single_only.c - what only FPv5 and double precision have is undefined on FPv4-SP. */
#include "exceptions.h"

SNIPPET(add_double, ".inst.w 0xEE310B02") /* vadd.f64 d0, d1, d2 */
SNIPPET(select, ".inst.w 0xFE000A81")     /* vseleq.f32 */
SNIPPET(largest, ".inst.w 0xFE800A81")    /* vmaxnm.f32 */
SNIPPET(round, ".inst.w 0xFEB80A40")      /* vrinta.f32 */
SNIPPET(convert, ".inst.w 0xFEBD0A40")    /* vcvtn.u32.f32 */
SNIPPET(move_double, "vmov r0, r1, d0\n vmov d1, r0, r1\n ldr r0, =0x20001000\n vldr d1, [r0]\n"
                     "vpush {d1}\n vpop {d2}")

static const struct attempt_at uses[] = {
    {"vadd.f64", add_double}, {"vsel", select}, {"vmaxnm", largest}, {"vrinta", round},
    {"vcvtn", convert}, {"moves of doubles", move_double},
};

int main(void)
{
    for (unsigned access = 0; access < 2; access++) {
        for (unsigned n = 0; n < COUNT(uses); n++) {
            calm();
            SHCSR |= SHCSR_ENABLES;
            CPACR = access ? FP_ACCESS : 0;
            barrier();
            note("access", access);
            note("ended", attempt(uses[n].run));
            show(uses[n].name);
        }
    }
    return 0;
}
