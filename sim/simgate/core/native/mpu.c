/* mpu.c - the memory protection unit: its registers and what they permit (DDI 0403, B3.5). */
#include "mpu.h"

#include "memory.h"
#include "system.h"

enum {
    MPU_TYPE = 0xD90,
    MPU_CTRL = 0xD94,
    MPU_RNR = 0xD98,
    MPU_RBAR = 0xD9C,
    MPU_RASR = 0xDA0,
    MPU_LAST = 0xDB8, /* RASR_A3: three aliases of RBAR and RASR follow */
    CONTROL_WRITABLE = MPU_ENABLE | MPU_HFNMIENA | MPU_PRIVDEFENA,
    RBAR_VALID = 1 << 4,
    RASR_ENABLE = 1 << 0,
    RASR_WRITABLE = 0x173FFF3F,
    RASR_S = 1 << 18,
    RASR_XN = 1 << 28,
    SMALLEST = 4,             /* RASR.SIZE of 32 bytes */
    SMALLEST_WITH_PARTS = 7,  /* of 256 bytes: subregions exist from here on */
};

#define RBAR_ADDRESS UINT32_C(0xFFFFFFE0)

/* ---- permissions ---- */

static unsigned region_size_field(const struct mpu *mpu, unsigned number)
{
    return mpu->attributes[number] >> 1 & 0x1Fu;
}

/* The last offset in the region. */
static uint32_t region_mask(const struct mpu *mpu, unsigned number)
{
    return (uint32_t)((UINT64_C(2) << region_size_field(mpu, number)) - 1);
}

bool mpu_region_range(const struct mpu *mpu, unsigned number, uint32_t *first, uint32_t *last)
{
    if (!(mpu->attributes[number] & RASR_ENABLE) || region_size_field(mpu, number) < SMALLEST)
        return false;
    const uint32_t mask = region_mask(mpu, number);
    *first = mpu->base[number] & ~mask;
    *last = *first + mask;
    return true;
}

static uint32_t disabled_parts(const struct mpu *mpu, unsigned number)
{
    return region_size_field(mpu, number) < SMALLEST_WITH_PARTS
               ? 0
               : mpu->attributes[number] >> 8 & 0xFFu;
}

static bool part_is_disabled(const struct mpu *mpu, unsigned number, uint32_t address)
{
    const unsigned shift = region_size_field(mpu, number) - 2;

    return (disabled_parts(mpu, number) >> (address >> shift & 7u) & 1u) != 0;
}

/* CheckPermission (B3.5.4): AP and XN. */
static unsigned region_permissions(const struct mpu *mpu, unsigned number, bool privileged)
{
    static const uint8_t of_privileged[8] = {0, 3, 3, 3, 0, 1, 1, 1};
    static const uint8_t of_user[8] = {0, 0, 1, 3, 0, 0, 1, 1};
    const uint32_t attributes = mpu->attributes[number], access = attributes >> 24 & 7u;
    const unsigned may = privileged ? of_privileged[access] : of_user[access];

    return may | (may != 0 && !(attributes & RASR_XN) ? MAY_EXECUTE : 0);
}

unsigned mpu_default_permissions(uint32_t address)
{
    const bool execute_never =
        (address >= 0x40000000u && address < 0x60000000u) || address >= 0xA0000000u;

    return MAY_READ | MAY_WRITE | (execute_never ? 0 : MAY_EXECUTE);
}

/* Where no region is. */
static unsigned background(const struct mpu *mpu, uint32_t address, bool privileged)
{
    return privileged && (mpu->control & MPU_PRIVDEFENA) ? mpu_default_permissions(address) : 0;
}

static unsigned without_execution_of_system_space(unsigned may, uint32_t address)
{
    return address >= 0xE0000000u ? may & ~(unsigned)MAY_EXECUTE : may;
}

unsigned mpu_permissions(const struct mpu *mpu, uint32_t address, bool privileged)
{
    unsigned number = mpu->region_count;
    uint32_t first, last;

    while (number-- != 0)
        if (mpu_region_range(mpu, number, &first, &last) && address >= first && address <= last &&
            !part_is_disabled(mpu, number, address))
            return without_execution_of_system_space(region_permissions(mpu, number, privileged),
                                                     address);
    return without_execution_of_system_space(background(mpu, address, privileged), address);
}

