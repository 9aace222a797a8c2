/* run.c - the loop around execute(): time, planned events, exceptions, sleep.
 *
 * Everything due at tick T happens before the instruction that begins at T. run() returns at its
 * deadline before anything due at that very tick, so cutting a run into pieces changes nothing.
 * It may come back with HALT_DEADLINE earlier, for its caller to look around: after so many
 * instructions, or so many rounds of its loop.
 */
#include "system.h"
#include "watch.h"

enum {
    SVC_BYTES = 2,
    ROUNDS = 100000, /* of the loop in one run(): so long may planned calls alone keep it */
};

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

/* SVCall becomes pending. Where it cannot preempt it is a HardFault at the SVC, which returns
 * behind it all the same (B1.5.6). */
static bool supervisor_call(struct cpu *cpu)
{
    if (exception_priority(cpu, EXCEPTION_SVCALL) < cpu->system->execution_priority) {
        exception_pend(cpu, EXCEPTION_SVCALL, true);
        return true;
    }
    cpu->r[15] -= SVC_BYTES;
    cpu->left_at = cpu->r[15];
    cpu->instructions--; /* until it is taken it did not complete */
    cpu->system->escalated_svc = true;
    cpu->system->escalated_svc_pc = cpu->r[15];
    cpu->fault = (struct fault){
        .kind = FAULT_ESCALATION, .pc = cpu->r[15], .address = EXCEPTION_SVCALL};
    return false;
}

/* cpu->fault is set; true: go on, its exception comes next. */
static bool survives(struct cpu *cpu)
{
    switch (fault_raise(cpu)) {
    case FAULT_PENDED:
        return !cpu->system->stop_on_fault;
    case FAULT_IGNORED:
        return true;
    default:
        return false;
    }
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
    case HALT_FAULT:
        break;
    default:
        return false;
    }
    *halt = HALT_FAULT;
    return survives(cpu);
}

/* One instruction may do what was reported as a fault, or is to be ignored. */
static enum halt execute_excused(struct cpu *cpu)
{
    cpu->let_pass = cpu->system->excuse;
    cpu->system->excuse = 0;
    const enum halt halt = execute(cpu, cpu->instructions + 1);
    cpu->let_pass = 0;
    return halt;
}

/* The processor is awake, and no exception is to be taken first. */
static enum halt go_on(struct cpu *cpu, uint64_t deadline)
{
    struct system *system = cpu->system;

    if (__builtin_expect(system->no_thumb, 0)) {
        cpu->fault = (struct fault){
            .kind = FAULT_INVALID_STATE, .pc = cpu->r[15], .address = cpu->r[15]};
        return HALT_FAULT;
    }
    cpu->attention =
        system->stop_requested || system->reset_requested || watch_is_pending(cpu);
    if (__builtin_expect(system->excuse != 0, 0) && !system->excuses_entry
        && system->excused_pc == cpu->r[15]) {
        return execute_excused(cpu);
    }
    return execute(cpu, deadline < system->instruction_limit ? deadline
                                                             : system->instruction_limit);
}

/* What has to be seen to before anything else; true: run() returns `*halt`. */
static bool is_over(struct cpu *cpu, enum halt *halt)
{
    struct system *system = cpu->system;

    if (system->dead || system->locked_up) {
        *halt = HALT_FAULT;
    } else if (system->fault_noticed) {
        system->fault_noticed = false;
        *halt = HALT_FAULT;
        return system->stop_on_fault;
    } else if (system->stop_requested) {
        system->stop_requested = false;
        *halt = HALT_REQUESTED;
    } else if (watch_take(cpu)) {
        *halt = HALT_WATCHPOINT;
    } else if (system->reset_requested) {
        system->reset_requested = false;
        *halt = HALT_RESET;
    } else {
        return false;
    }
    return true;
}

/* Enters the candidate; false: a fault. */
static bool enter(struct cpu *cpu)
{
    struct system *system = cpu->system;

    if (__builtin_expect(system->excuse != 0, 0) && system->excuses_entry) {
        cpu->let_pass = system->excuse;
        system->excuse = 0;
    }
    if (__builtin_expect(system->escalated_svc, 0)) {
        system->escalated_svc = false;
        if (system->escalated_svc_pc == cpu->r[15]) {
            cpu->r[15] += SVC_BYTES;
            cpu->left_at = cpu->r[15];
            cpu->instructions++;
        }
    }
    const bool entered = exception_enter(cpu);
    cpu->let_pass = 0;
    return entered;
}

enum halt run(struct cpu *cpu, uint64_t deadline)
{
    struct system *system = cpu->system;
    enum halt halt;

    for (unsigned round = 0;; round++) {
        cpu->attention = false;
        if (is_over(cpu, &halt)) {
            return halt;
        }
        if (cpu_ticks(cpu) >= deadline) {
            return at_deadline(cpu);
        }
        if (round == ROUNDS || cpu->instructions >= system->instruction_limit) {
            return HALT_DEADLINE;
        }
        if (act_one(cpu)) {
            continue;
        }
        if (exception_preempts(cpu)) {
            if (!enter(cpu)) {
                if (survives(cpu)) {
                    continue;
                }
                return HALT_FAULT;
            }
            if (system->stop_on_entry) {
                return HALT_ENTRY;
            }
        }
        system->chain = 0;
        const uint64_t next = system_next_tick(cpu);
        const uint64_t until = next < deadline ? next : deadline;
        if (still_asleep(cpu)) {
            cpu->skipped += until - cpu_ticks(cpu);
            continue;
        }
        halt = go_on(cpu, until - cpu->skipped);
        if (!settle(cpu, &halt)) {
            return halt;
        }
    }
}
