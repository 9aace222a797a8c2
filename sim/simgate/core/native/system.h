/* system.h - the system half of the core: exceptions, NVIC, SCB, SysTick, DWT, and time.
 *
 *   run.c         the loop around execute(): time, sleep, events
 *   fault.c       what becomes of a fault
 *   exception.c   which exception may run: priorities, masks
 *   exception_switch.c, exception_frame.c, exception_fp.c   entry and return, lazy FP state
 *   nvic.c        registers of the interrupt controller, interrupt lines
 *   system.c      life, reset, the map of the system space
 *   scb.c         system control block, debug and FP registers
 *   processor.c   which processor it is: feature registers
 *   cache.c       caches and TCMs of a Cortex-M7
 *   systick.c     the system timer
 *   dwt.c         the cycle counter
 *   agenda.c      what is to happen at which tick
 *
 * Names are those of the Armv7-M Architecture Reference Manual (DDI 0403).
 */
#ifndef SIMGATE_SYSTEM_H
#define SIMGATE_SYSTEM_H

#include "cpu.h"

enum {
    EXCEPTION_RESET = 1,
    EXCEPTION_NMI = 2,
    EXCEPTION_HARD_FAULT = 3,
    EXCEPTION_MEM_MANAGE = 4,
    EXCEPTION_BUS_FAULT = 5,
    EXCEPTION_USAGE_FAULT = 6,
    EXCEPTION_SVCALL = 11,
    EXCEPTION_DEBUG_MONITOR = 12,
    EXCEPTION_PENDSV = 14,
    EXCEPTION_SYSTICK = 15,
    EXCEPTION_EXTERNAL = 16, /* external interrupt 0 */
    EXCEPTION_COUNT = 256,
    EXTERNAL_COUNT = EXCEPTION_COUNT - EXCEPTION_EXTERNAL,
    PRIORITY_THREAD = 256, /* of code that no exception runs: everything preempts it */
    STUBS_KEPT = 32,
};

#define TICK_NEVER UINT64_MAX

/* One bit an exception number. */
struct exception_set {
    uint64_t word[EXCEPTION_COUNT / 64];
};

static inline bool set_has(const struct exception_set *set, unsigned number)
{
    return (set->word[number / 64] >> (number % 64)) & 1u;
}

static inline void set_put(struct exception_set *set, unsigned number, bool in)
{
    const uint64_t bit = UINT64_C(1) << (number % 64);
    set->word[number / 64] = in ? set->word[number / 64] | bit : set->word[number / 64] & ~bit;
}

/* A counter that advances `numerator` in `denominator` ticks: rates are in lowest terms. */
struct rate {
    uint32_t numerator, denominator;
};

struct system_options {
    uint32_t tick_hz;             /* ticks a virtual second: MIPS * 10^6 */
    uint32_t systick_hz;          /* SysTick's with CLKSOURCE = 1, the processor's clock */
    uint32_t systick_external_hz; /* SysTick's with CLKSOURCE = 0; CALIB tells none */
    uint32_t dwt_hz;              /* of CYCCNT */
    uint32_t cpuid;
    uint32_t initial_vtor;
    uint32_t icache_bytes, dcache_bytes; /* of a Cortex-M7; 0: none */
    uint32_t itcm_bytes, dtcm_bytes;     /* of a Cortex-M7; 0: none */
    uint8_t mpu_regions;                 /* 0, 8 or 16 */
    uint16_t interrupts;   /* external interrupts that are wired, 1..240 */
    uint8_t priority_mask; /* implemented bits of a priority, from the top */
};

enum sleep { AWAKE, SLEEP_WFI, SLEEP_WFE };

struct systick {
    bool enabled, interrupt, processor_clock, count_flag;
    uint32_t reload;
    uint32_t value;  /* at `since` */
    uint64_t since;  /* tick of the last change */
    uint64_t phase;  /* at `since`: part of a count already gone, in 1/denominator counts */
    uint64_t expiry; /* tick of the next count from 1 to 0, or TICK_NEVER */
};

