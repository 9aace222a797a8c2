#ifndef DRIVER_PIN_INTERRUPT_H
#define DRIVER_PIN_INTERRUPT_H

/* Interrupts from pins. The clock gate of SYSCFG must be open. */

#include <stdbool.h>
#include <stdint.h>

#include "board/armv7m/system_control.h"
#include "interrupts.h"
#include "register/exti.h"

enum pin_port { PIN_PORT_A, PIN_PORT_B, PIN_PORT_C, PIN_PORT_D, PIN_PORT_E };

/* Pins 0 to 4 have an interrupt each; 5 to 9 and 10 to 15 share one. */
static inline uint32_t pin_interrupt_number(uint32_t pin)
{
    if (pin <= 4u) {
        return INTERRUPT_EXTI0 + pin;
    }
    return pin <= 9u ? INTERRUPT_EXTI9_5 : INTERRUPT_EXTI15_10;
}

/* From now on a rising edge of the pin calls EXTIn_IRQHandler, which the application defines. */
static inline void pin_interrupt_start(enum pin_port port, uint32_t pin)
{
    volatile uint32_t *const select = &SYSCFG_EXTICR[pin / 4u];
    const uint32_t shift = pin % 4u * 4u;
    *select = (*select & ~(0xFu << shift)) | ((uint32_t)port << shift);
    EXTI->RTSR |= 1u << pin;
    EXTI->PR = 1u << pin;
    EXTI->IMR |= 1u << pin;
    nvic_enable(pin_interrupt_number(pin));
}

/* In the handler: whether it was this pin; the request is taken back. */
static inline bool pin_interrupt_take(uint32_t pin)
{
    if ((EXTI->PR >> pin & 1u) == 0u) {
        return false;
    }
    EXTI->PR = 1u << pin;
    return true;
}

#endif
