/* timing.h - the cycle model: what instructions cost on silicon, estimated while they execute.
 *
 * Off, it costs nothing: blocks are decoded without it. On, an operation in front of each
 * instruction's own reckons the clock cycles of the processor that silicon would have spent up to
 * there. It looks at registers and flags and changes nothing but itself; virtual time stays
 * instructions.
 *
 *   timing.c          life, the operations in blocks, registers that matter, exceptions
 *   timing_form.c     what of an instruction matters to its cost
 *   timing_memory.c   Flash with and without accelerator, caches, other memories
 *   timing_m4.c       the pipeline of the Cortex-M4 (DDI 0439, chapter 3.3)
 *   timing_m7.c       that of the Cortex-M7: two instructions a cycle, in order
 */
#ifndef SIMGATE_TIMING_H
#define SIMGATE_TIMING_H

#include "cpu.h"
#include "instruction.h"

struct op;

enum pipeline { PIPELINE_M4, PIPELINE_M7 };

/* What kind of memory; bus_kind of an address outside all: BUS_DEVICE. */
enum bus_kind {
    BUS_TIGHT,  /* answers the processor at once: TCM, SRAM of a Cortex-M4 */
    BUS_SYSTEM, /* the same for data; instructions come over the system bus */
    BUS_CACHED, /* SRAM behind a Cortex-M7's AXI bus and its caches */
    BUS_ACCELERATED, /* Flash behind ST's accelerator, if it has one */
    BUS_FLASH,  /* Flash behind a Cortex-M7's AXI bus and its caches */
    BUS_DEVICE,
};

struct timing_region {
    uint32_t base, last;
    enum bus_kind kind;
};

enum { TIMING_REGIONS = 16, FACTOR_ONE = 1 << 16 };

/* Numbers of one chip; cycles are the processor's. */
struct timing_options {
    enum pipeline pipeline;
    struct timing_region regions[TIMING_REGIONS];
    unsigned region_count;
    uint32_t acr;            /* address of FLASH_ACR */
    uint32_t acr_reset;
    uint32_t latency_mask;   /* in ACR: wait states */
    uint32_t prefetch_mask, icache_mask, dcache_mask; /* 0: there is none */
    uint32_t line_bytes;     /* that the array gives at a time */
    uint32_t icache_lines, dcache_lines; /* of the accelerator, line_bytes each */
    uint32_t bus_clocks;     /* processor clocks in a clock of the Flash's bus */
    uint32_t bus_latency;    /* cycles to a memory behind AXI and back, its own apart */
    uint32_t device_cycles;  /* that an access to a peripheral waits */
    bool counts;             /* CYCCNT counts these cycles, */
    uint32_t factor;         /* by so many 65536ths: the fitted number of the core */
};

/* ---- what matters of an instruction ---- */

enum timing_class {
    T_SIMPLE,      /* data processing without a shift */
    T_SHIFTED,     /* with one: read early on the M7 */
    T_SIMD,        /* extension, packing, parallel, saturation */
    T_MULTIPLY,    /* accumulating or not */
    T_DIVIDE,
    T_LOAD, T_STORE,
    T_LOAD_MANY, T_STORE_MANY,
    T_BRANCH,      /* to a fixed target */
    T_BRANCH_INDIRECT,
    T_IT,
    T_NOP,
    T_SYSTEM,      /* MRS, MSR, CPS */
    T_BARRIER,
    T_FP,          /* arithmetic */
    T_FP_MOVE,     /* between registers of whichever kind */
    T_FP_LOAD, T_FP_STORE,
};

struct timing_form {
    uint32_t pc;
    uint32_t imm;           /* offset of an access, or its address when base is NO_REGISTER */
    uint8_t timing_class;
    uint8_t size;
    uint8_t condition;      /* 14: always */
    uint8_t base, index, shift;
    uint8_t words, width;   /* of an access: transfers, bytes of each */
    uint8_t cycles;         /* of the Cortex-M4, without memories and refill */
    uint8_t latency;        /* of the Cortex-M7's result, in cycles */
    uint8_t stall;          /* during which a Cortex-M7 issues nothing else */
    uint8_t dividend, divisor; /* registers of a division */
    bool is_signed;
    bool loads_pc;
    bool is_alone;          /* cannot share a cycle */
    bool is_first_only;     /* may share one only as the older of the two */
    bool sets_flags, reads_flags;
    uint16_t reads;         /* core registers, read when it executes */
    uint16_t reads_early;   /* a cycle before: addresses, shifted operands */
    uint16_t reads_late;    /* a cycle after: data of stores, accumulators */
    uint16_t writes;
    uint16_t writes_base;   /* an address register that moves */
    uint32_t fp_reads, fp_reads_late, fp_writes; /* S registers */
};

