/* mpu.c - the registers of the memory protection unit (DDI 0403, B3.5). */
#include "cpu.h"

enum {
    MPU_TYPE = 0xD90,
    MPU_EIGHT_REGIONS = 0x800,
};

bool mpu_load(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    (void)cpu;
    if (offset != MPU_TYPE) {
        return false; /* no regions, nothing enabled: a stub */
    }
    *value = MPU_EIGHT_REGIONS;
    return true;
}

bool mpu_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    (void)cpu;
    (void)value;
    (void)lanes;
    return offset == MPU_TYPE; /* read-only */
}
