/* fault.c - what the processor makes of a fault: status registers, the exception that is pended,
 * escalation to HardFault, lockup (DDI 0403, B1.5.4, B1.5.14, B1.5.15, B3.2.15 to B3.2.19).
 *
 * Loads and stores complete at once here, so every data BusFault is precise.
 */
#include "exception.h"

enum {
    IACCVIOL = 1u << 0,
    DACCVIOL = 1u << 1,
    MUNSTKERR = 1u << 3,
    MSTKERR = 1u << 4,
    MLSPERR = 1u << 5,
    MMARVALID = 1u << 7,
    IBUSERR = 1u << 8,
    PRECISERR = 1u << 9,
    UNSTKERR = 1u << 11,
    STKERR = 1u << 12,
    LSPERR = 1u << 13,
    BFARVALID = 1u << 15,
    UNDEFINSTR = 1u << 16,
    INVSTATE = 1u << 17,
    INVPC = 1u << 18,
    NOCP = 1u << 19,
    UNALIGNED = 1u << 24,
    DIVBYZERO = 1u << 25,

    HFSR_VECTTBL = 1u << 1,
    HFSR_FORCED = 1u << 30,
    DFSR_BKPT = 1u << 1,
    CCR_BFHFNMIGN = 1u << 8,
    FPCCR_HFRDY = 1u << 4,
    FPCCR_MMRDY = 1u << 5,
    FPCCR_BFRDY = 1u << 6,
};

#define HFSR_DEBUGEVT (UINT32_C(1) << 31)

/* By enum fault_kind; no exception: the architecture has no such fault. */
static const struct meaning {
    uint8_t exception;
    uint32_t cfsr;
} MEANINGS[] = {
    [FAULT_UNMAPPED] = {EXCEPTION_BUS_FAULT, PRECISERR | BFARVALID},
    [FAULT_UNMAPPED_FETCH] = {EXCEPTION_BUS_FAULT, IBUSERR},
    [FAULT_UNALIGNED] = {EXCEPTION_USAGE_FAULT, UNALIGNED},
    [FAULT_UNDEFINED] = {EXCEPTION_USAGE_FAULT, UNDEFINSTR},
    [FAULT_INVALID_STATE] = {EXCEPTION_USAGE_FAULT, INVSTATE},
    [FAULT_NO_COPROCESSOR] = {EXCEPTION_USAGE_FAULT, NOCP},
    [FAULT_EXCEPTION_RETURN] = {EXCEPTION_USAGE_FAULT, INVPC},
    [FAULT_PRIVILEGE] = {EXCEPTION_BUS_FAULT, PRECISERR | BFARVALID},
    [FAULT_DIVIDE_BY_ZERO] = {EXCEPTION_USAGE_FAULT, DIVBYZERO},
    [FAULT_ESCALATION] = {EXCEPTION_SVCALL, 0},
    [FAULT_MPU] = {EXCEPTION_MEM_MANAGE, DACCVIOL | MMARVALID},
    [FAULT_MPU_FETCH] = {EXCEPTION_MEM_MANAGE, IACCVIOL},
    [FAULT_BREAKPOINT] = {EXCEPTION_DEBUG_MONITOR, 0},
    [FAULT_STORM] = {0, 0},
};

static struct meaning meaning_of(enum fault_kind kind)
{
    return (size_t)kind < sizeof MEANINGS / sizeof *MEANINGS ? MEANINGS[kind]
                                                              : (struct meaning){0};
}

/* Accesses of the processor itself have bits of their own, and no address. */
static uint32_t status_bits(const struct fault *fault, struct meaning meaning)
{
    const bool bus = meaning.exception == EXCEPTION_BUS_FAULT;

    if (!bus && meaning.exception != EXCEPTION_MEM_MANAGE) {
        return meaning.cfsr;
    }
    switch (fault->during) {
    case DURING_STACKING:
        return bus ? STKERR : MSTKERR;
    case DURING_UNSTACKING:
        return bus ? UNSTKERR : MUNSTKERR;
    case DURING_LAZY_STACKING:
        return bus ? LSPERR : MLSPERR;
    case DURING_VECTOR_FETCH: /* HFSR.VECTTBL tells */
        return 0;
    default:
        return meaning.cfsr;
    }
}

static void note_status(struct scb *scb, const struct fault *fault, struct meaning meaning)
{
    const uint32_t bits = status_bits(fault, meaning);

    scb->cfsr |= bits;
    if (bits & BFARVALID) {
        scb->bfar = fault->address;
    }
    if (bits & MMARVALID) {
        scb->mmfar = fault->address;
    }
    if (fault->kind == FAULT_BREAKPOINT) {
        scb->dfsr |= DFSR_BKPT;
    }
}

/* The exception that is taken for `number`; 0: not even HardFault can be (B1.5.4). */
static unsigned escalated(const struct cpu *cpu, unsigned number)
{
    const int running = cpu->system->execution_priority;

    if (exception_may_be_taken(cpu->system, number) && exception_priority(cpu, number) < running) {
        return number;
    }
    return running > -1 ? EXCEPTION_HARD_FAULT : 0;
}

/* While FP state is stacked late, FPCCR tells what could have been taken when the space for it was
 * reserved; what can be taken now matters to lockup only (B1.5.7). */
static unsigned escalated_by_fpccr(const struct cpu *cpu, unsigned number)
{
    const uint32_t fpccr = cpu->system->scb.fpccr;

    if ((number == EXCEPTION_MEM_MANAGE && (fpccr & FPCCR_MMRDY))
        || (number == EXCEPTION_BUS_FAULT && (fpccr & FPCCR_BFRDY))) {
        return number;
    }
    return (fpccr & FPCCR_HFRDY) || cpu->system->execution_priority > -1 ? EXCEPTION_HARD_FAULT : 0;
}

