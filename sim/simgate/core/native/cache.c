/* cache.c - identification and maintenance of caches: the Cortex-M4 has none. */
#include "cpu.h"

bool cache_load(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    (void)cpu;
    (void)offset;
    (void)value;
    return false;
}

bool cache_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    (void)cpu;
    (void)offset;
    (void)value;
    (void)lanes;
    return false;
}