void timing_form(struct timing_form *form, const struct instruction *in, uint32_t pc,
                 unsigned condition);

/* ---- state ---- */

enum { LINES_LIMIT = 2048, GUESSES = 256, BTAC_ENTRIES = 64 };

/* Tags of a cache; the way that was used longest ago goes. */
struct timing_cache {
    unsigned sets, ways;
    unsigned line_bits;
    uint32_t tag[LINES_LIMIT]; /* address of a line + 1; 0: empty */
    uint32_t used[LINES_LIMIT];
    uint32_t clock;
    uint16_t guess[GUESSES];   /* where a line was found last */
};

struct timing_flash {
    unsigned wait_states;
    bool prefetches, caches_code, caches_data;
    uint64_t busy_until;   /* the array reads one line at a time */
    uint32_t line;         /* in the buffer for code, or NO_PLACE */
    uint32_t next_line;    /* on its way ahead of the processor, or NO_PLACE */
    uint64_t next_ready;
    uint32_t data_line;
};

struct timing_branch {
    uint32_t pc;
    uint8_t taken; /* two bits */
    uint32_t target;
};

struct timing {
    struct timing_options options;
    uint64_t cycles;       /* the clock; of the Cortex-M7: of the last issue */
    uint64_t at;           /* processor cycles, exact to the last instruction, that users see */
    uint32_t acr;
    struct timing_flash flash;
    struct timing_cache icache, dcache; /* the accelerator's, or a Cortex-M7's own */
    /* where the instruction stream is */
    uint32_t expected;     /* address behind the last instruction, or NO_PLACE */
    uint32_t fetched_line; /* last line of code asked for, and when it is there */
    uint64_t fetched_ready;
    uint32_t ahead_line;
    uint64_t ahead_ready;
    struct timing_form last; /* the instruction before */
    bool last_executed;
    /* of the Cortex-M4 */
    bool pipelines;        /* the last load lets the next access overlap */
    uint64_t store_until;  /* the write buffer is in use */
    uint64_t fp_until;     /* a division or root is under way */
    /* of the Cortex-M7 */
    unsigned issued;       /* in this cycle */
    uint16_t units;        /* taken in this cycle */
    int64_t ready[16], fp_ready[32], flags_ready; /* when an ALU can read them */
    struct timing_branch branches[BTAC_ENTRIES];
    /* what it came from, for looking into: cycles */
    uint64_t fetch_stalls, data_stalls, refills;
    struct timing_form *forms; /* parallel to code_cache.ops */
};

/* false: no memory. Between runs; cycles begin at 0. */
bool timing_begin(struct cpu *cpu, const struct timing_options *options);
void timing_end(struct cpu *cpu);
void timing_follow(struct cpu *cpu); /* dwt.c: CYCCNT goes on from here */
void timing_reset(struct cpu *cpu);

/* Makes `op` the operation in front of an instruction's own. */
void timing_bind(struct cpu *cpu, struct op *op, const struct instruction *in, uint32_t pc,
                 unsigned condition);
/* The same for one that is stepped; `executes`: its condition holds. */
void timing_step(struct cpu *cpu, const struct instruction *in, uint32_t pc, unsigned condition,
                 bool executes);

/* An exception was entered (with stacking or chained), or returned. */
void timing_note_entry(struct cpu *cpu, bool chained);
void timing_note_return(struct cpu *cpu);
/* A device was written: FLASH_ACR matters. */
void timing_note_device(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value);

/* ---- timing_memory.c ---- */
enum bus_kind timing_bus(const struct timing *timing, uint32_t address);
void timing_memory_reset(struct timing *timing);
void timing_set_acr(struct timing *timing, uint32_t value);
/* Cycles that fetching `bytes` at `pc` holds up the processor at `now`; `jumped`: it is a target. */
uint32_t timing_fetch(struct cpu *cpu, uint32_t pc, unsigned bytes, bool jumped, uint64_t now);
/* Cycles that a data access waits at `now`. */
uint32_t timing_access(struct cpu *cpu, uint32_t address, uint8_t bytes, bool store, uint64_t now);

/* ---- the pipelines ---- */
void timing_m4(struct cpu *cpu, const struct timing_form *form, bool executes);
void timing_m7(struct cpu *cpu, const struct timing_form *form, bool executes);

static inline uint32_t timing_address(const struct cpu *cpu, const struct timing_form *form)
{
    uint32_t address = form->imm;

    if (form->base != NO_REGISTER)
        address += cpu->r[form->base];
    if (form->index != NO_REGISTER)
        address += cpu->r[form->index] << form->shift;
    return address;
}

/* Cycles of a division on either core: 2 to 12, by the length of the quotient. */
unsigned timing_division(const struct cpu *cpu, const struct timing_form *form);

#endif
