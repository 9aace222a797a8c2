/* exception.c - which exception may run: priorities, masks, the pending one (DDI 0403, B1.5.4). */
#include "exception.h"

enum {
    SCR_SEVONPEND = 1u << 4,
    SHCSR_MEMFAULTENA = 1u << 16,
    DEMCR_MON_EN = 1u << 16,
};

static uint32_t group_mask(const struct system *system)
{
    return 0xFFu & ~((2u << system->scb.aircr_prigroup) - 1u);
}

int exception_priority(const struct cpu *cpu, unsigned number)
{
    switch (number) {
    case EXCEPTION_RESET:
        return -3;
    case EXCEPTION_NMI:
        return -2;
    case EXCEPTION_HARD_FAULT:
        return -1;
    default:
        return (int)(cpu->system->priority[number] & group_mask(cpu->system));
    }
}

/* The group priority of the highest of the active exceptions, masks apart. */
static int highest_active(const struct cpu *cpu)
{
    const struct exception_set *active = &cpu->system->active;
    int highest = PRIORITY_THREAD;

    for (unsigned w = 0; w < EXCEPTION_COUNT / 64; w++) {
        for (uint64_t left = active->word[w]; left != 0; left &= left - 1) {
            const int priority = exception_priority(cpu, 64 * w + (unsigned)__builtin_ctzll(left));
            highest = priority < highest ? priority : highest;
        }
    }
    return highest;
}

/* What BASEPRI and FAULTMASK raise the priority to. */
static int base_priority(const struct cpu *cpu)
{
    if (cpu->faultmask) {
        return -1;
    }
    return cpu->basepri != 0 ? (int)(cpu->basepri & group_mask(cpu->system)) : PRIORITY_THREAD;
}

static int masked_priority(const struct cpu *cpu, bool with_primask)
{
    const int base = base_priority(cpu), active = cpu->system->active_priority;
    const int priority = base < active ? base : active;

    return with_primask && cpu->primask && priority > 0 ? 0 : priority;
}

bool exception_may_be_taken(const struct system *system, unsigned number)
{
    switch (number) {
    case EXCEPTION_MEM_MANAGE:
    case EXCEPTION_BUS_FAULT:
    case EXCEPTION_USAGE_FAULT:
        return system->scb.shcsr_enables & (SHCSR_MEMFAULTENA << (number - EXCEPTION_MEM_MANAGE));
    case EXCEPTION_DEBUG_MONITOR:
        return system->scb.demcr & DEMCR_MON_EN;
    default:
        return number < EXCEPTION_EXTERNAL || set_has(&system->enabled, number);
    }
}

/* By priority with subpriority, then by number (B1.5.4). */
static void choose_candidate(struct cpu *cpu)
{
    struct system *system = cpu->system;
    int best = 0, best_priority = PRIORITY_THREAD;

    for (unsigned w = 0; w < EXCEPTION_COUNT / 64; w++) {
        for (uint64_t left = system->pending.word[w]; left != 0; left &= left - 1) {
            const unsigned number = 64 * w + (unsigned)__builtin_ctzll(left);
            const int priority = number <= EXCEPTION_HARD_FAULT ? (int)number - 4
                                                                : system->priority[number];
            if (priority < best_priority && exception_may_be_taken(system, number)) {
                best = (int)number;
                best_priority = priority;
            }
        }
    }
    system->candidate = best;
    system->candidate_priority = best ? exception_priority(cpu, (unsigned)best) : PRIORITY_THREAD;
}

bool exception_preempts(const struct cpu *cpu)
{
    const struct system *system = cpu->system;

    return system->candidate != 0 && system->candidate_priority < system->execution_priority;
}

unsigned exception_vectpending(const struct cpu *cpu)
{
    const struct system *system = cpu->system;

    return system->candidate_priority < base_priority(cpu) ? (unsigned)system->candidate : 0;
}

bool exception_wakes(const struct cpu *cpu)
{
    const struct system *system = cpu->system;

    return system->candidate != 0 && system->candidate_priority < masked_priority(cpu, false);
}

void exception_view_changed(struct cpu *cpu)
{
    view_memory_as(cpu, is_privileged(cpu), cpu->system->execution_priority < 0);
}

/* After the active exceptions or the masks changed. */
static void choose_execution_priority(struct cpu *cpu)
{
    cpu->system->execution_priority = masked_priority(cpu, true);
    exception_view_changed(cpu);
    if (exception_preempts(cpu)) {
        cpu->attention = true;
    }
}

void exception_update(struct cpu *cpu)
{
    cpu->system->active_priority = highest_active(cpu);
    choose_candidate(cpu);
    choose_execution_priority(cpu);
}

void exception_begun(struct cpu *cpu, unsigned number)
{
    cpu->system->active_priority = exception_priority(cpu, number); /* it preempted the others */
    choose_candidate(cpu);
    choose_execution_priority(cpu);
}

void exception_pend(struct cpu *cpu, unsigned number, bool pending)
{
    struct system *system = cpu->system;

    if (pending && !set_has(&system->pending, number) && (system->scb.scr & SCR_SEVONPEND)) {
        cpu->event_register = true;
    }
    set_put(&system->pending, number, pending);
    choose_candidate(cpu);
    if (exception_preempts(cpu)) {
        cpu->attention = true;
    }
}

void system_masks_changed(struct cpu *cpu)
{
    cpu->basepri &= cpu->system->options.priority_mask;
    choose_execution_priority(cpu);
    exception_fp_state_changed(cpu);
}
