#ifndef REGISTER_USART_V1_H
#define REGISTER_USART_V1_H

/* USART of the STM32F1, F2 and F4 (RM0090 section 30.6). */

#include <stdint.h>

#include "memory_map.h"

struct usart_registers {
    volatile uint32_t SR;      /* 0x00 */
    volatile uint32_t DR;      /* 0x04 */
    volatile uint32_t BRR;     /* 0x08 */
    volatile uint32_t CR1;     /* 0x0C */
    volatile uint32_t CR2;     /* 0x10 */
    volatile uint32_t CR3;     /* 0x14 */
    volatile uint32_t GTPR;    /* 0x18 */
};

_Static_assert(sizeof(struct usart_registers) == 0x1C, "USART layout");

/* USART_SR, 30.6.1 */
#define USART_SR_PE (1u << 0)
#define USART_SR_FE (1u << 1)
#define USART_SR_NF (1u << 2)
#define USART_SR_ORE (1u << 3)
#define USART_SR_IDLE (1u << 4)
#define USART_SR_RXNE (1u << 5)
#define USART_SR_TC (1u << 6)
#define USART_SR_TXE (1u << 7)

/* USART_CR1, 30.6.4 */
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART_CR1_IDLEIE (1u << 4)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_TCIE (1u << 6)
#define USART_CR1_TXEIE (1u << 7)
#define USART_CR1_PEIE (1u << 8)
#define USART_CR1_PS (1u << 9)  /* odd parity */
#define USART_CR1_PCE (1u << 10)
#define USART_CR1_M (1u << 12)  /* nine bits, the parity bit included */
#define USART_CR1_UE (1u << 13)

/* USART_CR3, 30.6.6 */
#define USART_CR3_EIE (1u << 0)
#define USART_CR3_DMAR (1u << 6)
#define USART_CR3_DMAT (1u << 7)

#endif