struct dwt {
    bool locked; /* a Cortex-M7's, until LAR gets its key */
    bool counting;
    uint32_t control; /* without CYCCNTENA */
    uint32_t value;   /* at `since` */
    uint64_t since;
    uint64_t phase;
};

struct scb {
    uint32_t vtor, aircr_prigroup, scr, ccr, shcsr_enables, cfsr, hfsr, dfsr, mmfar, bfar, afsr;
    uint32_t actlr, cpacr, fpccr, fpcar, fpdscr, demcr;
};

/* Caches and TCMs of a Cortex-M7: cache.c. */
/* Which lines of the data cache one kind of operation has named, ever: for those who check DMA. */
enum { LINE_RANGES_KEPT = 64 };

struct line_log {
    uint32_t first[LINE_RANGES_KEPT], last[LINE_RANGES_KEPT]; /* bytes */
    unsigned count;
    bool all; /* the whole cache, or more ranges than are kept */
};

struct cache {
    uint32_t csselr, itcmcr, dtcmcr, ahbpcr, cacr, ahbscr;
};

/* What is to happen at a tick: `act` runs between two instructions, when the tick has come. */
struct entry {
    uint64_t tick;
    uint64_t serial; /* order among equals, and the handle to cancel it */
    void (*act)(void *context);
    void *context;
};

struct agenda {
    struct entry *entries; /* a binary heap, earliest first */
    size_t count, room;
    uint64_t serials;
};

/* As it was before the last fault. */
struct fault_status {
    uint32_t cfsr, hfsr, dfsr, mmfar, bfar;
    struct exception_set pending;
    bool no_thumb;
};

/* One exception tail-chained again and again: exception_switch.c. */
struct storm {
    unsigned number; /* of the exception that is counted */
    unsigned depth;  /* exceptions active beneath it */
    uint32_t count;
};

struct system {
    struct system_options options;

    struct exception_set pending, enabled, active, lines;
    uint8_t priority[EXCEPTION_COUNT]; /* as the registers hold them */
    int candidate;                     /* highest-priority pending enabled exception, or 0 */
    int candidate_priority;            /* its group priority */
    int active_priority;               /* of the highest active exception, masks apart */
    int execution_priority;            /* of running code, masks included */

    enum sleep sleep;
    volatile bool stop_requested;
    bool reset_requested;
    bool stop_on_entry; /* run() comes back after each exception entry: a debugger steps */
    bool stop_on_fault; /* run() comes back before the exception of a fault is taken */
    bool fault_noticed; /* and has to, for one that cannot be taken yet */
    bool locked_up;
    bool no_thumb;       /* EPSR.T is 0: no instruction can be executed */
    bool stacking_fails; /* reported: the exception is entered nevertheless */
    uint32_t chain;      /* EXC_RETURN with which the next exception is tail-chained, or 0 */
    uint8_t excuse;      /* enum let_pass, for the instruction at excused_pc, */
    bool excuses_entry;  /* or for the stacking before it */
    uint32_t excused_pc;
    bool escalated_svc; /* at escalated_svc_pc; what is entered there returns behind it */
    uint32_t escalated_svc_pc;
    uint32_t guard; /* stack_limit as it was set from outside */
    struct fault fault; /* the last one */
    struct fault_status before_fault;
    uint64_t faults_taken;
    struct storm storm;
    bool passed; /* a stop point at passed_pc was reported, then an exception entered */
    uint32_t passed_pc, passed_frame;
    uint64_t instruction_limit; /* run() comes back with HALT_DEADLINE when so many are executed */
    bool dead; /* the vector table gave no valid reset: cpu->fault says why */

    struct scb scb;
    struct cache cache;
    struct systick systick;
    struct dwt dwt;
    struct agenda agenda;

    uint64_t exceptions_taken, tail_chained;
    uint64_t exception_counts[EXCEPTION_COUNT]; /* taken since the last reset */
    uint64_t cache_maintenance; /* operations asked for */
    struct line_log cleaned, invalidated; /* since creation, while the data cache was on */
    uint32_t stubs[STUBS_KEPT]; /* system registers touched that are not modelled */
    unsigned stub_count;
};

/* ---- life ---- */
bool system_create(struct cpu *cpu, const struct system_options *options); /* false: no memory */
void system_destroy(struct cpu *cpu);

