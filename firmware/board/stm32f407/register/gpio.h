#ifndef REGISTER_GPIO_H
#define REGISTER_GPIO_H

/* General-purpose I/O of the STM32F405/407 (RM0090 section 8.4). */

#include <stdint.h>

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
};

_Static_assert(sizeof(struct gpio_registers) == 0x28, "GPIO layout");

#define GPIOA ((struct gpio_registers *)0x40020000u)

#define GPIO_MODER_ALTERNATE 2u
#define GPIO_OSPEEDR_MEDIUM 1u
#define GPIO_PUPDR_UP 1u

#endif
