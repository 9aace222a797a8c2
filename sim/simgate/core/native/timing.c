/* timing.c - the cycle model's life, and the operations that it puts in blocks. */
#include <stdlib.h>

#include "code_cache.h"
#include "timing.h"

enum {
    ENTRY_CYCLES = 12,  /* DDI 0439, 3.9: from the interrupt to its first instruction */
    CHAINED_CYCLES = 6,
    RETURN_CYCLES = 10,
};

/* ---- life ---- */

void timing_reset(struct cpu *cpu)
{
    struct timing *timing = cpu->timing;

    if (timing == NULL)
        return;
    timing_set_acr(timing, timing->options.acr_reset);
    timing_memory_reset(timing);
    timing->expected = NO_PLACE;
    timing->last = (struct timing_form){.timing_class = T_NOP, .condition = 14};
}

bool timing_begin(struct cpu *cpu, const struct timing_options *options)
{
    timing_end(cpu);
    struct timing *timing = calloc(1, sizeof *timing);

    if (timing == NULL)
        return false;
    timing->forms = calloc(OPS_CAPACITY, sizeof *timing->forms);
    if (timing->forms == NULL) {
        free(timing);
        return false;
    }
    timing->options = *options;
    cpu->timing = timing;
    timing_reset(cpu);
    timing_follow(cpu);
    code_drop_all(cpu);
    return true;
}

void timing_end(struct cpu *cpu)
{
    if (cpu->timing == NULL)
        return;
    free(cpu->timing->forms);
    free(cpu->timing);
    cpu->timing = NULL;
    if (cpu->code != NULL)
        code_drop_all(cpu);
}

/* ---- instructions ---- */

static void reckon(struct cpu *cpu, const struct timing_form *form, bool executes)
{
    if (cpu->timing->options.pipeline == PIPELINE_M7)
        timing_m7(cpu, form, executes);
    else
        timing_m4(cpu, form, executes);
}

#define HOLDS(number) case number: return COND_##number;

static bool holds(const struct cpu *cpu, unsigned condition)
{
    switch (condition) {
    FOR_EACH_CONDITION(HOLDS)
    default: return true;
    }
}

static HANDLER(time_instruction)
{
    const struct timing_form *form = &cpu->timing->forms[op - cpu->code->ops];

    reckon(cpu, form, true);
    NEXT;
}

static HANDLER(time_conditional)
{
    const struct timing_form *form = &cpu->timing->forms[op - cpu->code->ops];

    reckon(cpu, form, holds(cpu, form->condition));
    NEXT;
}

void timing_bind(struct cpu *cpu, struct op *op, const struct instruction *in, uint32_t pc,
                 unsigned condition)
{
    struct timing_form *form = &cpu->timing->forms[op - cpu->code->ops];

    timing_form(form, in, pc, condition);
    op->run = form->condition == 14 ? time_instruction : time_conditional;
}

void timing_step(struct cpu *cpu, const struct instruction *in, uint32_t pc, unsigned condition,
                 bool executes)
{
    struct timing_form form;

    timing_form(&form, in, pc, condition);
    reckon(cpu, &form, executes);
}

unsigned timing_division(const struct cpu *cpu, const struct timing_form *form)
{
    uint32_t dividend = cpu->r[form->dividend], divisor = cpu->r[form->divisor];

    if (form->is_signed) {
        dividend = (int32_t)dividend < 0 ? 0u - dividend : dividend;
        divisor = (int32_t)divisor < 0 ? 0u - divisor : divisor;
    }
    if (divisor == 0 || dividend < divisor)
        return 2;
    const unsigned bits = (unsigned)(__builtin_clz(divisor) - __builtin_clz(dividend)) + 1;

    return 2 + (bits * 10 + 31) / 32; /* 32 bits take the most: 12 */
}

/* ---- exceptions ---- */

static void spend(struct cpu *cpu, unsigned cycles)
{
    struct timing *timing = cpu->timing;

    timing->cycles += cycles;
    timing->at = timing->cycles;
    timing->issued = 0;
    timing->expected = NO_PLACE;
    timing->pipelines = false;
    timing->last = (struct timing_form){.timing_class = T_NOP, .condition = 14};
}

void timing_note_entry(struct cpu *cpu, bool chained)
{
    if (cpu->timing != NULL)
        spend(cpu, chained ? CHAINED_CYCLES : ENTRY_CYCLES);
}

void timing_note_return(struct cpu *cpu)
{
    if (cpu->timing != NULL)
        spend(cpu, RETURN_CYCLES);
}

void timing_note_device(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value)
{
    struct timing *timing = cpu->timing;
    const uint32_t offset = address - timing->options.acr;

    if (offset >= 4)
        return;
    const uint32_t bits = width == 4 ? UINT32_MAX : (1u << (8 * width)) - 1;

    timing_set_acr(timing, (timing->acr & ~(bits << (8 * offset)))
                               | (value & bits) << (8 * offset));
}
