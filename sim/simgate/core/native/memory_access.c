/* memory_access.c - loads and stores as the processor makes them, with every check: alignment, the
 * MPU, what is there, watchpoints. The host is little-endian.
 *
 * Order of the checks: DDI 0403, B2.3 (MemA_with_priv, MemU_with_priv) and B3.5.3 (ValidateAddress).
 */
#include <string.h>

#include "memory.h"
#include "timing.h"

#define VENDOR_DEVICES UINT32_C(0xE0041000) /* behind TPIU */

static bool refuse(struct cpu *cpu, enum fault_kind kind, uint32_t address, uint8_t width,
                   bool is_store)
{
    cpu->fault = (struct fault){.kind = kind, .pc = cpu->r[15], .address = address,
                                .width = width, .is_store = is_store};
    return cpu_lets_pass(cpu, kind);
}

/* ---- permission ---- */

/* Whether the MPU lets the access be; else *denied = the first byte that it does not. */
static bool is_permitted(const struct cpu *cpu, const struct view *view, uint32_t address,
                         uint8_t width, unsigned wanted, uint32_t *denied)
{
    const struct mpu *mpu = &cpu->memory->mpu;
    const bool aligned = (address & (width - 1u)) == 0;

    for (*denied = address; *denied - address < width; (*denied)++) {
        if (!(mpu_permissions(mpu, *denied, view->privileged) & wanted))
            return false;
        if (aligned)
            break; /* no region is smaller */
    }
    return true;
}

/* ---- what straddles two memories ---- */

static bool load_bytes(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value)
{
    uint32_t result = 0;

    for (unsigned i = 0; i < width; i++) {
        uint8_t byte;

        if (!memory_peek(cpu, address + i, &byte, 1))
            return refuse(cpu, FAULT_UNMAPPED, address + i, width, false);
        result |= (uint32_t)byte << (8 * i);
    }
    *value = result;
    return true;
}

static bool store_bytes(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++) {
        const struct region *region = memory_region(cpu->memory, address + i);

        if (region == NULL || region->kind != REGION_MEMORY)
            return refuse(cpu, FAULT_UNMAPPED, address + i, width, true);
        if (!region->writable)
            return refuse(cpu, FAULT_FLASH_STORE, address + i, width, true);
    }
    for (unsigned i = 0; i < width; i++) {
        const uint8_t byte = (uint8_t)(value >> (8 * i));

        memory_poke(cpu, address + i, &byte, 1);
    }
    return true;
}

/* ---- what is there ---- */

static bool load_at(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value);
static bool store_at(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value);

/* A bit of the bit-band region, by its alias (DDI 0403, B3.1 and the processors' manuals): the
 * access to the region has the width of that to the alias and is aligned. A fault is told at the
 * alias; the MPU has looked at the alias only. */
struct bit {
    uint32_t address; /* of the aligned access */
    unsigned shift;
};

static struct bit bit_of(const struct region *region, uint32_t address, uint8_t width)
{
    const uint32_t offset = address - region->base;
    const uint32_t byte = region->target + (offset >> 5);

    return (struct bit){byte & ~(width - 1u), (byte & (width - 1u)) * 8 + (offset >> 2 & 7u)};
}

static bool fault_at_alias(struct cpu *cpu, uint32_t address, bool is_store)
{
    cpu->fault.address = address;
    cpu->fault.is_store = is_store;
    return false;
}

static bool load_bitband(struct cpu *cpu, const struct region *region, uint32_t address,
                         uint8_t width, uint32_t *value)
{
    const struct bit bit = bit_of(region, address, width);

    if (!load_at(cpu, bit.address, width, value))
        return fault_at_alias(cpu, address, false);
    *value = *value >> bit.shift & 1u;
    return true;
}

static bool store_bitband(struct cpu *cpu, const struct region *region, uint32_t address,
                          uint8_t width, uint32_t value)
{
    const struct bit bit = bit_of(region, address, width);
    uint32_t old;

    if (!load_at(cpu, bit.address, width, &old) ||
        !store_at(cpu, bit.address, width,
                  (old & ~(1u << bit.shift)) | (value & 1u) << bit.shift))
        return fault_at_alias(cpu, address, true);
    return true;
}

static bool load_mirrored(const struct mirror *mirror, uint32_t offset, uint8_t width,
                          uint32_t *value)
{
    const uint32_t word = offset >> 2;

    if (mirror == NULL || word >= mirror->words || !mirror->known[word])
        return false;
    *value = mirror->values[word] >> (offset & 3u) * 8u & (UINT32_MAX >> (32u - 8u * width));
    return true;
}

static bool load_region(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value)
{
    const struct region *region = memory_region(cpu->memory, address);

    *value = 0; /* what an access that is let pass gives */
    if (region == NULL)
        return refuse(cpu, FAULT_UNMAPPED, address, width, false);
    const bool inside = region->last - address >= width - 1u;
    if (region->kind == REGION_MEMORY) {
        if (!inside)
            return load_bytes(cpu, address, width, value);
        memcpy(value,
               region->backing->bytes + region->backing_offset + (address - region->base), width);
        return true;
    }
    if ((address & (width - 1u)) != 0 || !inside)
        return refuse(cpu, FAULT_UNALIGNED, address, width, false);
    if (region->kind == REGION_BITBAND)
        return load_bitband(cpu, region, address, width, value);
    if (load_mirrored(region->device.mirror, address - region->base, width, value))
        return true;
    if (!region->device.read(region->device.context, address - region->base, width, value))
        return refuse(cpu, FAULT_DEVICE, address, width, false);
    return true;
}

