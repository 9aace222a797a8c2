#ifndef APP_SERIAL_PORT_H
#define APP_SERIAL_PORT_H

/* One face for both generations of the USART: where data and flags are, and how flags go. */

#include <stdint.h>

#if BOARD_USART_GENERATION == 1

#include "register/usart_v1.h"

#define SERIAL_PE USART_SR_PE
#define SERIAL_FE USART_SR_FE
#define SERIAL_NE USART_SR_NF
#define SERIAL_ORE USART_SR_ORE
#define SERIAL_IDLE USART_SR_IDLE
#define SERIAL_RXNE USART_SR_RXNE
#define SERIAL_TC USART_SR_TC
#define SERIAL_TXE USART_SR_TXE
#define SERIAL_RECEIVED DR
#define SERIAL_TRANSMIT DR

static inline uint32_t serial_status(const struct usart_registers *port)
{
    return port->SR;
}

/* The flags that serial_status showed; reading DR, which clears them, takes a byte along. */
static inline uint8_t serial_take(struct usart_registers *port)
{
    return (uint8_t)port->DR;
}

#else

#include "register/usart_v2.h"

#define SERIAL_PE USART_ISR_PE
#define SERIAL_FE USART_ISR_FE
#define SERIAL_NE USART_ISR_NE
#define SERIAL_ORE USART_ISR_ORE
#define SERIAL_IDLE USART_ISR_IDLE
#define SERIAL_RXNE USART_ISR_RXNE
#define SERIAL_TC USART_ISR_TC
#define SERIAL_TXE USART_ISR_TXE
#define SERIAL_RECEIVED RDR
#define SERIAL_TRANSMIT TDR

static inline uint32_t serial_status(const struct usart_registers *port)
{
    return port->ISR;
}

static inline uint8_t serial_take(struct usart_registers *port)
{
    port->ICR = USART_ICR_PECF | USART_ICR_FECF | USART_ICR_NECF | USART_ICR_ORECF | USART_ICR_IDLECF;
    return (uint8_t)port->RDR;
}

#endif

#endif