/* The default memory map, where write-back and write-through are the architecture's hints. */
static unsigned default_cacheability(uint32_t address)
{
    switch (address >> 29) {
    case 0: /* code */
    case 4: /* external memory, its upper half */
        return 1;
    case 1: /* SRAM */
    case 3: /* external memory, its lower half */
        return 2;
    default:
        return 0;
    }
}

unsigned mpu_cacheability(const struct mpu *mpu, uint32_t address)
{
    unsigned number = mpu->control & MPU_ENABLE ? mpu->region_count : 0;
    uint32_t first, last;

    while (number-- != 0) {
        if (!mpu_region_range(mpu, number, &first, &last) || address < first || address > last ||
            part_is_disabled(mpu, number, address))
            continue;
        const unsigned tex = mpu->attributes[number] >> 19 & 7u;
        const unsigned cb = mpu->attributes[number] >> 16 & 3u;
        if (mpu->attributes[number] & RASR_S) /* the Cortex-M7 does not cache what is shared */
            return 0;
        if (tex & 4u) /* the outer policy, as the inner one */
            return cb == 0 ? 0 : cb == 2 ? 1 : 2;
        return cb < 2 || tex == 2 ? 0 : cb == 2 ? (tex == 0) : 2;
    }
    return default_cacheability(address);
}

unsigned mpu_range_permissions(const struct mpu *mpu, uint32_t first, uint32_t last,
                               bool privileged)
{
    unsigned number = mpu->region_count;
    uint32_t from, to;

    while (number-- != 0) {
        if (!mpu_region_range(mpu, number, &from, &to) || from > last || to < first)
            continue;
        if (disabled_parts(mpu, number) == 0xFF)
            continue;
        if (from > first || to < last)
            return MAY_DIFFER;
        const uint32_t part = (to - from) / 8 + 1;
        if (disabled_parts(mpu, number) == 0 || part > last - first) {
            if (part_is_disabled(mpu, number, first))
                continue;
            break;
        }
        return MAY_DIFFER;
    }
    return mpu_permissions(mpu, first, privileged);
}

/* ---- registers ---- */

static uint32_t load_base(const struct mpu *mpu)
{
    return mpu->base[mpu->number] | mpu->number;
}

bool mpu_load(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    const struct mpu *mpu = &cpu->memory->mpu;

    if (offset > MPU_LAST)
        return false;
    *value = 0;
    if (offset == MPU_TYPE)
        *value = (uint32_t)mpu->region_count << 8;
    else if (mpu->region_count == 0)
        *value = 0;
    else if (offset == MPU_CTRL)
        *value = mpu->control;
    else if (offset == MPU_RNR)
        *value = mpu->number;
    else
        *value = (offset - MPU_RBAR) % 8 == 0 ? load_base(mpu) : mpu->attributes[mpu->number];
    return true;
}

static void store_base(struct mpu *mpu, uint32_t value)
{
    if (value & RBAR_VALID) {
        if ((value & 0xFu) >= mpu->region_count)
            return; /* UNPREDICTABLE */
        mpu->number = value & 0xFu;
    }
    mpu->base[mpu->number] = value & RBAR_ADDRESS;
}

bool mpu_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct mpu *mpu = &cpu->memory->mpu;
    uint32_t old;

    if (offset == MPU_TYPE || !mpu_load(cpu, offset, &old))
        return offset == MPU_TYPE; /* read-only */
    if (mpu->region_count == 0)
        return true;
    value = (old & ~lanes) | (value & lanes);
    if (offset == MPU_CTRL) {
        mpu->control = value & CONTROL_WRITABLE;
    } else if (offset == MPU_RNR) {
        if ((value & 0xFFu) < mpu->region_count)
            mpu->number = value & 0xFFu;
    } else if ((offset - MPU_RBAR) % 8 == 0) {
        store_base(mpu, value);
    } else {
        mpu->attributes[mpu->number] = value & RASR_WRITABLE;
    }
    memory_view_changed(cpu);
    return true;
}

void mpu_reset(struct cpu *cpu)
{
    cpu->memory->mpu = (struct mpu){.region_count = cpu->system->options.mpu_regions};
    memory_view_changed(cpu);
}
