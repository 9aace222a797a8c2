#ifndef DRIVER_USART_PORT_H
#define DRIVER_USART_PORT_H

/* One face for both generations of the USART: where data and flags are, and how flags go. */

#include <stdint.h>

#if BOARD_USART_GENERATION == 1

#include "register/usart_v1.h"

#define USART_PE USART_SR_PE
#define USART_FE USART_SR_FE
#define USART_NE USART_SR_NF
#define USART_ORE USART_SR_ORE
#define USART_IDLE USART_SR_IDLE
#define USART_RXNE USART_SR_RXNE
#define USART_TC USART_SR_TC
#define USART_TXE USART_SR_TXE
#define USART_RECEIVED DR
#define USART_TRANSMIT DR
#define USART_FLAGS SR

#else

#include "register/usart_v2.h"

#define USART_PE USART_ISR_PE
#define USART_FE USART_ISR_FE
#define USART_NE USART_ISR_NE
#define USART_ORE USART_ISR_ORE
#define USART_IDLE USART_ISR_IDLE
#define USART_RXNE USART_ISR_RXNE
#define USART_TC USART_ISR_TC
#define USART_TXE USART_ISR_TXE
#define USART_RECEIVED RDR
#define USART_TRANSMIT TDR
#define USART_FLAGS ISR

#endif

#define USART2 ((struct usart_registers *)USART2_BASE)
#define USART3 ((struct usart_registers *)USART3_BASE)

static inline uint32_t usart_flags(const struct usart_registers *port)
{
    return port->USART_FLAGS;
}

/*
 * The byte that waits, after its flags were looked at: those that were seen are cleared, no later one.
 * Generation 1 clears them by itself when the data register is read after them (RM0090 30.6.1); in
 * generation 2 they stay until they are named, and ORE keeps the interrupt up.
 */
static inline uint8_t usart_take(struct usart_registers *port, uint32_t seen)
{
#if BOARD_USART_GENERATION == 1
    (void)seen;
#else
    const uint32_t errors = seen & (USART_PE | USART_FE | USART_NE | USART_ORE | USART_IDLE);
    if (errors != 0u) {
        port->ICR = errors;
    }
#endif
    return (uint8_t)port->USART_RECEIVED;
}

#endif
