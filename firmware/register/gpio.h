#ifndef REGISTER_GPIO_H
#define REGISTER_GPIO_H

/*
 * General-purpose I/O, the same in all four families (RM0090 8.4, RM0440 9.4, RM0385 6.4,
 * RM0433 11.4), but for BRR, which only the STM32G4 has.
 */

#include <stdint.h>

#include "memory_map.h"

struct gpio_registers {
    volatile uint32_t MODER;      /* 0x00 */
    volatile uint32_t OTYPER;     /* 0x04 */
    volatile uint32_t OSPEEDR;    /* 0x08 */
    volatile uint32_t PUPDR;      /* 0x0C */
    volatile uint32_t IDR;        /* 0x10 */
    volatile uint32_t ODR;        /* 0x14 */
    volatile uint32_t BSRR;       /* 0x18 */
    volatile uint32_t LCKR;       /* 0x1C */
    volatile uint32_t AFR[2];     /* 0x20 */
    volatile uint32_t BRR;        /* 0x28 */
};

_Static_assert(sizeof(struct gpio_registers) == 0x2C, "GPIO layout");

#define GPIOA ((struct gpio_registers *)GPIOA_BASE)
#define GPIOB ((struct gpio_registers *)GPIOB_BASE)
#define GPIOC ((struct gpio_registers *)GPIOC_BASE)
#define GPIOD ((struct gpio_registers *)GPIOD_BASE)
#define GPIOE ((struct gpio_registers *)GPIOE_BASE)

#define GPIO_MODER_INPUT 0u
#define GPIO_MODER_OUTPUT 1u
#define GPIO_MODER_ALTERNATE 2u
#define GPIO_MODER_ANALOG 3u
#define GPIO_OSPEEDR_MEDIUM 1u
#define GPIO_PUPDR_UP 1u
#define GPIO_PUPDR_DOWN 2u

#endif
