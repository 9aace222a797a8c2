/* processor.c - identification and feature registers (DDI 0403, B3.2.3 and B4; values of the
 * Cortex-M4: DDI 0439, of the Cortex-M7: DDI 0489).
 */
#include "processor.h"

#include "system.h"

enum {
    PART_CORTEX_M7 = 0xC27,
    CPUID = 0xD00,
    ID_FIRST = 0xD40,
    ID_LAST = 0xD70,
    MVFR0 = 0xF40,
    MVFR1 = 0xF44,
    MVFR2 = 0xF48,
    FEATURE_COUNT = (ID_LAST - ID_FIRST) / 4 + 1,

    /* DISMCYCINT, DISDEFWBUF, DISFOLD, DISFPCA, DISOOFP */
    ACTLR_M4 = 0x307,
    /* DISFOLD, FPEXCODIS, DISRAMODE and what disables parts of the pipeline up to DISFPUISSOPT */
    ACTLR_M7 = 0x1FFFEC04,
    CCR_COMMON = 0x11B, /* NONBASETHRDENA, USERSETMPEND, UNALIGN_TRP, DIV_0_TRP, BFHFNMIGN */
    CCR_STKALIGN = 1 << 9,
    CCR_DC = 1 << 16,
    CCR_IC = 1 << 17,
    CCR_BP = 1 << 18,
};

/* ID_PFR0 to ID_ISAR4 */
static const uint32_t FEATURES_M4[FEATURE_COUNT] = {
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00100030, 0x00000000, 0x01000000,
    0x00000000, 0x01101110, 0x02112000, 0x21232231, 0x01111131, 0x01310132};
static const uint32_t FEATURES_M7[FEATURE_COUNT] = {
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00100030, 0x00000000, 0x01000000,
    0x00000000, 0x01101110, 0x02112000, 0x20232231, 0x01111131, 0x01310132};

/* MVFR0 to MVFR2 */
static const uint32_t FP_FEATURES[][3] = {
    [FPU_NONE] = {0, 0, 0},
    [FPU_V4_SINGLE] = {0x10110021, 0x11000011, 0x00000000},
    [FPU_V5_SINGLE] = {0x10110021, 0x11000011, 0x00000040},
    [FPU_V5_DOUBLE] = {0x10110221, 0x12000011, 0x00000040},
};

bool processor_is_m7(const struct cpu *cpu)
{
    return (cpu->system->options.cpuid >> 4 & 0xFFFu) == PART_CORTEX_M7;
}

bool processor_load(const struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    if (offset >= ID_FIRST && offset <= ID_LAST) {
        *value = (processor_is_m7(cpu) ? FEATURES_M7 : FEATURES_M4)[(offset - ID_FIRST) / 4];
        return true;
    }
    switch (offset) {
    case CPUID:
        *value = cpu->system->options.cpuid;
        return true;
    case MVFR0:
    case MVFR1:
    case MVFR2:
        *value = FP_FEATURES[cpu->fpu][(offset - MVFR0) / 4];
        return true;
    default:
        return false;
    }
}

uint32_t processor_actlr_writable(const struct cpu *cpu)
{
    return processor_is_m7(cpu) ? ACTLR_M7 : ACTLR_M4;
}

/* STKALIGN is read-only on the Cortex-M7, and BP there reads as one. */
uint32_t processor_ccr_writable(const struct cpu *cpu)
{
    const struct system_options *options = &cpu->system->options;

    if (!processor_is_m7(cpu)) {
        return CCR_COMMON | CCR_STKALIGN;
    }
    return CCR_COMMON | (options->icache_bytes ? CCR_IC : 0u)
           | (options->dcache_bytes ? CCR_DC : 0u);
}

uint32_t processor_ccr_reset(const struct cpu *cpu)
{
    return CCR_STKALIGN | (processor_is_m7(cpu) ? CCR_BP : 0u);
}
