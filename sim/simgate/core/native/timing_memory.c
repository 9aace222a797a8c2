/* timing_memory.c - what memories make the processor wait.
 *
 * The Flash array reads one line (64 to 256 bits) at a time and takes its wait states for it. ST's
 * accelerator (RM0090 3.5.2, RM0440 3.3.5, RM0432 3.3.6) has a buffer for the line in use, one for
 * the line behind it, which is read ahead, and small caches, fully associative here. A line that was
 * read ahead is kept, too, once it is used: loops that are longer than a line run without waits, as
 * ST states for the accelerator and as all published figures of calibration.toml have it. A Cortex-M7 reaches Flash and SRAM
 * over AXI, through its own caches, where the firmware switched them on (CCR.IC, CCR.DC).
 */
#include <string.h>

#include "system.h"
#include "timing.h"

enum {
    CCR_DC = 1u << 16,
    CCR_IC = 1u << 17,
    L1_LINE_BITS = 5,
    AHEAD_M4 = 8,   /* bytes behind the instruction that were asked for: a buffer of three words */
    AHEAD_M7 = 24,  /* a queue of four double words */
    SYSTEM_LINE = 4,
};

/* ---- tags ---- */

static void cache_make(struct timing_cache *cache, unsigned sets, unsigned ways,
                       unsigned line_bits)
{
    memset(cache, 0, sizeof *cache);
    cache->sets = sets;
    cache->ways = ways;
    cache->line_bits = line_bits;
}

static void cache_empty(struct timing_cache *cache)
{
    memset(cache->tag, 0, sizeof cache->tag);
}

static bool cache_has(struct timing_cache *cache, uint32_t line)
{
    if (cache->sets == 0)
        return false;
    const uint32_t number = line >> cache->line_bits;
    const unsigned first = number % cache->sets * cache->ways;
    uint16_t *guess = &cache->guess[number % GUESSES];

    if (cache->tag[*guess] == line + 1) {
        cache->used[*guess] = ++cache->clock;
        return true;
    }
    for (unsigned i = first; i < first + cache->ways; i++)
        if (cache->tag[i] == line + 1) {
            cache->used[i] = ++cache->clock;
            *guess = (uint16_t)i;
            return true;
        }
    return false;
}

static void cache_put(struct timing_cache *cache, uint32_t line)
{
    if (cache->sets == 0)
        return;
    const uint32_t number = line >> cache->line_bits;
    const unsigned first = number % cache->sets * cache->ways;
    unsigned oldest = first;

    for (unsigned i = first; i < first + cache->ways; i++) {
        if (cache->tag[i] == 0) {
            oldest = i;
            break;
        }
        if (cache->clock - cache->used[i] > cache->clock - cache->used[oldest])
            oldest = i;
    }
    cache->tag[oldest] = line + 1;
    cache->used[oldest] = ++cache->clock;
    cache->guess[number % GUESSES] = (uint16_t)oldest;
}

/* ---- life ---- */

static bool is_m7(const struct timing *timing)
{
    return timing->options.pipeline == PIPELINE_M7;
}

static unsigned log2_of(uint32_t x)
{
    return x == 0 ? 0 : 31u - (unsigned)__builtin_clz(x);
}

void timing_memory_reset(struct timing *timing)
{
    const struct timing_options *options = &timing->options;
    const unsigned bits = log2_of(options->line_bytes);

    if (is_m7(timing)) { /* two and four ways; sizes: lines */
        cache_make(&timing->icache, options->icache_lines / 2, 2, L1_LINE_BITS);
        cache_make(&timing->dcache, options->dcache_lines / 4, 4, L1_LINE_BITS);
    } else {
        cache_make(&timing->icache, options->icache_lines != 0, options->icache_lines, bits);
        cache_make(&timing->dcache, options->dcache_lines != 0, options->dcache_lines, bits);
    }
    timing->flash.line = timing->flash.next_line = timing->flash.data_line = NO_PLACE;
    timing->fetched_line = timing->ahead_line = NO_PLACE;
}

