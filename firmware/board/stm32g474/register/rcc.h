#ifndef REGISTER_RCC_H
#define REGISTER_RCC_H

/* Reset and clock control of the STM32G4 (RM0440 section 7.4). */

#include <stdint.h>

#include "memory_map.h"

struct rcc_registers {
    volatile uint32_t CR;         /* 0x00 */
    volatile uint32_t ICSCR;      /* 0x04 */
    volatile uint32_t CFGR;       /* 0x08 */
    volatile uint32_t PLLCFGR;    /* 0x0C */
};

#define RCC ((struct rcc_registers *)RCC_BASE)

/* RCC_CR, 7.4.1 */
#define RCC_CR_HSION (1u << 8)
#define RCC_CR_HSIRDY (1u << 10)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_HSEBYP (1u << 18)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)

/* RCC_CFGR, 7.4.3 */
#define RCC_CFGR_SW_MASK (3u << 0)
#define RCC_CFGR_SW_HSI16 (1u << 0)
#define RCC_CFGR_SW_PLL (3u << 0)
#define RCC_CFGR_SWS_MASK (3u << 2)
#define RCC_CFGR_SWS_HSI16 (1u << 2)
#define RCC_CFGR_SWS_PLL (3u << 2)
#define RCC_CFGR_HPRE_MASK (15u << 4)
#define RCC_CFGR_HPRE_DIV2 (8u << 4)
#define RCC_CFGR_PPRE1_MASK (7u << 8)
#define RCC_CFGR_PPRE2_MASK (7u << 11)

/* RCC_PLLCFGR, 7.4.4: the VCO runs at input / M * N, the system clock at VCO / R. */
#define RCC_PLLCFGR_SRC_HSI16 (2u << 0)
#define RCC_PLLCFGR_SRC_HSE (3u << 0)
#define RCC_PLLCFGR_M(m) (((uint32_t)(m) - 1u) << 4)
#define RCC_PLLCFGR_N(n) ((uint32_t)(n) << 8)
#define RCC_PLLCFGR_REN (1u << 24)
#define RCC_PLLCFGR_R(r) (((uint32_t)(r) / 2u - 1u) << 25)

#endif
