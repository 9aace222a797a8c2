/* cache.c - caches and tightly coupled memories of the Cortex-M7, as software sees them: what there
 * is, how it is switched, and operations of maintenance (DDI 0403, B2.2 and B4.8; DDI 0489).
 *
 * Every access goes to the memory itself here, so that nothing is ever stale: an operation is
 * accepted and counted, and the lines that it names are kept for those who check what DMA moves.
 * The Cortex-M4 has none of these registers.
 */
#include "memory.h"
#include "processor.h"
#include "system.h"

enum {
    CLIDR = 0xD78,
    CTR = 0xD7C,
    CCSIDR = 0xD80,
    CSSELR = 0xD84,
    ICIALLU = 0xF50,
    MAINTENANCE_FIRST = ICIALLU,
    MAINTENANCE_RESERVED = 0xF54,
    DCIMVAC = 0xF5C, /* operations on data: I invalidate, C clean, SW a set and way */
    DCISW = 0xF60,
    DCCMVAU = 0xF64,
    DCCMVAC = 0xF68,
    DCCSW = 0xF6C,
    DCCIMVAC = 0xF70,
    DCCISW = 0xF74,
    BPIALL = 0xF78,
    ITCMCR = 0xF90,
    DTCMCR = 0xF94,
    AHBPCR = 0xF98,
    CACR = 0xF9C,
    AHBSCR = 0xFA0,
    ABFSR = 0xFA8,

    CTR_VALUE_LOW = 0x0303C003, /* lines of 8 words; bit 31 tells the format */
    CLIDR_SEPARATE = 0x09000003, /* one level, an instruction and a data cache */
    CLIDR_INSTRUCTION = 1,
    CLIDR_DATA = 2,
    CSSELR_INSTRUCTION = 1,
    CSSELR_WRITABLE = 0xF,
    LINE_BYTES = 32,
    INSTRUCTION_WAYS = 2,
    DATA_WAYS = 4,
    LINE_SIZE_CODE = 1, /* log2(words in a line) - 2 */

    TCM_EN = 1 << 0,
    TCM_WRITABLE = 7, /* EN, RMW, RETEN */
    AHBPCR_512_MIB = 4 << 1,
    AHBPCR_EN = 1 << 0,
    CACR_WRITABLE = 7, /* SIWT, ECCEN, FORCEWT */
    AHBSCR_RESET = 0x800,
    AHBSCR_WRITABLE = 0xFFFF,
};

#define CCR_DATA_CACHE UINT32_C(0x10000) /* CCR.DC */
#define CTR_FORMAT UINT32_C(0x80000000)
#define CCSIDR_POLICIES UINT32_C(0xF0000000) /* write-through, write-back, both allocations */

/* SZ is log2(bytes) - 9. */
static uint32_t tcm_reset(uint32_t bytes)
{
    return bytes == 0 ? 0 : (uint32_t)(__builtin_ctz(bytes) - 9) << 3 | TCM_EN;
}

void cache_reset(struct cpu *cpu)
{
    const struct system_options *options = &cpu->system->options;

    cpu->system->cache = (struct cache){
        .itcmcr = tcm_reset(options->itcm_bytes),
        .dtcmcr = tcm_reset(options->dtcm_bytes),
        .ahbpcr = AHBPCR_512_MIB | AHBPCR_EN,
        .ahbscr = AHBSCR_RESET,
    };
}

static uint32_t load_clidr(const struct system_options *options)
{
    const uint32_t kinds = (options->icache_bytes ? CLIDR_INSTRUCTION : 0u)
                           | (options->dcache_bytes ? CLIDR_DATA : 0u);

    return kinds == 0 ? 0 : ((uint32_t)CLIDR_SEPARATE & ~3u) | kinds;
}

static uint32_t load_ccsidr(const struct cpu *cpu)
{
    const struct system_options *options = &cpu->system->options;
    const bool instruction = cpu->system->cache.csselr & CSSELR_INSTRUCTION;
    const uint32_t bytes = instruction ? options->icache_bytes : options->dcache_bytes;
    const uint32_t ways = instruction ? INSTRUCTION_WAYS : DATA_WAYS;

    if (cpu->system->cache.csselr > CSSELR_INSTRUCTION || bytes == 0) {
        return 0; /* no such level */
    }
    return CCSIDR_POLICIES | (bytes / (LINE_BYTES * ways) - 1) << 13 | (ways - 1) << 3
           | LINE_SIZE_CODE;
}

