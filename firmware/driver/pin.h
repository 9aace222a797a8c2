#ifndef DRIVER_PIN_H
#define DRIVER_PIN_H

/* Pins of a GPIO port, 0 to 15. The port's clock gate must be open. */

#include <stdbool.h>
#include <stdint.h>

#include "register/gpio.h"

static inline uint32_t pin_field(uint32_t word, uint32_t pin, uint32_t bits, uint32_t value)
{
    const uint32_t mask = (1u << bits) - 1u;
    return (word & ~(mask << (pin * bits))) | (value << (pin * bits));
}

static inline void pin_mode(struct gpio_registers *port, uint32_t pin, uint32_t mode)
{
    port->MODER = pin_field(port->MODER, pin, 2, mode);
}

static inline void pin_pull_up(struct gpio_registers *port, uint32_t pin)
{
    port->PUPDR = pin_field(port->PUPDR, pin, 2, GPIO_PUPDR_UP);
}

/* Both lines of an I2C bus are driven low only, by whoever wants. */
static inline void pin_open_drain(struct gpio_registers *port, uint32_t pin)
{
    port->OTYPER |= 1u << pin;
}

/* Gives the pin to a peripheral: its alternate function, at medium speed. */
static inline void pin_connect(struct gpio_registers *port, uint32_t pin, uint32_t function)
{
    volatile uint32_t *const functions = &port->AFR[pin / 8u];
    *functions = pin_field(*functions, pin % 8u, 4, function);
    port->OSPEEDR = pin_field(port->OSPEEDR, pin, 2, GPIO_OSPEEDR_MEDIUM);
    pin_mode(port, pin, GPIO_MODER_ALTERNATE);
}

static inline void pin_write(struct gpio_registers *port, uint32_t pin, bool high)
{
    port->BSRR = 1u << (high ? pin : pin + 16u);
}

static inline bool pin_read(const struct gpio_registers *port, uint32_t pin)
{
    return (port->IDR >> pin & 1u) != 0u;
}

#endif
