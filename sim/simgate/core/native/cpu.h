/* cpu.h - the state of one Armv7E-M core, and the seams between the parts of the engine.
 *
 *   execute*.c, decode*.c, ...   run instructions: the processor
 *   memory.c                     memories, devices, bit-band
 *   run.c, exception*.c, nvic.c, scb.c, systick.c, dwt.c     the system around it
 *   python_*.c                   the Python face
 *
 * Names are those of the Armv7-M Architecture Reference Manual (DDI 0403).
 */
#ifndef SIMGATE_CPU_H
#define SIMGATE_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why execute() or run() came back. */
enum halt {
    HALT_DEADLINE,         /* the instruction count reached the deadline, exactly */
    HALT_STOP_POINT,       /* PC is at a stop point; the instruction there has not executed */
    HALT_ATTENTION,        /* cpu->attention was set: an exception may be pending, a stop requested */
    HALT_SVC,              /* PC is after the SVC */
    HALT_WFI,              /* PC is after the WFI */
    HALT_WFE,              /* PC is after the WFE */
    HALT_EXCEPTION_RETURN, /* cpu->exc_return was loaded into PC in Handler mode */
    HALT_FAULT,            /* cpu->fault says what; PC is at the instruction, registers as before it */
    HALT_REQUESTED,        /* run() only: cpu_request_stop() */
    HALT_SLEEPING,         /* run() only: sleeps, and nothing scheduled before the deadline wakes it */
    HALT_RESET,            /* run() only: the firmware asked for a reset in AIRCR */
    HALT_ENTRY,            /* run() only, with stop_on_entry: an exception was entered, PC is at its handler */
    HALT_WALL,             /* python_run.c only: the host's clock ran out first */
    HALT_WATCHPOINT,       /* run() only: a watched access; its instruction has completed */
};

enum fault_kind {
    FAULT_NONE,
    FAULT_UNMAPPED,       /* address, width */
    FAULT_UNMAPPED_FETCH, /* address */
    FAULT_UNALIGNED,      /* address */
    FAULT_FLASH_STORE,    /* address */
    FAULT_UNDEFINED,      /* encoding: UNDEFINED in the architecture */
    FAULT_UNSUPPORTED,    /* encoding: an instruction this core does not know */
    FAULT_INVALID_STATE,  /* EPSR.T = 0: branch to an even address */
    FAULT_NO_COPROCESSOR, /* FPU disabled in CPACR, or absent */
    FAULT_STACK_OVERFLOW, /* address: the SP that went below stack_limit */
    FAULT_EXCEPTION_RETURN, /* value of EXC_RETURN that is illegal */
    FAULT_DEVICE,         /* a device refused the access (its callback failed) */
    FAULT_LOCKUP,
    FAULT_PRIVILEGE,  /* address: system space, touched by unprivileged code */
    FAULT_DIVIDE_BY_ZERO, /* only with divide_trap */
    FAULT_ESCALATION, /* address: number of the exception that cannot be taken at this priority */
    FAULT_MPU,        /* address, width: the MPU denies a load or store */
    FAULT_MPU_FETCH,  /* address: the MPU, or an execute-never region, denies the fetch */
    FAULT_BREAKPOINT, /* BKPT, and no debugger */
    FAULT_STORM,      /* address: number of the exception that leaves nothing else a turn */
};

struct fault {
    enum fault_kind kind;
    uint32_t pc;       /* of the instruction */
    uint32_t address;  /* of the access, or the illegal value */
    uint32_t encoding; /* 16-bit, or first halfword << 16 | second */
    uint8_t width;     /* bytes */
    bool is_store;
    uint8_t during;    /* enum fault_during */
    uint8_t exception; /* that was made of it: fault.c; 0: none, a verdict */
    uint8_t cause;     /* of a lockup: the kind that it would have been */
    bool escalated;    /* to HardFault, from what can be configured */
    bool process_stack; /* of a stack overflow */
};

/* What the processor was doing. */
enum fault_during {
    DURING_INSTRUCTION,
    DURING_STACKING,
    DURING_UNSTACKING,
    DURING_LAZY_STACKING,
    DURING_VECTOR_FETCH,
};

/* Bits of cpu->let_pass: what one instruction may do though it is a fault. */
enum let_pass {
    PASS_FLASH_STORE = 1, /* the store is dropped */
    PASS_BUS_ERROR = 2,   /* so it is, and a load gives 0 */
};

/* A stack of a process: SP between limit and top. */
struct stack_area {
    uint32_t limit, top;
    bool unguarded; /* an overflow has been reported */
};

