/* systick.c - the system timer, on virtual time (DDI 0403, B3.3).
 *
 * Nothing counts while the firmware runs: the value follows from the ticks since the last change,
 * and the tick of the next expiry is known in advance. The counter goes value, value-1, ..., 0,
 * RELOAD, RELOAD-1, ...; from 1 to 0 it sets COUNTFLAG and pends SysTick. A RELOAD of 0 stops it
 * when it reaches 0.
 */
#include "system.h"

enum {
    CSR = 0x10,
    RVR = 0x14,
    CVR = 0x18,
    CALIB = 0x1C,
    CSR_ENABLE = 1u << 0,
    CSR_TICKINT = 1u << 1,
    CSR_CLKSOURCE = 1u << 2,
    CSR_COUNTFLAG = 1u << 16,
    COUNTER_MASK = 0xFFFFFF,
};

static struct rate clock_rate(const struct system *system)
{
    const struct system_options *options = &system->options;

    return rate_of(system->systick.processor_clock ? options->systick_hz
                                                   : options->systick_external_hz,
                   options->tick_hz);
}

/* Counts until the counter next arrives at 0; 0: never. */
static uint64_t counts_to_zero(const struct systick *timer)
{
    if (timer->value != 0) {
        return timer->value;
    }
    return timer->reload != 0 ? (uint64_t)timer->reload + 1 : 0;
}

static void plan(struct cpu *cpu)
{
    struct systick *timer = &cpu->system->systick;
    const uint64_t counts = timer->enabled ? counts_to_zero(timer) : 0;
    const uint64_t before = timer->expiry;

    timer->expiry = counts == 0 ? TICK_NEVER
                                : timer->since
                                      + rate_ticks(clock_rate(cpu->system), counts, timer->phase);
    if (timer->expiry < before) {
        cpu->attention = true; /* run() has to stop earlier than it thought */
    }
}

/* Brings `value` to this moment. Expiries on the way have been handled by run(), unless the
 * moment is inside an instruction that run() let begin just before one. */
static void catch_up(struct cpu *cpu)
{
    struct systick *timer = &cpu->system->systick;
    const uint64_t now = cpu_ticks(cpu);

    if (timer->enabled && now > timer->since) {
        uint64_t counts = rate_counts(clock_rate(cpu->system), now - timer->since, &timer->phase);
        const uint64_t first = counts_to_zero(timer);
        if (first == 0 || counts < first) {
            timer->value = first == 0            ? 0
                           : timer->value != 0   ? timer->value - (uint32_t)counts
                           : counts == 0         ? 0
                                                 : timer->reload + 1 - (uint32_t)counts;
        } else {
            counts = (counts - first) % ((uint64_t)timer->reload + 1);
            timer->value = counts == 0 ? 0 : timer->reload + 1 - (uint32_t)counts;
            timer->count_flag = true;
            if (timer->interrupt) {
                exception_pend(cpu, EXCEPTION_SYSTICK, true);
            }
        }
    }
    timer->since = now;
}

void systick_expire(struct cpu *cpu)
{
    catch_up(cpu);
    plan(cpu);
}

void systick_reset(struct cpu *cpu)
{
    cpu->system->systick = (struct systick){.since = cpu_ticks(cpu), .expiry = TICK_NEVER};
}

bool systick_load(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    const struct system_options *options = &cpu->system->options;
    struct systick *timer = &cpu->system->systick;

    switch (offset) {
    case CSR:
        catch_up(cpu);
        plan(cpu);
        *value = (timer->enabled ? CSR_ENABLE : 0) | (timer->interrupt ? CSR_TICKINT : 0)
                 | (timer->processor_clock ? CSR_CLKSOURCE : 0)
                 | (timer->count_flag ? CSR_COUNTFLAG : 0);
        timer->count_flag = false;
        return true;
    case RVR:
        *value = timer->reload;
        return true;
    case CVR:
        catch_up(cpu);
        plan(cpu);
        *value = timer->value;
        return true;
    case CALIB: { /* counts in 10 ms of the external clock; SKEW when that is not exact */
        const uint32_t counts = options->systick_external_hz / 100;
        const bool exact = options->systick_external_hz % 100 == 0 && counts - 1 <= COUNTER_MASK;
        *value = exact ? counts - 1 : UINT32_C(1) << 30;
        return true;
    }
    default:
        return false;
    }
}

bool systick_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct systick *timer = &cpu->system->systick;

    switch (offset) {
    case CSR: {
        catch_up(cpu);
        if (lanes & 0xFFu) {
            const bool processor_clock = value & CSR_CLKSOURCE;
            if (processor_clock != timer->processor_clock) {
                timer->phase = 0; /* it belonged to the other clock */
            }
            timer->processor_clock = processor_clock;
            timer->interrupt = value & CSR_TICKINT;
            timer->enabled = value & CSR_ENABLE;
        }
        break;
    }
    case RVR:
        catch_up(cpu);
        timer->reload = ((timer->reload & ~lanes) | (value & lanes)) & COUNTER_MASK;
        break;
    case CVR: /* whatever is written clears it */
        catch_up(cpu);
        timer->value = 0;
        timer->phase = 0;
        timer->count_flag = false;
        break;
    case CALIB:
        return true;
    default:
        return false;
    }
    plan(cpu);
    return true;
}
