/* timing_m4.c - the Cortex-M4's pipeline: three stages, one instruction at a time.
 *
 * Sources: Cortex-M4 Technical Reference Manual, DDI 0439, table 3-1 (cycles), 3.3.2 (load and
 * store timings), table 7-1 (floating point). The refill P of a taken branch is 1 to 3 there: 1
 * where the target is in the instruction, for it is fetched while the branch executes; 2 where
 * it comes from a register or from memory; 1 more where the target's 32 bits lie in two words.
 */
#include "timing.h"

enum { REFILL_FIXED = 1, REFILL_INDIRECT = 2 };

/* P, when `form` is where the last instruction branched to. */
static unsigned refill(const struct timing_form *last, const struct timing_form *form)
{
    const unsigned p = last->timing_class == T_BRANCH ? REFILL_FIXED : REFILL_INDIRECT;

    return p + (form->size == 4 && (form->pc & 2u));
}

/* Words and halfwords across their boundaries take an access more, or two. */
static unsigned split(uint32_t address, unsigned width)
{
    if (width == 4)
        return (address & 3u) == 0 ? 0 : (address & 1u) ? 2 : 1;
    return width == 2 && (address & 1u);
}

static bool is_access(unsigned timing_class)
{
    return timing_class == T_LOAD || timing_class == T_STORE || timing_class == T_LOAD_MANY ||
           timing_class == T_STORE_MANY || timing_class == T_FP_LOAD ||
           timing_class == T_FP_STORE;
}

/* The address comes from data processing right before: it is not forwarded. */
static bool address_is_late(const struct timing *timing, const struct timing_form *form)
{
    const struct timing_form *last = &timing->last;

    return timing->last_executed && last->timing_class <= T_DIVIDE &&
           (form->reads_early & last->writes) != 0;
}

/* Loads of one word follow each other, and a store follows a load, without a gap, unless the address
 * is what the first one loads. */
static bool overlaps(const struct timing *timing, const struct timing_form *form)
{
    return timing->pipelines && (form->timing_class == T_LOAD || form->timing_class == T_STORE) &&
           (form->reads_early & (timing->last.writes | timing->last.writes_base)) == 0;
}

static unsigned access_cycles(struct cpu *cpu, const struct timing_form *form, uint64_t now)
{
    struct timing *timing = cpu->timing;
    const uint32_t address = timing_address(cpu, form);
    const bool store = form->timing_class == T_STORE || form->timing_class == T_STORE_MANY ||
                       form->timing_class == T_FP_STORE;
    unsigned cycles = form->cycles;

    if (address_is_late(timing, form))
        cycles++;
    if (form->cycles > 1 && overlaps(timing, form))
        cycles--;
    cycles += split(address, form->width);
    if (now < timing->store_until) { /* the write buffer is not empty yet */
        cycles += (unsigned)(timing->store_until - now);
        now = timing->store_until;
    }
    const uint32_t wait =
        timing_access(cpu, address, (uint8_t)(form->words * form->width), store, now);
    if (form->timing_class == T_STORE)
        timing->store_until = now + wait;
    else
        cycles += wait;
    timing->pipelines = form->timing_class == T_LOAD && !form->loads_pc;
    return cycles;
}

static unsigned fp_cycles(struct timing *timing, const struct timing_form *form, uint64_t now)
{
    unsigned cycles = form->cycles;

    if (now < timing->fp_until) {
        cycles += (unsigned)(timing->fp_until - now);
        now = timing->fp_until;
    }
    if (form->cycles == 14) { /* whole-number code goes on beside it */
        timing->fp_until = now + 14;
        return cycles - 13;
    }
    return cycles;
}

/* What arithmetic computes can be used one cycle later. */
static unsigned fp_interlock(const struct timing *timing, const struct timing_form *form)
{
    return timing->last_executed && timing->last.timing_class == T_FP &&
           (timing->last.fp_writes & (form->fp_reads | form->fp_reads_late)) != 0;
}

static unsigned executed_cycles(struct cpu *cpu, const struct timing_form *form, uint64_t now)
{
    struct timing *timing = cpu->timing;

    if (is_access(form->timing_class)) {
        const unsigned late = form->timing_class >= T_FP ? fp_interlock(timing, form) : 0;

        return late + access_cycles(cpu, form, now + late);
    }
    timing->pipelines = false;
    switch (form->timing_class) {
    case T_DIVIDE:
        return timing_division(cpu, form);
    case T_FP: case T_FP_MOVE: {
        const unsigned late = fp_interlock(timing, form);

        return fp_cycles(timing, form, now) + late;
    }
    case T_IT: /* folded into a 16-bit instruction that was fetched with it */
        return timing->last.size == 2 && (form->pc & 2u) ? 0 : 1;
    case T_BARRIER:
        return now < timing->store_until ? 1 + (unsigned)(timing->store_until - now) : 1;
    case T_BRANCH_INDIRECT:
        if (form->words != 0) /* a table is read */
            return form->cycles +
                   timing_access(cpu, timing_address(cpu, form), form->width, false, now);
        return form->cycles;
    default:
        return form->cycles;
    }
}

void timing_m4(struct cpu *cpu, const struct timing_form *form, bool executes)
{
    struct timing *timing = cpu->timing;
    const bool jumped = form->pc != timing->expected;
    uint64_t now = timing->cycles;

    if (jumped && timing->expected != NO_PLACE) {
        const unsigned p = refill(&timing->last, form);

        now += p;
        timing->refills += p;
    }
    now += timing_fetch(cpu, form->pc, form->size, jumped, now);
    if (executes)
        now += executed_cycles(cpu, form, now);
    else {
        now++;
        timing->pipelines = false;
    }
    timing->cycles = timing->at = now;
    timing->expected = form->pc + form->size;
    timing->last = *form;
    timing->last_executed = executes;
}