/* The trail: a ring of the blocks entered lately, from which trail.c finds the branches. A block is
 * its address and, above that, the number of its instructions. Values with bit 0 set are no blocks:
 * an exception was entered (the return address with that bit, and above it whether the block was left
 * there in its straight line); one returned; or the next block goes
 * on in a straight line where the one before was left. */
enum { TRAIL_LENGTH = 256 };
#define TRAIL_RETURNED (UINT64_C(1) << 32 | 1u)
#define TRAIL_GOES_ON (UINT64_C(2) << 32 | 1u)
#define TRAIL_IN_LINE (UINT64_C(4) << 32)
#define NO_PLACE UINT32_C(0xFFFFFFFF)
#define TRAIL_BLOCK(pc, count) ((pc) | (uint64_t)(count) << 32)

/* The bits that FPSCR has (A2.5.3). */
#define FPSCR_WRITABLE UINT32_C(0xF7C0009F)

struct cpu;

/* Registers whose reading does nothing, by word: the device keeps what they hold up to date. */
struct mirror {
    const uint32_t *values;
    const uint8_t *known; /* 0: ask the device */
    uint32_t words;
};

/* A device behind memory-mapped registers. Offsets are from the device's base; width 1, 2 or 4.
 * A false return is a fault of kind FAULT_DEVICE. cpu->instructions is exact meanwhile. */
struct device {
    const struct mirror *mirror; /* NULL, or registers that are read without asking */
    bool (*read)(void *context, uint32_t offset, uint8_t width, uint32_t *value);
    bool (*write)(void *context, uint32_t offset, uint8_t width, uint32_t value);
    void *context;
};

/* Bits of cpu->memory_view, and of the `who` of an access. */
enum memory_view {
    VIEW_PRIVILEGED = 1,
    VIEW_NEGATIVE = 2, /* execution priority below 0: MPU_CTRL.HFNMIENA decides */
    VIEW_VECTOR = 4,   /* of an access only: vector fetches know no MPU */
};

/* The floating-point extension: FPv4-SP of the Cortex-M4, FPv5 of the Cortex-M7. */
enum fpu { FPU_NONE, FPU_V4_SINGLE, FPU_V5_SINGLE, FPU_V5_DOUBLE };

struct memory_map; /* memory.h */
struct granule;    /* memory.h */
struct view;       /* memory.h */
struct code_cache; /* decode.h */
struct system;     /* system.h: NVIC, SCB, SysTick, DWT */
struct timing;     /* timing.h */

/* A memory that most loads and stores go to, for the quickest path: operation.h. */
struct window {
    uint8_t *host;
    uint32_t base;
    uint32_t read_span, write_span; /* offsets below them hold a whole word; 0: none may be used */
};

struct cpu {
    /* ---- visible at every halt and in every device callback: exact ---- */
    uint32_t r[16]; /* r[13] is the active SP, r[15] the address of the next instruction */
    uint32_t apsr;  /* N Z C V Q in bits 31..27, GE in 19..16 */
    uint8_t itstate;
    uint16_t ipsr;
    uint8_t control; /* nPRIV, SPSEL, FPCA */
    bool primask, faultmask;
    uint8_t basepri;
    uint32_t sp_main, sp_process; /* the banked one that is not active is valid */
    union {
        uint32_t s[32];
        uint64_t d[16];
    } fp;
    uint32_t fpscr;
    uint64_t instructions; /* executed since creation; an IT-skipped instruction counts */
    uint64_t skipped;      /* ticks slept; SYSTEM's. Time is instructions + skipped: cpu_ticks() */

    /* ---- asked for from outside ---- */
    volatile bool attention; /* leave execute() after the current instruction */
    uint8_t fpu;             /* enum fpu */
    bool fpu_present;        /* fpu is not FPU_NONE */
    bool fpu_enabled;        /* an FP instruction may simply execute; else system_fp_access() */
    bool exclusive_monitor;  /* LDREX's local monitor */
    uint8_t let_pass;        /* enum let_pass */
    uint32_t stack_limit;    /* main stack: SP below it is a fault; 0 = not checked */
    uint32_t process_limit;  /* of the area in which PSP lies while it is SP; 0 = not checked */
    uint32_t lowest_sp;      /* lowest value that the main SP held; reset to UINT32_MAX */
    uint32_t lowest_pc, lowest_lr; /* and where that was */
    uint64_t lowest_instructions;
    struct stack_area *areas; /* of processes */
    size_t area_count;
    uint32_t exc_return;     /* with HALT_EXCEPTION_RETURN */
    bool event_register;     /* SEV, WFE */
    bool fp_lazy_pending;    /* FPCCR.LSPACT: system_preserve_fp() before the next FP instruction */
    bool divide_trap;        /* CCR.DIV_0_TRP */
    bool unaligned_trap;     /* CCR.UNALIGN_TRP */
    uint8_t memory_view;     /* enum memory_view: as whom the MPU sees loads and stores */
    struct fault fault;

