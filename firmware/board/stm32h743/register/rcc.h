#ifndef REGISTER_RCC_H
#define REGISTER_RCC_H

/* Reset and clock control of the STM32H743 (RM0433 section 8.7). */

#include <stdint.h>

#include "memory_map.h"

struct rcc_registers {
    volatile uint32_t CR;            /* 0x00 */
    volatile uint32_t HSICFGR;       /* 0x04 */
    volatile uint32_t CRRCR;         /* 0x08 */
    volatile uint32_t CSICFGR;       /* 0x0C */
    volatile uint32_t CFGR;          /* 0x10 */
    uint32_t reserved_14;
    volatile uint32_t D1CFGR;        /* 0x18 */
    volatile uint32_t D2CFGR;        /* 0x1C */
    volatile uint32_t D3CFGR;        /* 0x20 */
    uint32_t reserved_24;
    volatile uint32_t PLLCKSELR;     /* 0x28 */
    volatile uint32_t PLLCFGR;       /* 0x2C */
    volatile uint32_t PLL1DIVR;      /* 0x30 */
    volatile uint32_t PLL1FRACR;     /* 0x34 */
};

_Static_assert(sizeof(struct rcc_registers) == 0x38, "RCC layout");

#define RCC ((struct rcc_registers *)RCC_BASE)

/* RCC_CR, 8.7.2 */
#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 2)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_HSEBYP (1u << 18)
#define RCC_CR_PLL1ON (1u << 24)
#define RCC_CR_PLL1RDY (1u << 25)

/* RCC_CFGR, 8.7.6 */
#define RCC_CFGR_SW_MASK (7u << 0)
#define RCC_CFGR_SW_PLL1 (3u << 0)
#define RCC_CFGR_SWS_MASK (7u << 3)
#define RCC_CFGR_SWS_PLL1 (3u << 3)

/* RCC_D1CFGR 8.7.7, RCC_D2CFGR 8.7.8, RCC_D3CFGR 8.7.9 */
#define RCC_D1CFGR_HPRE_DIV2 (8u << 0)
#define RCC_D1CFGR_D1PPRE_DIV2 (4u << 4)
#define RCC_D2CFGR_D2PPRE1_DIV2 (4u << 4)
#define RCC_D2CFGR_D2PPRE2_DIV2 (4u << 8)
#define RCC_D3CFGR_D3PPRE_DIV2 (4u << 4)

/* RCC_PLLCKSELR, 8.7.10 */
#define RCC_PLLCKSELR_SRC_HSI (0u << 0)
#define RCC_PLLCKSELR_SRC_HSE (2u << 0)
#define RCC_PLLCKSELR_M1(m) ((uint32_t)(m) << 4)

/* RCC_PLLCFGR, 8.7.11 */
#define RCC_PLLCFGR_PLL1RGE_2_TO_4_MHZ (1u << 2)
#define RCC_PLLCFGR_DIVP1EN (1u << 16)
#define RCC_PLLCFGR_DIVQ1EN (1u << 17)

/* RCC_PLL1DIVR, 8.7.12: the VCO runs at input / M * N. */
#define RCC_PLL1DIVR_N(n) (((uint32_t)(n) - 1u) << 0)
#define RCC_PLL1DIVR_P(p) (((uint32_t)(p) - 1u) << 9)
#define RCC_PLL1DIVR_Q(q) (((uint32_t)(q) - 1u) << 16)
#define RCC_PLL1DIVR_R(r) (((uint32_t)(r) - 1u) << 24)

#endif