void timing_set_acr(struct timing *timing, uint32_t value)
{
    const struct timing_options *options = &timing->options;
    struct timing_flash *flash = &timing->flash;
    const uint32_t mask = options->latency_mask;

    timing->acr = value;
    flash->wait_states = mask == 0 ? 0 : (value & mask) >> __builtin_ctz(mask);
    flash->prefetches = (value & options->prefetch_mask) != 0;
    flash->caches_code = (value & options->icache_mask) != 0;
    flash->caches_data = (value & options->dcache_mask) != 0;
    if (!is_m7(timing)) {
        if (!flash->caches_code)
            cache_empty(&timing->icache);
        if (!flash->caches_data)
            cache_empty(&timing->dcache);
    }
}

enum bus_kind timing_bus(const struct timing *timing, uint32_t address)
{
    for (unsigned i = 0; i < timing->options.region_count; i++) {
        const struct timing_region *region = &timing->options.regions[i];

        if (address - region->base <= region->last - region->base)
            return region->kind;
    }
    return BUS_DEVICE;
}

/* ---- the array ---- */

/* When a line that is asked for at `now` has been read. */
static uint64_t array_read(struct timing *timing, uint64_t now)
{
    struct timing_flash *flash = &timing->flash;
    const uint64_t start = now > flash->busy_until ? now : flash->busy_until;
    const uint64_t wait = (uint64_t)flash->wait_states * timing->options.bus_clocks;

    flash->busy_until = start + wait + timing->options.bus_clocks;
    return start + wait;
}

/* ---- code ---- */

static void read_ahead(struct timing *timing, uint32_t line, uint64_t now)
{
    struct timing_flash *flash = &timing->flash;

    if (!flash->prefetches || line == flash->next_line ||
        (flash->caches_code && cache_has(&timing->icache, line)))
        return;
    flash->next_line = line;
    flash->next_ready = array_read(timing, now);
}

/* A line of code through the accelerator, asked for at `now`: when it is there. */
static uint64_t accelerated_line(struct timing *timing, uint32_t line, uint64_t now)
{
    struct timing_flash *flash = &timing->flash;
    uint64_t ready = now;

    if (line != flash->line && !(flash->caches_code && cache_has(&timing->icache, line))) {
        if (line == flash->next_line) {
            ready = flash->next_ready > now ? flash->next_ready : now;
        } else {
            ready = array_read(timing, now);
        }
        if (flash->caches_code)
            cache_put(&timing->icache, line);
    }
    flash->line = line;
    read_ahead(timing, line + timing->options.line_bytes, ready);
    return ready;
}

static uint64_t over_axi(struct timing *timing, enum bus_kind kind, uint32_t line, uint64_t now)
{
    const uint64_t there = now + timing->options.bus_latency;
    const uint32_t flash_line = line & ~(timing->options.line_bytes - 1);

    if (kind != BUS_FLASH)
        return there;
    if (flash_line == timing->flash.line)
        return there;
    timing->flash.line = flash_line;
    return array_read(timing, there);
}

static uint64_t code_line(struct cpu *cpu, enum bus_kind kind, uint32_t line, uint64_t now)
{
    struct timing *timing = cpu->timing;

    switch (kind) {
    case BUS_ACCELERATED:
        return accelerated_line(timing, line, now);
    case BUS_SYSTEM: /* every other cycle a word */
        return now + 1;
    case BUS_FLASH: case BUS_CACHED:
        if (cpu->system->scb.ccr & CCR_IC) {
            if (cache_has(&timing->icache, line))
                return now;
            cache_put(&timing->icache, line);
        }
        return over_axi(timing, kind, line, now);
    default:
        return now;
    }
}

static uint32_t line_size(const struct cpu *cpu, enum bus_kind kind)
{
    switch (kind) {
    case BUS_ACCELERATED: return cpu->timing->options.line_bytes;
    case BUS_SYSTEM: return SYSTEM_LINE;
    default: return cpu->system->scb.ccr & CCR_IC ? 1u << L1_LINE_BITS : 8;
    }
}

