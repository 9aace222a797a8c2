#ifndef REGISTER_IWDG_H
#define REGISTER_IWDG_H

/*
 * Independent watchdog (RM0090 21.4, RM0385 25.4, RM0440 42.4, RM0433 44.4); the F405/407 has no
 * window.
 */

#include <stdint.h>

#include "memory_map.h"

struct iwdg_registers {
    volatile uint32_t KR;   /* 0x00 */
    volatile uint32_t PR;   /* 0x04 */
    volatile uint32_t RLR;  /* 0x08 */
    volatile uint32_t SR;   /* 0x0C */
    volatile uint32_t WINR; /* 0x10 */
};

_Static_assert(sizeof(struct iwdg_registers) == 0x14, "IWDG layout");

#define IWDG ((struct iwdg_registers *)IWDG_BASE)

#ifdef STM32F407_MEMORY_MAP_H
#define IWDG_HAS_WINDOW 0
#else
#define IWDG_HAS_WINDOW 1
#endif

#define IWDG_KR_FEED 0xAAAAu
#define IWDG_KR_START 0xCCCCu
#define IWDG_KR_UNLOCK 0x5555u

#endif
