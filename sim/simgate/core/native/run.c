/* run.c - the loop around execute(): time, planned events, exceptions, sleep.
 *
 * Everything due at tick T happens before the instruction that begins at T. run() returns at its
 * deadline before anything due at that very tick, so cutting a run into pieces changes nothing.
 */
#include "system.h"

enum { SVC_BYTES = 2 };

/* One thing that is due now; false: nothing was. */
static bool act_one(struct cpu *cpu)
{
    struct system *system = cpu->system;
    struct entry due;

    if (system->systick.expiry <= cpu_ticks(cpu)) {
        systick_expire(cpu);
        return true;
    }
    if (agenda_take_due(&system->agenda, cpu_ticks(cpu), &due)) {
        due.act(due.context);
        return true;
    }
    return false;
}

/* Asleep, and whether anything ends it now. */
static bool still_asleep(struct cpu *cpu)
{
    struct system *system = cpu->system;

    if (system->sleep == SLEEP_WFI && exception_wakes(cpu)) {
        system->sleep = AWAKE;
    }
    if (system->sleep == SLEEP_WFE && cpu->event_register) {
        cpu->event_register = false;
        system->sleep = AWAKE;
    }
    return system->sleep != AWAKE;
}

/* At the deadline: nothing is consumed, the next run() decides. */
static enum halt at_deadline(const struct cpu *cpu)
{
    switch (cpu->system->sleep) {
    case SLEEP_WFI:
        return exception_wakes(cpu) ? HALT_DEADLINE : HALT_SLEEPING;
    case SLEEP_WFE:
        return cpu->event_register ? HALT_DEADLINE : HALT_SLEEPING;
    default:
        return HALT_DEADLINE;
    }
}

static void wait_for_event(struct cpu *cpu)
{
    if (cpu->event_register) {
        cpu->event_register = false;
    } else {
        cpu->system->sleep = SLEEP_WFE;
    }
}

/* SVCall becomes pending; where it cannot preempt it would be a HardFault. */
static bool supervisor_call(struct cpu *cpu)
{
    exception_pend(cpu, EXCEPTION_SVCALL, true);
    if (exception_priority(cpu, EXCEPTION_SVCALL) < cpu->system->execution_priority) {
        return true;
    }
    exception_pend(cpu, EXCEPTION_SVCALL, false);
    cpu->r[15] -= SVC_BYTES;
    cpu->instructions--; /* it did not complete */
    cpu->fault = (struct fault){
        .kind = FAULT_ESCALATION, .pc = cpu->r[15], .address = EXCEPTION_SVCALL};
    return false;
}

/* What comes of the halt; true: go on, false: run() returns `*halt`. */
static bool settle(struct cpu *cpu, enum halt *halt)
{
    switch (*halt) {
    case HALT_DEADLINE:
    case HALT_ATTENTION:
        return true;
    case HALT_SVC:
        if (supervisor_call(cpu)) {
            return true;
        }
        break;
    case HALT_EXCEPTION_RETURN:
        if (exception_return(cpu)) {
            return true;
        }
        break;
    case HALT_WFI:
        cpu->system->sleep = SLEEP_WFI;
        return true;
    case HALT_WFE:
        wait_for_event(cpu);
        return true;
    default:
        return false;
    }
    *halt = HALT_FAULT;
    return false;
}

enum halt run(struct cpu *cpu, uint64_t deadline)
{
    struct system *system = cpu->system;

    if (system->dead) {
        return HALT_FAULT;
    }
    for (;;) {
        cpu->attention = false;
        if (system->stop_requested) {
            system->stop_requested = false;
            return HALT_REQUESTED;
        }
        if (watch_take(cpu)) {
            return HALT_WATCHPOINT;
        }
        if (system->reset_requested) {
            system->reset_requested = false;
            return HALT_RESET;
        }
        if (cpu_ticks(cpu) >= deadline) {
            return at_deadline(cpu);
        }
        if (act_one(cpu)) {
            continue;
        }
        if (exception_preempts(cpu)) {
            if (!exception_enter(cpu)) {
                return HALT_FAULT;
            }
            if (system->stop_on_entry) {
                return HALT_ENTRY;
            }
        }
        const uint64_t next = system_next_tick(cpu);
        const uint64_t until = next < deadline ? next : deadline;
        if (still_asleep(cpu)) {
            cpu->skipped += until - cpu_ticks(cpu);
            continue;
        }
        cpu->attention =
            system->stop_requested || system->reset_requested || watch_is_pending(cpu);
        enum halt halt = execute(cpu, until - cpu->skipped);
        if (!settle(cpu, &halt)) {
            return halt;
        }
    }
}
