#ifndef CLOCK_RCC_LAYOUT_H
#define CLOCK_RCC_LAYOUT_H

/*
 * Where the families' RCC differ in what this application looks at (RM0090 7.3, RM0385 5.3,
 * RM0440 7.4, RM0433 8.7). The PLL that drives the core has its switch at bit 24 of CR on all.
 */

#include "clock_gates.h"
#include "memory_map.h"

#define RCC_REGISTER(offset) (*(volatile uint32_t *)(RCC_BASE + (offset)))
#define RCC_CR_OFFSET 0x00u
#define RCC_CR_PLLON (1u << 24)

#if defined(STM32H743_MEMORY_MAP_H)
#define RCC_CFGR_OFFSET 0x10u
#define RCC_SWS_SHIFT 3u
#define RCC_RESET_BELOW_ENABLE 0x58u /* from APB1LENR to APB1LRSTR */
#define RCC_BDCR_OFFSET 0x70u
#define RCC_FLAGS_OFFSET 0xD0u /* RSR */
#define RCC_FLAG_SOFTWARE (1u << 24)
#define RCC_FLAGS_CLEAR (1u << 16)
#elif defined(STM32G474_MEMORY_MAP_H)
#define RCC_CFGR_OFFSET 0x08u
#define RCC_SWS_SHIFT 2u
#define RCC_RESET_BELOW_ENABLE 0x20u
#define RCC_BDCR_OFFSET 0x90u
#define RCC_FLAGS_OFFSET 0x94u /* CSR */
#define RCC_FLAG_SOFTWARE (1u << 28)
#define RCC_FLAGS_CLEAR (1u << 23)
#else
#define RCC_CFGR_OFFSET 0x08u
#define RCC_SWS_SHIFT 2u
#define RCC_RESET_BELOW_ENABLE 0x20u
#define RCC_BDCR_OFFSET 0x70u
#define RCC_FLAGS_OFFSET 0x74u /* CSR */
#define RCC_FLAG_SOFTWARE (1u << 28)
#define RCC_FLAGS_CLEAR (1u << 24)
#endif

#define RCC_BDCR_LSEON (1u << 0)
#define RCC_BDCR_LSERDY (1u << 1)
#define PWR_FIRST (*(volatile uint32_t *)PWR_BASE)
#define PWR_DBP (1u << 8)

static inline void open_power_clock(void)
{
#ifndef STM32H743_MEMORY_MAP_H /* there PWR always runs */
    clock_gate_open(CLOCK_PWR);
#endif
}

#endif
