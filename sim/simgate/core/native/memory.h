/* memory.h - the address space: regions, and the granule tables that fast loads and stores use.
 *
 * The 4 GiB are cut in granules of 4 KiB. A granule's entry says where its bytes lie on the host and
 * how many of them, from its start, may be read and written directly. Everything else (devices, the
 * private peripheral bus, bit-band, Flash stores, memory that holds decoded code, that is watched,
 * that the MPU does not treat alike, what straddles two granules, nothing at all) has size 0 there
 * and goes through memory_load() and memory_store().
 *
 * There is a table for each of those whom the MPU tells apart: a view. cpu->granules and
 * cpu->windows are those of the view in force, so that permissions cost nothing where they are
 * granted. Each view has decoded code of its own: what it may not execute is not in it.
 *
 *   memory.c         regions
 *   memory_view.c    granule tables and windows
 *   memory_code.c    which bytes were decoded
 *   memory_access.c  loads and stores as the processor makes them
 *   memory_debug.c   the debugger's view
 */
#ifndef SIMGATE_MEMORY_H
#define SIMGATE_MEMORY_H

#include "cpu.h"
#include "mpu.h"
#include "watch.h"

enum { GRANULE_BITS = 12, GRANULE_SIZE = 1 << GRANULE_BITS };

struct op;

struct granule {
    uint8_t *host;        /* of the granule's first byte */
    uint32_t read_size;   /* bytes from the granule's start that may be read directly */
    uint32_t write_size;  /* the same for writing */
    struct op **blocks;   /* decoded blocks by halfword, or NULL: code_cache.h */
    uint8_t *parts;       /* NULL, or what may be accessed directly: enum permission by 32 bytes */
};                        /* 32 bytes: an index is a shift */

enum view_index {
    VIEW_OPEN, /* the MPU is off or does not apply: the default memory map */
    VIEW_OF_PRIVILEGED,
    VIEW_OF_USER,
    VIEW_COUNT,
};

struct view {
    struct granule *granules; /* 1 << (32 - GRANULE_BITS) */
    uint8_t *permissions;     /* with guarded: enum permission, by granule */
    struct window windows[2];
    bool guarded;    /* the MPU decides */
    bool privileged; /* with guarded */
    bool used;       /* with guarded: the table was made, for `made_for` */
    struct mpu made_for;
};

/* Bytes on the host; aliases share them. */
struct backing {
    struct backing *next;
    uint8_t *bytes;
    uint32_t size;
    /* memory_code.c */
    uint8_t *code_bits;     /* one bit a halfword: it was decoded */
    uint8_t *constant_bits; /* the same: decoding took it as a constant */
    uint8_t *code_pages;    /* one byte per GRANULE_SIZE: enum code_page */
    bool has_code;
};

enum code_page {
    PAGE_CLEAR,
    PAGE_MARKED,  /* there is such a bit: stores have to look */
    PAGE_EMPTIED, /* there is none any more; this and higher values count stores since */
};

enum region_kind { REGION_MEMORY, REGION_DEVICE, REGION_BITBAND };

struct region {
    uint32_t base;
    uint32_t last; /* address of the last byte */
    enum region_kind kind;
    bool writable;
    bool has_store_handler;
    struct backing *backing;
    uint32_t backing_offset;
    uint32_t target;      /* of a bit-band region */
    struct device device; /* or the store handler of a memory */
};

struct memory_map {
    struct view views[VIEW_COUNT];
    struct region *regions; /* by rising base */
    size_t region_count;
    struct backing *backings;
    struct mpu mpu;
    struct watch_list watches;
};

struct memory_map *memory_create(void);
void memory_destroy(struct memory_map *map);

/* The region that holds `address`, or NULL. */
struct region *memory_region(const struct memory_map *map, uint32_t address);

/* ---- memory_view.c ---- */

/* Brings the entries of what lies at first..last, of all views, in line with regions, code, MPU and
 * watches. */
void memory_refresh(struct cpu *cpu, uint32_t first, uint32_t last);
/* The view in force for `who`, enum memory_view; up to date. */
const struct view *memory_view_of(struct cpu *cpu, uint8_t who);

/* The host's bytes of an aligned access in a granule that the MPU does not treat alike (stacks with
 * guards below them), where `wanted` is permitted; NULL: use another way. */
static inline uint8_t *memory_part(const struct cpu *cpu, uint32_t address, uint8_t width,
                                   unsigned wanted)
{
    const struct granule *granule = &cpu->granules[address >> GRANULE_BITS];
    const uint32_t offset = address & (GRANULE_SIZE - 1);

    if (granule->parts == NULL || (address & (width - 1u)) != 0 ||
        !(granule->parts[offset / MPU_PART] & wanted))
        return NULL;
    return granule->host + offset;
}

/* ---- memory_code.c ---- */

/* Reads the halfword at `address` as the instruction fetch does; FAULT_NONE, or why not. */
enum fault_kind memory_fetch(const struct cpu *cpu, uint32_t address, uint16_t *halfword);
/* The value at `address` when it is a constant (in read-only memory that may be read, unwatched),
 * until that memory is written: decoding may use it. */
bool memory_constant(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value);
/* Notes that `size` bytes at `address` were decoded: stores to them must be seen. */
void memory_mark_code(struct cpu *cpu, uint32_t address, uint32_t size);
/* Takes that back where no block holds it. */
void memory_unmark_code(struct cpu *cpu, uint32_t first, uint32_t last);
void memory_unmark_constants(struct cpu *cpu, uint32_t first, uint32_t last);
void memory_clear_code(struct cpu *cpu); /* takes all back */
/* After these bytes were written: drops what was decoded from them. */
void memory_note_written(struct cpu *cpu, struct backing *backing, uint32_t offset, uint32_t size);
bool memory_pages_have_code(const struct backing *backing, uint32_t offset, uint32_t size);

#endif