/* SP and PC from the vector table, registers as after a reset of silicon. false: the table cannot
 * be read, which run() keeps reporting, or its reset vector is not Thumb: the first instruction is
 * a fault. */
bool system_reset(struct cpu *cpu);

void system_request_stop(struct cpu *cpu);
uint64_t system_next_tick(const struct cpu *cpu); /* of timers and agenda, or TICK_NEVER */

/* ---- exception.c, exception_switch.c, exception_fp.c ---- */
void exception_pend(struct cpu *cpu, unsigned number, bool pending);
void exception_update(struct cpu *cpu); /* after any change: who may run now */
void exception_view_changed(struct cpu *cpu); /* after privilege or execution priority changed */
bool exception_preempts(const struct cpu *cpu);
bool exception_wakes(const struct cpu *cpu); /* preempts, PRIMASK apart: WFI ends */
unsigned exception_vectpending(const struct cpu *cpu); /* of ICSR (B3.2.4) */
bool exception_enter(struct cpu *cpu);       /* the candidate; false: cpu->fault */
bool exception_return(struct cpu *cpu);      /* by cpu->exc_return; false: cpu->fault */
int exception_priority(const struct cpu *cpu, unsigned number); /* group priority */
void exception_fp_state_changed(struct cpu *cpu); /* CPACR, CONTROL.FPCA or LSPACT changed */
uint32_t exception_xpsr(const struct cpu *cpu);   /* with T and the number of the exception */

/* ---- fault.c ---- */
enum fault_outcome {
    FAULT_PENDED,  /* the exception is pending and comes next */
    FAULT_VERDICT, /* run() ends */
    FAULT_IGNORED, /* the instruction goes on, excused */
};

/* Makes of cpu->fault what the architecture makes of it, and keeps the record in system->fault. */
enum fault_outcome fault_raise(struct cpu *cpu);
/* The same for a fault while FP state is stacked late, in mid-instruction. false: its exception is
 * pending and cannot be taken yet, the instruction goes on. */
bool fault_raise_lazily(struct cpu *cpu);
/* Takes back what the last fault did to registers and pending exceptions. */
void fault_dismiss(struct cpu *cpu);

/* ---- nvic.c ---- */
void nvic_set_line(struct cpu *cpu, unsigned interrupt, bool level);
void nvic_pend(struct cpu *cpu, unsigned interrupt);
bool nvic_load(struct cpu *cpu, uint32_t offset, uint32_t *value); /* offset in the SCS, a word */
bool nvic_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);

/* ---- scb.c ---- */
bool scb_load(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool scb_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);
void scb_reset(struct cpu *cpu);

/* ---- cache.c ---- */
void cache_reset(struct cpu *cpu);

/* ---- system.c ---- */
void system_note_stub(struct cpu *cpu, uint32_t address);

/* ---- systick.c ---- */
bool systick_load(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool systick_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);
void systick_reset(struct cpu *cpu);
void systick_expire(struct cpu *cpu); /* when ticks reached systick.expiry */

/* ---- dwt.c ---- */
bool dwt_load(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool dwt_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);
void dwt_reset(struct cpu *cpu);
void dwt_catch_up(struct cpu *cpu); /* before TRCENA changes */

/* ---- rate.c ---- */
struct rate rate_of(uint32_t hz, uint32_t tick_hz);
/* Counts in `ticks` ticks from `phase` on; `phase` becomes what is left over. */
uint64_t rate_counts(struct rate rate, uint64_t ticks, uint64_t *phase);
/* The fewest ticks after which `counts` counts are complete, from `phase` on. */
uint64_t rate_ticks(struct rate rate, uint64_t counts, uint64_t phase);

/* ---- agenda.c ---- */
/* 0: no memory; else the handle. */
uint64_t agenda_add(struct agenda *agenda, uint64_t tick, void (*act)(void *), void *context);
bool agenda_remove(struct agenda *agenda, uint64_t handle, void **context); /* false: not there */
bool agenda_take_due(struct agenda *agenda, uint64_t now, struct entry *due);

#endif
