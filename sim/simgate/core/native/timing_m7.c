/* timing_m7.c - the Cortex-M7's pipeline: in order, up to two instructions a cycle.
 *
 * An instruction issues when its operands will be there at the stage that reads them (addresses and
 * shifted operands a stage before the ALU, accumulators and data to be stored a stage after it),
 * and when its unit is free: two ALUs, two load ports, one store, one multiplier, one shifter, one
 * lane unit, one branch unit, one FPU. Latencies and pairs: those with which LLVM schedules for
 * this core (Arm publishes none). Branches: 64 remembered targets with two-bit counters; what is not
 * remembered is taken backwards only (DDI 0489, 1.3).
 */
#include "timing.h"

enum unit {
    UNIT_LOAD = 1 << 0, UNIT_LOAD_2 = 1 << 1, UNIT_STORE = 1 << 2, UNIT_MULTIPLY = 1 << 3,
    UNIT_SHIFT = 1 << 4, UNIT_LANES = 1 << 5, UNIT_BRANCH = 1 << 6, UNIT_FP = 1 << 7,
};

enum {
    MISPREDICTED = 4, /* cycles, of a conditional branch */
    REDIRECTED = 1,   /* taken, not remembered, target in the instruction */
    REFILLED = 4,     /* not remembered, target from a register */
    UNSEEN = 1,       /* counter of a new entry: weakly not taken */
};

static unsigned unit_of(const struct timing_form *form)
{
    switch (form->timing_class) {
    case T_SHIFTED: return UNIT_SHIFT;
    case T_SIMD: return UNIT_LANES;
    case T_MULTIPLY: return UNIT_MULTIPLY;
    case T_LOAD: case T_FP_LOAD: return UNIT_LOAD;
    case T_STORE: case T_FP_STORE: return UNIT_STORE;
    case T_BRANCH: case T_BRANCH_INDIRECT: return UNIT_BRANCH;
    case T_FP: return UNIT_FP;
    default: return 0;
    }
}

/* ---- operands ---- */

/* The later of `now` and of when these are ready, `late` cycles after which they are read. */
static int64_t latest(const int64_t *ready, uint32_t registers, int64_t now, int late)
{
    for (; registers != 0; registers &= registers - 1) {
        const int64_t from = ready[__builtin_ctz(registers)] - late;

        now = from > now ? from : now;
    }
    return now;
}

/* What an ALU of the same cycle computes the other one can use, where neither shifts. */
static bool passes_on(const struct timing *timing, const struct timing_form *form)
{
    return timing->issued == 1 && timing->last_executed &&
           timing->last.timing_class == T_SIMPLE && form->timing_class == T_SIMPLE;
}

/* The first cycle in which all operands are there in time. */
static uint64_t operands_ready(const struct timing *timing, const struct timing_form *form)
{
    int64_t now = (int64_t)timing->cycles;

    now = latest(timing->ready,
                 passes_on(timing, form) ? form->reads & ~timing->last.writes : form->reads, now, 0);
    now = latest(timing->ready, form->reads_early, now, -1);
    now = latest(timing->ready, form->reads_late, now, 1);
    now = latest(timing->fp_ready, form->fp_reads, now, 0);
    now = latest(timing->fp_ready, form->fp_reads_late, now, 3);
    if (form->reads_flags && form->timing_class != T_BRANCH && timing->flags_ready > now)
        now = timing->flags_ready;
    return (uint64_t)now;
}

static void set_ready(int64_t *ready, uint32_t registers, uint64_t at)
{
    for (; registers != 0; registers &= registers - 1)
        ready[__builtin_ctz(registers)] = (int64_t)at;
}

/* ---- issue ---- */

static bool fits(const struct timing *timing, const struct timing_form *form, unsigned unit)
{
    if (timing->issued == 0)
        return true;
    if (timing->issued >= 2 || form->is_alone || form->is_first_only || timing->last.is_alone)
        return false;
    if (unit == UNIT_LOAD)
        return !(timing->units & UNIT_LOAD_2) && !(timing->units & UNIT_STORE);
    if (unit == UNIT_STORE && (timing->units & UNIT_LOAD))
        return true;
    return (timing->units & unit) == 0;
}

