/* dwt.c - the cycle counter of the data watchpoint and trace unit (DDI 0403, C1.8).
 *
 * CYCCNT follows from the ticks since its last change, at its own frequency: at MIPS * 10^6 it
 * counts instructions. With the cycle model, and where the board asks for it, it counts the model's
 * cycles instead, asleep one a tick. Comparators, profiling counters and trace are not modelled: they read as
 * zero and are noted as stubs.
 */
#include "processor.h"
#include "system.h"
#include "timing.h"

#define LAR_KEY UINT32_C(0xC5ACCE55)

enum {
    DWT_BASE = 0xE0001000,
    CTRL = 0x000,
    CYCCNT = 0x004,
    LAR = 0xFB0,
    LSR = 0xFB4,
    CTRL_CYCCNTENA = 1u << 0,
    CTRL_WRITABLE = 0x007F1FFF,
    CTRL_NUMCOMP = 4 << 28,
    DEMCR_TRCENA = 1u << 24,
    LSR_SLI = 1u << 0, /* a lock is implemented */
    LSR_SLK = 1u << 1, /* and closed */
};

static bool counts_model(const struct cpu *cpu)
{
    return cpu->timing != NULL && cpu->timing->options.counts;
}

/* What CYCCNT follows: ticks, or the cycles of the model. */
static uint64_t counted(const struct cpu *cpu)
{
    if (!counts_model(cpu))
        return cpu_ticks(cpu);
    return cpu->timing->at * cpu->timing->options.factor / FACTOR_ONE + cpu->skipped;
}

void dwt_catch_up(struct cpu *cpu)
{
    struct dwt *dwt = &cpu->system->dwt;
    const struct system_options *options = &cpu->system->options;
    const uint64_t now = counted(cpu);
    const struct rate rate = counts_model(cpu) ? (struct rate){1, 1}
                                               : rate_of(options->dwt_hz, options->tick_hz);

    if (dwt->counting && (cpu->system->scb.demcr & DEMCR_TRCENA)) {
        dwt->value += (uint32_t)rate_counts(rate, now - dwt->since, &dwt->phase);
    }
    dwt->since = now;
}

void timing_follow(struct cpu *cpu)
{
    cpu->system->dwt.since = counted(cpu);
}

void dwt_reset(struct cpu *cpu)
{
    cpu->system->dwt = (struct dwt){.since = counted(cpu), .locked = processor_is_m7(cpu)};
}

bool dwt_load(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    struct dwt *dwt = &cpu->system->dwt;

    switch (offset) {
    case CTRL:
        *value = (uint32_t)CTRL_NUMCOMP | dwt->control | (dwt->counting ? CTRL_CYCCNTENA : 0);
        return true;
    case CYCCNT:
        dwt_catch_up(cpu);
        *value = dwt->value;
        return true;
    case LSR: /* the Cortex-M4 has no lock */
        *value = (processor_is_m7(cpu) ? LSR_SLI : 0) | (dwt->locked ? LSR_SLK : 0);
        return true;
    default:
        system_note_stub(cpu, DWT_BASE + offset);
        *value = 0;
        return true;
    }
}

bool dwt_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct dwt *dwt = &cpu->system->dwt;

    if (offset == LAR) {
        dwt->locked = processor_is_m7(cpu) && (value & lanes) != LAR_KEY;
        return true;
    }
    if (dwt->locked) {
        return true;
    }
    switch (offset) {
    case CTRL:
        dwt_catch_up(cpu);
        value = (value & lanes) | ((dwt->control | (dwt->counting ? 1u : 0)) & ~lanes);
        dwt->counting = value & CTRL_CYCCNTENA;
        dwt->control = value & CTRL_WRITABLE & ~(uint32_t)CTRL_CYCCNTENA;
        return true;
    case CYCCNT:
        dwt_catch_up(cpu);
        dwt->value = (dwt->value & ~lanes) | (value & lanes);
        dwt->phase = 0;
        return true;
    case LSR:
        return true;
    default:
        system_note_stub(cpu, DWT_BASE + offset);
        return true;
    }
}