/* Fetching a vector for the exception that is being entered: only HardFault can follow, and only
 * where it comes before that one. */
static unsigned after_vector_fetch(const struct cpu *cpu)
{
    return cpu->system->candidate_priority > -1 ? EXCEPTION_HARD_FAULT : 0;
}

static void lock_up(struct cpu *cpu)
{
    cpu->fault.cause = (uint8_t)cpu->fault.kind;
    cpu->fault.kind = FAULT_LOCKUP;
    cpu->system->locked_up = true;
}

/* Pends what the fault becomes; false: lockup. */
static bool deliver(struct cpu *cpu, struct meaning meaning)
{
    struct scb *scb = &cpu->system->scb;
    struct fault *fault = &cpu->fault;
    unsigned number;

    note_status(scb, fault, meaning);
    switch (fault->during) {
    case DURING_VECTOR_FETCH:
        number = after_vector_fetch(cpu);
        break;
    case DURING_LAZY_STACKING:
        number = escalated_by_fpccr(cpu, meaning.exception);
        break;
    default:
        number = escalated(cpu, meaning.exception);
        break;
    }
    if (number == 0) {
        lock_up(cpu);
        return false;
    }
    if (fault->during == DURING_VECTOR_FETCH) {
        scb->hfsr |= HFSR_VECTTBL;
    } else if (number != meaning.exception && fault->kind == FAULT_BREAKPOINT) {
        scb->hfsr |= HFSR_DEBUGEVT;
    } else if (number != meaning.exception) {
        scb->hfsr |= HFSR_FORCED;
        fault->escalated = true;
    }
    fault->exception = (uint8_t)number;
    cpu->system->faults_taken++;
    exception_pend(cpu, number, true);
    return true;
}

/* What the run that halts here may do when it goes on. */
static void excuse(struct cpu *cpu)
{
    struct system *system = cpu->system;

    switch (cpu->fault.kind) {
    case FAULT_STACK_OVERFLOW:
        cpu_unguard_stack(cpu);
        break;
    case FAULT_FLASH_STORE:
        system->excuse = PASS_FLASH_STORE;
        system->excuses_entry = cpu->fault.during == DURING_STACKING;
        system->excused_pc = cpu->r[15];
        break;
    default:
        break;
    }
}

/* CCR.BFHFNMIGN: NMI, HardFault and FAULTMASK do not care for data that is not there (B3.2.8). */
static bool ignores(const struct cpu *cpu, struct meaning meaning)
{
    const struct system *system = cpu->system;

    return meaning.exception == EXCEPTION_BUS_FAULT && (meaning.cfsr & PRECISERR)
           && cpu->fault.during == DURING_INSTRUCTION && system->execution_priority < 0
           && (system->scb.ccr & CCR_BFHFNMIGN);
}

static void note_before(struct system *system)
{
    const struct scb *scb = &system->scb;

    system->before_fault = (struct fault_status){
        scb->cfsr, scb->hfsr, scb->dfsr, scb->mmfar, scb->bfar, system->pending, system->no_thumb};
}

enum fault_outcome fault_raise(struct cpu *cpu)
{
    struct system *system = cpu->system;
    enum fault_outcome outcome = FAULT_PENDED;

    if (cpu->fault.exception == 0) { /* FP state stacked late has been seen to */
        const struct meaning meaning = meaning_of(cpu->fault.kind);
        note_before(system);
        if (ignores(cpu, meaning)) {
            note_status(&system->scb, &cpu->fault, meaning);
            system->excuse = PASS_BUS_ERROR;
            system->excuses_entry = false;
            system->excused_pc = cpu->r[15];
            return FAULT_IGNORED;
        }
        if (cpu->fault.kind == FAULT_INVALID_STATE) {
            system->no_thumb = true;
        }
        if (meaning.exception == 0) {
            excuse(cpu);
            outcome = FAULT_VERDICT;
        } else if (!deliver(cpu, meaning)) {
            outcome = FAULT_VERDICT;
        }
    }
    system->fault = cpu->fault;
    return outcome;
}

bool fault_raise_lazily(struct cpu *cpu)
{
    const struct meaning meaning = meaning_of(cpu->fault.kind);

    note_before(cpu->system);
    if (meaning.exception != 0 && deliver(cpu, meaning) && !exception_preempts(cpu)) {
        cpu->system->fault = cpu->fault;
        cpu->system->fault_noticed = true;
        cpu->attention = true;
        return false;
    }
    return true;
}

void fault_dismiss(struct cpu *cpu)
{
    struct system *system = cpu->system;
    const struct fault_status *before = &system->before_fault;
    struct scb *scb = &system->scb;

    system->excuse = 0;
    system->chain = 0;
    system->stacking_fails = system->locked_up = system->escalated_svc = false;
    if (system->fault.kind == FAULT_STACK_OVERFLOW) {
        cpu_guard_stacks(cpu, system->guard);
    }
    if (system->fault.kind == FAULT_NONE
        || (system->fault.exception != 0
            && !set_has(&system->pending, system->fault.exception))) {
        return; /* taken meanwhile */
    }
    scb->cfsr = before->cfsr;
    scb->hfsr = before->hfsr;
    scb->dfsr = before->dfsr;
    scb->mmfar = before->mmfar;
    scb->bfar = before->bfar;
    system->no_thumb = before->no_thumb;
    if (system->fault.exception != 0) {
        exception_pend(cpu, system->fault.exception,
                       set_has(&before->pending, system->fault.exception));
    }
}
