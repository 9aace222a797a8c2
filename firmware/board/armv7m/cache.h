#ifndef ARMV7M_CACHE_H
#define ARMV7M_CACHE_H

/*
 * Instruction and data cache of the Cortex-M7 (DDI 0403E.e, B2.2.7 and B3.2; DDI 0489, 4.5).
 * CORE_HAS_CACHES comes from the board; without it all of this is nothing.
 *
 * The data cache knows nothing of DMA: clean what a transfer will read, invalidate what a transfer
 * has written before it is read. A line is 32 bytes: a buffer begins on one and fills whole ones
 * (placement.h), or its neighbours' bytes are lost with it.
 */

#include <stdint.h>

#ifndef CORE_HAS_CACHES
#define CORE_HAS_CACHES 0
#endif

#define CACHE_LINE_BYTES 32u

#define SCB_CCR (*(volatile uint32_t *)0xE000ED14u)
#define SCB_CCR_DC (1u << 16)
#define SCB_CCR_IC (1u << 17)
#define SCB_CCSIDR (*(volatile uint32_t *)0xE000ED80u)
#define SCB_CSSELR (*(volatile uint32_t *)0xE000ED84u)
#define SCB_ICIALLU (*(volatile uint32_t *)0xE000EF50u)  /* invalidate all instructions */
#define SCB_DCIMVAC (*(volatile uint32_t *)0xE000EF5Cu)  /* invalidate the line of an address */
#define SCB_DCISW (*(volatile uint32_t *)0xE000EF60u)    /* invalidate a line by set and way */
#define SCB_DCCMVAC (*(volatile uint32_t *)0xE000EF68u)  /* clean the line of an address */

static inline void cache_barrier(void)
{
    __asm volatile("dsb\n\tisb" ::: "memory");
}

/* Every line of the data cache; its contents after power-on are random. */
static inline void cache_invalidate_all_data(void)
{
    SCB_CSSELR = 0; /* level 1, data */
    cache_barrier();
    const uint32_t size = SCB_CCSIDR;
    const uint32_t last_set = size >> 13 & 0x7FFFu;
    const uint32_t last_way = size >> 3 & 0x3FFu;
    for (uint32_t set = 0; set <= last_set; set++) {
        for (uint32_t way = 0; way <= last_way; way++) {
            SCB_DCISW = way << 30 | set << 5; /* four ways, lines of 2^5 bytes (DDI 0489, 4.5.1) */
        }
    }
    cache_barrier();
}

/* Both caches, empty and on. A cache that is on already stays as it is. */
static inline void cache_start(void)
{
    if (!CORE_HAS_CACHES) {
        return;
    }
    if ((SCB_CCR & SCB_CCR_IC) == 0u) {
        cache_barrier();
        SCB_ICIALLU = 0;
        cache_barrier();
        SCB_CCR |= SCB_CCR_IC;
        cache_barrier();
    }
    if ((SCB_CCR & SCB_CCR_DC) == 0u) {
        cache_invalidate_all_data();
        SCB_CCR |= SCB_CCR_DC;
        cache_barrier();
    }
}

static inline void cache_each_line(volatile uint32_t *operation, const volatile void *start,
                                   uint32_t size_bytes)
{
    if (!CORE_HAS_CACHES || size_bytes == 0u) {
        return;
    }
    const uint32_t end = (uint32_t)(uintptr_t)start + size_bytes;
    uint32_t line = (uint32_t)(uintptr_t)start & ~(CACHE_LINE_BYTES - 1u);
    __asm volatile("dsb" ::: "memory");
    for (; line < end; line += CACHE_LINE_BYTES) {
        *operation = line;
    }
    cache_barrier();
}

/* Before a DMA transfer reads what the core wrote. */
static inline void cache_clean(const volatile void *start, uint32_t size_bytes)
{
    cache_each_line(&SCB_DCCMVAC, start, size_bytes);
}

/* Before the core reads what a DMA transfer wrote. */
static inline void cache_invalidate(const volatile void *start, uint32_t size_bytes)
{
    cache_each_line(&SCB_DCIMVAC, start, size_bytes);
}

#endif
