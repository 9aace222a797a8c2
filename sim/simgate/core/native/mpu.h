/* mpu.h - the memory protection unit, PMSAv7 (DDI 0403, B3.5). */
#ifndef SIMGATE_MPU_H
#define SIMGATE_MPU_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

enum {
    MPU_REGIONS_LIMIT = 16,
    MPU_PART = 32, /* bytes that are permitted alike: the smallest region or subregion */
};

enum {
    MPU_ENABLE = 1u << 0,
    MPU_HFNMIENA = 1u << 1,
    MPU_PRIVDEFENA = 1u << 2,
};

struct mpu {
    uint32_t control;
    uint32_t number;                        /* MPU_RNR */
    uint32_t base[MPU_REGIONS_LIMIT];       /* MPU_RBAR.ADDR */
    uint32_t attributes[MPU_REGIONS_LIMIT]; /* MPU_RASR */
    uint8_t region_count;
};

/* What may be done at an address. */
enum permission {
    MAY_READ = 1,
    MAY_WRITE = 2,
    MAY_EXECUTE = 4, /* with MAY_READ */
    MAY_DIFFER = 8,  /* of a range: not the same everywhere */
};

/* Without an MPU: the default memory map (B3.1). */
unsigned mpu_default_permissions(uint32_t address);
/* Of one address, with the MPU enabled. */
unsigned mpu_permissions(const struct mpu *mpu, uint32_t address, bool privileged);
/* Of first..last, within one granule of 4 KiB; MAY_DIFFER alone when that is not known at once. */
unsigned mpu_range_permissions(const struct mpu *mpu, uint32_t first, uint32_t last,
                               bool privileged);
/* What region `number` covers; false: it is disabled. */
bool mpu_region_range(const struct mpu *mpu, unsigned number, uint32_t *first, uint32_t *last);

/* How a data cache keeps an address: 0 not at all, 1 write-through, 2 write-back (B3.1, B3.5.5). */
unsigned mpu_cacheability(const struct mpu *mpu, uint32_t address);

void mpu_reset(struct cpu *cpu);

#endif