static bool store_region(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value)
{
    const struct region *region = memory_region(cpu->memory, address);

    if (region == NULL)
        return refuse(cpu, FAULT_UNMAPPED, address, width, true);
    const bool inside = region->last - address >= width - 1u;
    if (region->kind == REGION_MEMORY && region->writable) {
        if (!inside)
            return store_bytes(cpu, address, width, value);
        const uint32_t offset = region->backing_offset + (address - region->base);

        memcpy(region->backing->bytes + offset, &value, width);
        memory_note_written(cpu, region->backing, offset, width);
        return true;
    }
    if (region->kind == REGION_MEMORY && !region->has_store_handler)
        return refuse(cpu, FAULT_FLASH_STORE, address, width, true);
    if ((address & (width - 1u)) != 0 || !inside)
        return refuse(cpu, FAULT_UNALIGNED, address, width, true);
    if (region->kind == REGION_BITBAND)
        return store_bitband(cpu, region, address, width, value);
    if (cpu->timing != NULL)
        timing_note_device(cpu, address, width, value);
    if (!region->device.write(region->device.context, address - region->base, width, value))
        return refuse(cpu, region->kind == REGION_MEMORY ? FAULT_FLASH_STORE : FAULT_DEVICE, address,
                      width, true);
    return true;
}

static bool is_system_space(uint32_t address)
{
    return address >> 20 == 0xE00u;
}

/* What the chip's maker put on the private peripheral bus, such as DBGMCU; as all of the bus it is
 * for privileged code only: the system half refuses others. */
static bool is_vendor_device(const struct cpu *cpu, uint32_t address)
{
    return address >= VENDOR_DEVICES && (cpu->memory_view & VIEW_PRIVILEGED) != 0
           && memory_region(cpu->memory, address) != NULL;
}

static bool is_for_system(const struct cpu *cpu, uint32_t address)
{
    return is_system_space(address) && !is_vendor_device(cpu, address);
}

static bool load_at(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value)
{
    const bool done = is_for_system(cpu, address) ? system_load(cpu, address, width, value)
                                                  : load_region(cpu, address, width, value);

    if (cpu->memory->watches.count != 0 && done)
        watch_note(cpu, address, width, false);
    return done;
}

static bool store_at(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value)
{
    const bool done = is_for_system(cpu, address) ? system_store(cpu, address, width, value)
                                                  : store_region(cpu, address, width, value);

    if (cpu->memory->watches.count != 0 && done)
        watch_note(cpu, address, width, true);
    return done;
}

/* ---- the processor's ---- */

/* Alignment and the MPU; false: cpu->fault. */
static bool may_access(struct cpu *cpu, const struct view *view, uint32_t address, uint8_t width,
                       bool is_store)
{
    uint32_t denied;

    if ((address & (width - 1u)) != 0 && (cpu->unaligned_trap || is_system_space(address)))
        return refuse(cpu, FAULT_UNALIGNED, address, width, is_store);
    if (view->guarded && !is_system_space(address) &&
        !is_permitted(cpu, view, address, width, is_store ? MAY_WRITE : MAY_READ, &denied))
        return refuse(cpu, FAULT_MPU, denied, width, is_store);
    return true;
}

bool memory_load(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value)
{
    const uint8_t *part = memory_part(cpu, address, width, MAY_READ);

    if (part != NULL) {
        *value = 0;
        memcpy(value, part, width);
        return true;
    }
    return may_access(cpu, cpu->view, address, width, false) &&
           load_at(cpu, address, width, value);
}

bool memory_store(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value)
{
    uint8_t *part = memory_part(cpu, address, width, MAY_WRITE);

    if (part != NULL) {
        memcpy(part, &value, width);
        return true;
    }
    return may_access(cpu, cpu->view, address, width, true) &&
           store_at(cpu, address, width, value);
}

bool memory_load_as(struct cpu *cpu, uint8_t who, uint32_t address, uint8_t width, uint32_t *value)
{
    const uint8_t before = cpu->memory_view;

    if (!may_access(cpu, memory_view_of(cpu, who), address, width, false))
        return false;
    cpu->memory_view = who; /* the system space looks at it */
    const bool done = load_at(cpu, address, width, value);
    cpu->memory_view = before;
    return done;
}

bool memory_store_as(struct cpu *cpu, uint8_t who, uint32_t address, uint8_t width, uint32_t value)
{
    const uint8_t before = cpu->memory_view;

    if (!may_access(cpu, memory_view_of(cpu, who), address, width, true))
        return false;
    cpu->memory_view = who;
    const bool done = store_at(cpu, address, width, value);
    cpu->memory_view = before;
    return done;
}

uint8_t *memory_ram(struct cpu *cpu, uint32_t address, uint32_t size)
{
    const struct granule *granule = &cpu->granules[address >> GRANULE_BITS];
    const uint32_t offset = address & (GRANULE_SIZE - 1);

    return (uint64_t)offset + size <= granule->write_size ? granule->host + offset : NULL;
}
