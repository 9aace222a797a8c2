/* memory.h - the address space: regions, and the granule table that fast loads and stores use.
 *
 * The 4 GiB are cut in granules of 4 KiB. A granule's entry says where its bytes lie on the host and
 * how many of them, from its start, may be read and written directly. Everything else (devices, the
 * private peripheral bus, bit-band, Flash stores, memory that holds decoded code, what straddles two
 * granules, nothing at all) has size 0 there and goes through memory_load() and memory_store().
 */
#ifndef SIMGATE_MEMORY_H
#define SIMGATE_MEMORY_H

#include "cpu.h"

enum { GRANULE_BITS = 12, GRANULE_SIZE = 1 << GRANULE_BITS };

struct op;

struct granule {
    uint8_t *host;        /* of the granule's first byte */
    uint32_t read_size;   /* bytes from the granule's start that may be read directly */
    uint32_t write_size;  /* the same for writing */
    struct op **blocks;   /* decoded blocks by halfword, or NULL: code_cache.h */
    uint64_t unused;      /* 32 bytes: an index is a shift */
};

/* Bytes on the host; aliases share them. */
struct backing {
    struct backing *next;
    uint8_t *bytes;
    uint32_t size;
    uint8_t *code_bits;  /* one bit a halfword: decoded code or a folded literal lies there */
    uint8_t *code_pages; /* one byte per GRANULE_SIZE: any such bit */
    bool has_code;
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
    struct granule *granules; /* 1 << (32 - GRANULE_BITS) */
    struct region *regions;   /* by rising base */
    size_t region_count;
    struct backing *backings;
};

struct memory_map *memory_create(void);
void memory_destroy(struct memory_map *map);

/* The region that holds `address`, or NULL. */
struct region *memory_region(const struct memory_map *map, uint32_t address);

/* Reads the halfword at `address` as the instruction fetch does; false: nothing executable there. */
bool memory_fetch(const struct memory_map *map, uint32_t address, uint16_t *halfword);

/* Notes that decoding used `size` bytes at `address`: stores to them must be seen. */
void memory_mark_code(struct cpu *cpu, uint32_t address, uint32_t size);
void memory_clear_code(struct cpu *cpu);

#endif
