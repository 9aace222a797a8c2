/* processor.h - which Armv7E-M processor a core is: what it identifies as, and what it has. */
#ifndef SIMGATE_PROCESSOR_H
#define SIMGATE_PROCESSOR_H

#include "cpu.h"

/* Whether it is a Cortex-M7, by the part number in its CPUID; else a Cortex-M4. */
bool processor_is_m7(const struct cpu *cpu);

/* CPUID, the feature registers and MVFR0 to MVFR2, by their offset in the system control space.
 * false: there is no such register. */
bool processor_load(const struct cpu *cpu, uint32_t offset, uint32_t *value);

uint32_t processor_actlr_writable(const struct cpu *cpu);
uint32_t processor_ccr_writable(const struct cpu *cpu);
uint32_t processor_ccr_reset(const struct cpu *cpu);

#endif