/* The line is asked for, unless it was. */
static uint64_t want(struct cpu *cpu, enum bus_kind kind, uint32_t line, uint64_t now)
{
    struct timing *timing = cpu->timing;

    if (line == timing->fetched_line)
        return timing->fetched_ready;
    timing->fetched_ready = line == timing->ahead_line ? timing->ahead_ready
                                                       : code_line(cpu, kind, line, now);
    timing->fetched_line = line;
    return timing->fetched_ready;
}

uint32_t timing_fetch(struct cpu *cpu, uint32_t pc, unsigned bytes, bool jumped, uint64_t now)
{
    struct timing *timing = cpu->timing;
    const uint32_t end = pc + bytes;

    /* quickest: inside the line, and so is what is fetched ahead */
    const enum bus_kind kind = timing_bus(timing, pc);
    if (kind == BUS_TIGHT || kind == BUS_DEVICE)
        return 0;
    const uint32_t mask = ~(line_size(cpu, kind) - 1);
    const uint32_t ahead = (end - 1 + (is_m7(timing) ? AHEAD_M7 : AHEAD_M4)) & mask;
    uint64_t ready = now;

    if (jumped && (pc & mask) != timing->ahead_line)
        timing->ahead_line = NO_PLACE;
    ready = want(cpu, kind, pc & mask, now);
    if (((end - 1) & mask) != (pc & mask)) {
        const uint64_t second = want(cpu, kind, (end - 1) & mask, ready > now ? ready : now);

        ready = second > ready ? second : ready;
    }
    const uint64_t from = ready > now ? ready : now;
    if (ahead != timing->fetched_line && ahead != timing->ahead_line) {
        timing->ahead_ready = code_line(cpu, kind, ahead, from);
        timing->ahead_line = ahead;
    }
    if (ready <= now)
        return 0;
    const uint32_t stall = (uint32_t)(ready - now);
    timing->fetch_stalls += stall;
    return stall;
}

/* ---- data ---- */

static uint64_t accelerated_data(struct timing *timing, uint32_t line, uint64_t now)
{
    struct timing_flash *flash = &timing->flash;

    if (line == flash->data_line)
        return now;
    flash->data_line = line;
    if (flash->caches_data) {
        if (cache_has(&timing->dcache, line))
            return now;
        cache_put(&timing->dcache, line);
    }
    return array_read(timing, now);
}

static uint64_t cached_data(struct cpu *cpu, enum bus_kind kind, uint32_t line, bool store,
                            uint64_t now)
{
    struct timing *timing = cpu->timing;

    if (cpu->system->scb.ccr & CCR_DC) {
        if (cache_has(&timing->dcache, line))
            return now;
        cache_put(&timing->dcache, line);
    }
    return store ? now : over_axi(timing, kind, line, now);
}

uint32_t timing_access(struct cpu *cpu, uint32_t address, uint8_t bytes, bool store, uint64_t now)
{
    struct timing *timing = cpu->timing;
    const enum bus_kind kind = timing_bus(timing, address);
    uint64_t ready = now;

    if (kind == BUS_TIGHT || kind == BUS_SYSTEM)
        return 0;
    if (kind == BUS_DEVICE)
        return (address >> 28) == 0xE ? 0 : timing->options.device_cycles;
    const uint32_t size = kind == BUS_ACCELERATED ? timing->options.line_bytes
                                                  : 1u << L1_LINE_BITS;
    for (uint32_t line = address & ~(size - 1); line < address + bytes; line += size)
        ready = kind == BUS_ACCELERATED ? accelerated_data(timing, line, ready)
                                        : cached_data(cpu, kind, line, store, ready);
    const uint32_t stall = (uint32_t)(ready - now);
    timing->data_stalls += stall;
    return stall;
}