/* Takes a place from `now` on: the cycle of issue. */
static uint64_t issue(struct timing *timing, const struct timing_form *form, uint64_t now)
{
    const unsigned unit = unit_of(form);

    if (now > timing->cycles || !fits(timing, form, unit)) {
        if (now <= timing->cycles)
            now = timing->cycles + 1;
        timing->cycles = now;
        timing->issued = 0;
        timing->units = 0;
    }
    timing->issued++;
    timing->units |= (uint16_t)(unit == UNIT_LOAD && (timing->units & UNIT_LOAD) ? UNIT_LOAD_2
                                                                                  : unit);
    return timing->cycles;
}

static void hold(struct timing *timing, uint64_t cycles)
{
    if (cycles == 0)
        return;
    timing->cycles += cycles;
    timing->issued = 0;
    timing->units = 0;
}

/* ---- branches ---- */

/* The last instruction was a branch, or something else that loads PC; where it led is known now. */
static unsigned resolve(struct timing *timing, bool jumped, uint32_t target)
{
    const struct timing_form *last = &timing->last;
    struct timing_branch *entry = &timing->branches[((last->pc >> 1) ^ (last->pc >> 7)) % BTAC_ENTRIES];
    const bool known = entry->pc == last->pc + 1;
    const bool fixed = last->timing_class == T_BRANCH;
    const bool guessed = known ? entry->taken >= 2 : fixed && target < last->pc && jumped;
    unsigned cost = 0;

    if (jumped) {
        if (!guessed)
            cost = !fixed ? REFILLED : known || last->reads_flags ? MISPREDICTED : REDIRECTED;
        else if (known && entry->target != target)
            cost = REFILLED;
        else if (!known)
            cost = REDIRECTED;
        if (!known)
            *entry = (struct timing_branch){last->pc + 1, UNSEEN, target};
        entry->target = target;
        if (entry->taken < 3)
            entry->taken++;
    } else if (known) {
        if (guessed)
            cost = MISPREDICTED;
        if (entry->taken > 0)
            entry->taken--;
    }
    return cost;
}

static bool may_branch(const struct timing_form *form)
{
    return form->timing_class == T_BRANCH || form->timing_class == T_BRANCH_INDIRECT ||
           form->loads_pc;
}

/* ---- one instruction ---- */

static bool is_access(const struct timing_form *form)
{
    return form->words != 0;
}

static void execute_timed(struct cpu *cpu, const struct timing_form *form)
{
    struct timing *timing = cpu->timing;
    const uint64_t at = issue(timing, form, operands_ready(timing, form));
    const bool store = form->timing_class == T_STORE || form->timing_class == T_STORE_MANY ||
                       form->timing_class == T_FP_STORE;
    uint64_t result = at + form->latency;

    if (is_access(form)) {
        const uint32_t address = timing_address(cpu, form);
        const uint32_t bytes = (uint32_t)form->words * form->width;
        const uint32_t wait = timing_access(cpu, address, (uint8_t)bytes, store, at);
        const unsigned beats = (bytes + (address & 4u) + 7) / 8; /* of 64 bits */

        hold(timing, (store ? 0 : wait) + (beats > 1 ? beats - 1 : 0));
        if ((address & (form->width - 1u)) != 0)
            hold(timing, 1);
        result = timing->cycles + form->latency;
    }
    if (form->timing_class == T_DIVIDE) {
        hold(timing, timing_division(cpu, form) - 1);
        result = timing->cycles + 1;
    }
    hold(timing, form->stall);
    set_ready(timing->ready, form->writes, result);
    set_ready(timing->ready, form->writes_base, at); /* at once, for addresses a cycle later */
    set_ready(timing->fp_ready, form->fp_writes, result);
    if (form->sets_flags)
        timing->flags_ready = (int64_t)at + 1;
}

void timing_m7(struct cpu *cpu, const struct timing_form *form, bool executes)
{
    struct timing *timing = cpu->timing;
    const bool jumped = form->pc != timing->expected;

    if (timing->expected != NO_PLACE && (jumped || may_branch(&timing->last))) {
        const unsigned cost = resolve(timing, jumped, form->pc);

        timing->refills += cost;
        hold(timing, cost);
    }
    if (jumped && timing->issued != 0) /* the target is in another fetch */
        timing->issued = 2;
    hold(timing, timing_fetch(cpu, form->pc, form->size, jumped, timing->cycles));
    if (executes)
        execute_timed(cpu, form);
    else
        issue(timing, form, timing->cycles);
    timing->at = timing->cycles + 1;
    timing->expected = form->pc + form->size;
    timing->last = *form;
    timing->last_executed = executes;
}