    struct memory_map *memory;
    struct code_cache *code;
    struct system *system;
    struct timing *timing; /* the cycle model, or NULL */

    /* ---- the processor's own: the state in the form in which handlers keep it, see operation.h ---- */
    int64_t flag_nz;  /* bit 63 is N, bits 31..0 are zero when Z */
    uint8_t flag_c;   /* 0 or 1 */
    uint8_t flag_v;   /* 0 or 1 */
    uint8_t fp_slow;  /* FP instructions must take their careful path */
    uint8_t leave;    /* why the chain of handlers came back: enum halt or enum leave */
    bool code_stale;  /* decoded code was overwritten: leave after the instruction */
    uint32_t sp_floor; /* an SP below it needs cpu_note_sp(): max(lowest_sp, stack_limit) or 0 */
    uint32_t loaded[32]; /* what load_slow() read: no local of a handler, see operation.h */
    uint32_t slow_value; /* address or target, from a handler to its careful path */
    uint64_t deadline;
    uint64_t trail_at;   /* blocks noted */
    int64_t budget;   /* instructions left, after those that the running block has paid */
    const struct view *view;  /* of the memories, in force: memory.h */
    struct granule *granules; /* the view's */
    struct window windows[2]; /* the view's, of the largest RAM and the largest read-only memory */
    uint64_t stop_reported_at; /* instruction count of the last HALT_STOP_POINT */
    uint32_t stop_reported_pc;
    uint32_t stepped_to; /* behind single steps in a straight line, which are one block; or NO_PLACE */
    uint32_t left_at;    /* where a block was left in a straight line, or NO_PLACE */
    uint64_t trail[TRAIL_LENGTH];
};

/* ======== what the processor and memories offer ======== */

struct cpu *cpu_create(enum fpu fpu);
void cpu_destroy(struct cpu *cpu);

/* Executes until `deadline` (an absolute instruction count), exactly, or an earlier halt. */
enum halt execute(struct cpu *cpu, uint64_t deadline);

/* After SP, CONTROL or registers were changed from outside execute() (exception entry, debugger). */
void cpu_note_sp(struct cpu *cpu); /* lowest_sp and stack_limit for a changed SP; may set fault */
void refresh_sp_floor(struct cpu *cpu);   /* after a change of stack */
/* After PSP was set while it is SP, or became SP: the area in which it lies now is checked. */
void cpu_note_process_stack(struct cpu *cpu);
/* No further overflow of the stack that is in use is reported. */
void cpu_unguard_stack(struct cpu *cpu);
/* All of them are guarded again, the main stack by this limit. */
void cpu_guard_stacks(struct cpu *cpu, uint32_t stack_limit);
/* Takes over `areas` (from malloc). */
void cpu_set_stack_areas(struct cpu *cpu, struct stack_area *areas, size_t count);

/* false: no memory left, or the range overlaps another or wraps. Host bytes belong to the map,
 * zero-filled; alignment of base and size: any multiple of 4 bytes. */
bool memory_add(struct cpu *cpu, uint32_t base, uint32_t size, bool writable, uint8_t **bytes);
bool memory_add_alias(struct cpu *cpu, uint32_t base, uint32_t size, uint32_t target);
bool memory_add_device(struct cpu *cpu, uint32_t base, uint32_t size, const struct device *device);
bool memory_add_bitband(struct cpu *cpu, uint32_t base, uint32_t size, uint32_t target);
/* Stores by the firmware to the read-only memory at `base` go to device->write (offsets from base)
 * instead of being a FAULT_FLASH_STORE; they are one where it returns false. NULL takes it away. */
bool memory_set_store_handler(struct cpu *cpu, uint32_t base, const struct device *device);

/* Reads of the device at `base` look there first. */
bool memory_set_mirror(struct cpu *cpu, uint32_t base, const struct mirror *mirror);

/* As the processor accesses it (devices, system space, faults into cpu->fault). */
bool memory_load(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value);
bool memory_store(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value);

