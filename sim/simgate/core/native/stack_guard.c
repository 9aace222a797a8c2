/* stack_guard.c - how deep the stacks went, and how deep they may go.
 *
 * cpu->sp_floor is what every instruction that writes SP compares with: the main SP's lowest value
 * so far, or the limit of the process stack in use.
 */
#include <stdlib.h>

#include "code_cache.h"

void refresh_sp_floor(struct cpu *cpu)
{
    if (cpu_uses_process_stack(cpu))
        cpu->sp_floor = cpu->process_limit;
    else
        cpu->sp_floor = cpu->lowest_sp > cpu->stack_limit ? cpu->lowest_sp : cpu->stack_limit;
}

static bool overflow(struct cpu *cpu, uint32_t sp, bool process)
{
    cpu->fault = (struct fault){.kind = FAULT_STACK_OVERFLOW, .pc = cpu->r[15], .address = sp,
                                .process_stack = process};
    return false;
}

static bool note_main_sp(struct cpu *cpu, uint32_t sp, uint32_t pc, uint64_t instructions)
{
    if (sp < cpu->stack_limit)
        return overflow(cpu, sp, false);
    if (sp < cpu->lowest_sp) {
        cpu->lowest_sp = sp;
        cpu->lowest_pc = pc;
        cpu->lowest_lr = cpu->r[14];
        cpu->lowest_instructions = instructions;
    }
    refresh_sp_floor(cpu);
    return true;
}

bool sp_fell(struct cpu *cpu, const struct op *op, uint32_t sp)
{
    const struct op_position *position = op_position(cpu, op);

    if (cpu_uses_process_stack(cpu))
        return sp >= cpu->process_limit || overflow(cpu, sp, true);
    return note_main_sp(cpu, sp, position->pc,
                        cpu->deadline - (uint64_t)(cpu->budget + position->behind + 1));
}

bool main_sp_fell(struct cpu *cpu, uint32_t sp)
{
    return note_main_sp(cpu, sp, cpu->r[15], cpu->instructions);
}

void cpu_note_sp(struct cpu *cpu)
{
    refresh_sp_floor(cpu);
    if (cpu->r[13] >= cpu->sp_floor)
        return;
    if (cpu_uses_process_stack(cpu))
        overflow(cpu, cpu->r[13], true);
    else
        main_sp_fell(cpu, cpu->r[13]);
}

/* SP lies in the area, or is at the top of it: empty. One that is full has the next below it. */
static struct stack_area *area_of(const struct cpu *cpu, uint32_t sp)
{
    struct stack_area *full = NULL;

    for (size_t n = 0; n < cpu->area_count; n++) {
        struct stack_area *area = &cpu->areas[n];

        if (sp > area->limit && sp <= area->top)
            return area;
        if (sp == area->limit)
            full = area;
    }
    return full;
}

void cpu_note_process_stack(struct cpu *cpu)
{
    if (cpu->area_count != 0 && cpu_uses_process_stack(cpu)) {
        const struct stack_area *area = area_of(cpu, cpu->r[13]);

        cpu->process_limit = area == NULL || area->unguarded ? 0 : area->limit;
    }
    refresh_sp_floor(cpu);
}

void cpu_unguard_stack(struct cpu *cpu)
{
    if (!cpu_uses_process_stack(cpu)) {
        cpu->stack_limit = 0;
    } else {
        for (size_t n = 0; n < cpu->area_count; n++)
            if (cpu->areas[n].limit == cpu->process_limit)
                cpu->areas[n].unguarded = true;
        cpu->process_limit = 0;
    }
    refresh_sp_floor(cpu);
}

void cpu_guard_stacks(struct cpu *cpu, uint32_t stack_limit)
{
    cpu->stack_limit = stack_limit;
    cpu->process_limit = 0;
    for (size_t n = 0; n < cpu->area_count; n++)
        cpu->areas[n].unguarded = false;
    cpu_note_process_stack(cpu);
}

void cpu_set_stack_areas(struct cpu *cpu, struct stack_area *areas, size_t count)
{
    free(cpu->areas);
    cpu->areas = areas;
    cpu->area_count = count;
    cpu->process_limit = 0;
    cpu_note_process_stack(cpu);
}
