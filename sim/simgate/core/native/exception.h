/* exception.h - what the exception*.c files share with each other only; system.h has the rest. */
#ifndef SIMGATE_EXCEPTION_H
#define SIMGATE_EXCEPTION_H

#include "system.h"

enum {
    CONTROL_NPRIV = 1u << 0,
    CONTROL_SPSEL = 1u << 1,
    CONTROL_FPCA = 1u << 2,
};

/* ---- exception.c ---- */
bool exception_may_be_taken(const struct system *system, unsigned number); /* is it enabled */

/* ---- exception_frame.c; false: cpu->fault ---- */
bool frame_store(struct cpu *cpu, uint32_t address, const uint32_t *words, unsigned count);
bool frame_load(struct cpu *cpu, uint32_t address, uint32_t *words, unsigned count);
bool frame_push(struct cpu *cpu);               /* below SP; LR is then EXC_RETURN */
bool frame_pop(struct cpu *cpu, uint32_t code); /* at SP, as EXC_RETURN `code` says it is */

/* ---- exception_fp.c ---- */
bool fp_context_granted(const struct cpu *cpu); /* by CPACR, to the code that runs now */
bool fp_context_push(struct cpu *cpu, uint32_t address); /* false: cpu->fault */
bool fp_context_pop(struct cpu *cpu, uint32_t address);  /* false: cpu->fault */

static inline bool exception_illegal_return(struct cpu *cpu)
{
    cpu->fault = (struct fault){
        .kind = FAULT_EXCEPTION_RETURN, .pc = cpu->fault.pc, .address = cpu->exc_return};
    return false;
}

#endif
