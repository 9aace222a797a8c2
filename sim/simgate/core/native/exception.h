/* exception.h - what the exception*.c files share with each other only; system.h has the rest. */
#ifndef SIMGATE_EXCEPTION_H
#define SIMGATE_EXCEPTION_H

#include "system.h"

#define UNUSUAL(x) __builtin_expect(!!(x), 0)

enum {
    CONTROL_NPRIV = 1u << 0,
    CONTROL_SPSEL = 1u << 1,
    CONTROL_FPCA = 1u << 2,
};

/* ---- exception.c ---- */
void exception_begun(struct cpu *cpu, unsigned number); /* exception_update(), at an entry */
bool exception_may_be_taken(const struct system *system, unsigned number); /* is it enabled */

/* ---- exception_frame.c; false: cpu->fault ---- */
bool frame_store(struct cpu *cpu, uint32_t address, const uint32_t *words, unsigned count);
bool frame_load(struct cpu *cpu, uint32_t address, uint32_t *words, unsigned count);
/* Below SP; *code is then EXC_RETURN. With stacking_fails nothing is a fault. */
bool frame_push(struct cpu *cpu, uint32_t *code);
/* As EXC_RETURN `code` says, into the context that it names. */
bool frame_pop(struct cpu *cpu, uint32_t code);

/* ---- exception_fp.c ---- */
bool fp_context_granted(const struct cpu *cpu, bool privileged); /* by CPACR */
bool fp_context_push(struct cpu *cpu, uint32_t address); /* false: cpu->fault */
bool fp_context_pop(struct cpu *cpu, uint32_t address, bool privileged); /* false: cpu->fault */

/* Until the next change of view: loads and stores are made as this one would make them. */
static inline void view_memory_as(struct cpu *cpu, bool privileged, bool negative)
{
    const uint8_t view = (uint8_t)((privileged ? VIEW_PRIVILEGED : 0)
                                   | (negative ? VIEW_NEGATIVE : 0));

    if (UNUSUAL(view != cpu->memory_view)) {
        cpu->memory_view = view;
        memory_view_changed(cpu);
    }
}

/* INVPC, at the branch whose address cpu->fault.pc is. */
static inline bool exception_illegal_return(struct cpu *cpu)
{
    cpu->fault = (struct fault){
        .kind = FAULT_EXCEPTION_RETURN, .pc = cpu->fault.pc, .address = cpu->exc_return};
    return false;
}

static inline bool is_privileged(const struct cpu *cpu)
{
    return cpu->ipsr != 0 || !(cpu->control & CONTROL_NPRIV);
}

#endif