/* Operations from ICIALLU to BPIALL are write-only. */
static bool is_maintenance(uint32_t offset)
{
    return offset >= MAINTENANCE_FIRST && offset <= BPIALL && offset != MAINTENANCE_RESERVED;
}

static uint32_t *control_word(struct cpu *cpu, uint32_t offset, uint32_t *writable)
{
    struct cache *cache = &cpu->system->cache;
    const struct system_options *options = &cpu->system->options;

    switch (offset) {
    case CSSELR:
        *writable = CSSELR_WRITABLE;
        return &cache->csselr;
    case ITCMCR:
        *writable = options->itcm_bytes ? TCM_WRITABLE : 0;
        return &cache->itcmcr;
    case DTCMCR:
        *writable = options->dtcm_bytes ? TCM_WRITABLE : 0;
        return &cache->dtcmcr;
    case AHBPCR:
        *writable = AHBPCR_EN;
        return &cache->ahbpcr;
    case CACR:
        *writable = CACR_WRITABLE;
        return &cache->cacr;
    case AHBSCR:
        *writable = AHBSCR_WRITABLE;
        return &cache->ahbscr;
    default:
        return NULL;
    }
}

bool cache_load(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    uint32_t writable;

    if (!processor_is_m7(cpu)) {
        return false;
    }
    const uint32_t *word = control_word(cpu, offset, &writable);
    if (word != NULL) {
        *value = *word;
        return true;
    }
    switch (offset) {
    case CLIDR:
        *value = load_clidr(&cpu->system->options);
        return true;
    case CTR:
        *value = CTR_FORMAT | CTR_VALUE_LOW;
        return true;
    case CCSIDR:
        *value = load_ccsidr(cpu);
        return true;
    case ABFSR: /* no asynchronous bus fault happens here */
        *value = 0;
        return true;
    default:
        *value = 0;
        return is_maintenance(offset);
    }
}

unsigned cache_policy(const struct cpu *cpu, uint32_t address)
{
    return cpu->system->scb.ccr & CCR_DATA_CACHE ? mpu_cacheability(&cpu->memory->mpu, address) : 0;
}

/* A loop over a buffer makes one range. */
static void log_line(struct line_log *log, uint32_t address)
{
    const uint32_t first = address & ~(uint32_t)(LINE_BYTES - 1), last = first + LINE_BYTES - 1;

    for (unsigned i = log->count; i-- != 0;) {
        if (first >= log->first[i] && first <= log->last[i])
            return;
        if (first == log->last[i] + 1) {
            log->last[i] = last;
            return;
        }
    }
    if (log->count == LINE_RANGES_KEPT) {
        log->all = true;
        return;
    }
    log->first[log->count] = first;
    log->last[log->count++] = last;
}

static void log_operation(struct cpu *cpu, uint32_t offset, uint32_t value)
{
    struct line_log *cleaned = &cpu->system->cleaned, *invalidated = &cpu->system->invalidated;

    if (!(cpu->system->scb.ccr & CCR_DATA_CACHE))
        return; /* nothing is in it yet */
    switch (offset) {
    case DCIMVAC:
        log_line(invalidated, value);
        break;
    case DCISW:
        invalidated->all = true;
        break;
    case DCCMVAU:
    case DCCMVAC:
        log_line(cleaned, value);
        break;
    case DCCSW:
        cleaned->all = true;
        break;
    case DCCIMVAC:
        log_line(cleaned, value);
        log_line(invalidated, value);
        break;
    case DCCISW:
        cleaned->all = invalidated->all = true;
        break;
    default: /* of instructions and branches */
        break;
    }
}

bool cache_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint32_t writable;

    if (!processor_is_m7(cpu)) {
        return false;
    }
    uint32_t *word = control_word(cpu, offset, &writable);
    if (word != NULL) {
        writable &= lanes;
        *word = (*word & ~writable) | (value & writable);
        return true;
    }
    if (is_maintenance(offset)) {
        cpu->system->cache_maintenance++;
        log_operation(cpu, offset, value);
        return true;
    }
    return offset == CLIDR || offset == CTR || offset == CCSIDR || offset == ABFSR;
}
