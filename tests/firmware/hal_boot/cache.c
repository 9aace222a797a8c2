/* cache.c - both caches of a Cortex-M7 on, in the way that its core header does it. */
#include "cache.h"

#include "device.h"

void cache_enable_instruction(void)
{
    __asm volatile("dsb\n isb" ::: "memory");
    ICIALLU = 0;
    __asm volatile("dsb\n isb" ::: "memory");
    SCB->CCR |= CCR_IC;
    __asm volatile("dsb\n isb" ::: "memory");
}

void cache_enable_data(void)
{
    CSSELR = 0; /* level 1, data */
    __asm volatile("dsb" ::: "memory");
    const uint32_t shape = CCSIDR;
    uint32_t set = shape >> 13 & 0x7FFFu;
    do {
        uint32_t way = shape >> 3 & 0x3FFu;
        do {
            DCISW = (set << 5 & 0x3FE0u) | way << 30;
        } while (way-- != 0);
    } while (set-- != 0);
    __asm volatile("dsb" ::: "memory");
    SCB->CCR |= CCR_DC;
    __asm volatile("dsb\n isb" ::: "memory");
}