/* The same as somebody else, `who` (enum memory_view): LDRT and STRT, lazy FP stacking, vectors. */
bool memory_load_as(struct cpu *cpu, uint8_t who, uint32_t address, uint8_t width, uint32_t *value);
bool memory_store_as(struct cpu *cpu, uint8_t who, uint32_t address, uint8_t width, uint32_t value);

/* The host's bytes of `size` bytes of RAM that may be read and written directly, or NULL: then use
 * memory_load() and memory_store(). */
uint8_t *memory_ram(struct cpu *cpu, uint32_t address, uint32_t size);

/* As a debugger sees memories only (no devices, no side effects); false if any byte is unmapped.
 * poke writes Flash too and drops decoded code. */
bool memory_peek(const struct cpu *cpu, uint32_t address, void *bytes, uint32_t size);
bool memory_poke(struct cpu *cpu, uint32_t address, const void *bytes, uint32_t size);

/* Called when cpu->memory_view has changed: by privilege, exceptions, FAULTMASK. */
void memory_view_changed(struct cpu *cpu);

/* mpu.c: the registers of the MPU, 0xD90 to 0xDB8 of the system control space, a word each. false:
 * there is no such register. */
bool mpu_load(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool mpu_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);

/* cache.c: identification and maintenance of caches and TCMs, 0xD78 to 0xD84 and 0xF50 to 0xFA8.
 * false: there is no such register. */
bool cache_load(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool cache_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);
/* How the data cache keeps an address now: 0 not at all, 1 write-through, 2 write-back. */
unsigned cache_policy(const struct cpu *cpu, uint32_t address);

/* Watchpoints (watch.h): run() looks whether one was hit, and reports it once. */
bool watch_is_pending(const struct cpu *cpu);
bool watch_take(struct cpu *cpu);

void code_invalidate(struct cpu *cpu, uint32_t address, uint32_t size);
bool stop_point_add(struct cpu *cpu, uint32_t address);
void stop_point_remove(struct cpu *cpu, uint32_t address);
/* The next execute() passes a stop point at its first instruction. */

static inline void trail_note(struct cpu *cpu, uint64_t value)
{
    cpu->trail[cpu->trail_at++ % TRAIL_LENGTH] = value;
}

struct branch {
    uint32_t source; /* the instruction; at an exception's entry the one that did not execute */
    uint32_t target;
    uint8_t kind; /* 0: a branch, 1: an exception was entered, 2: one returned */
};

/* The last branches, newest last, at most `room`; returns how many. */
unsigned trail_branches(struct cpu *cpu, struct branch *branches, unsigned room);

/* ======== what the system around them offers ======== */

/* The private peripheral bus, 0xE0000000 to 0xE00FFFFF; called by memory_load/store and by the
 * slow path of load and store instructions. false: cpu->fault is set. */
bool system_load(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value);
bool system_store(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value);

/* Called by MSR/CPS when PRIMASK, FAULTMASK, BASEPRI or CONTROL changed: sets cpu->attention when a
 * pending exception may be taken now. */
void system_masks_changed(struct cpu *cpu);

/* Called before an FP instruction while fp_lazy_pending: stores the FP context of the interrupted
 * code and clears fp_lazy_pending. false: cpu->fault is set. */
bool system_preserve_fp(struct cpu *cpu);

/* Before an FP instruction while cpu->fpu_enabled is false: saves state whose stacking was put
 * off, begins an FP context. true: execute it; false: cpu->fault is set (FAULT_NO_COPROCESSOR). */
bool system_fp_access(struct cpu *cpu);

/* Whether CPACR grants the FPU to the running code. */
bool system_fp_granted(const struct cpu *cpu);

/* The run loop around execute(): exceptions, sleep, timers. `deadline` is in ticks. */
enum halt run(struct cpu *cpu, uint64_t deadline);

/* Virtual time: one tick is one instruction's time, asleep or not. */
static inline uint64_t cpu_ticks(const struct cpu *cpu)
{
    return cpu->instructions + cpu->skipped;
}

/* Whether the instruction under way may do what is otherwise a fault of this kind. */
static inline bool cpu_lets_pass(const struct cpu *cpu, enum fault_kind kind)
{
    return (kind == FAULT_FLASH_STORE && (cpu->let_pass & PASS_FLASH_STORE))
           || ((kind == FAULT_UNMAPPED || kind == FAULT_PRIVILEGE)
               && (cpu->let_pass & PASS_BUS_ERROR));
}

/* MSP/PSP and CONTROL as MRS and MSR see them. */
static inline bool cpu_uses_process_stack(const struct cpu *cpu)
{
    return cpu->ipsr == 0 && (cpu->control & 2u) != 0;
}

#endif
