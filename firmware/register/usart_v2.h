#ifndef REGISTER_USART_V2_H
#define REGISTER_USART_V2_H

/* USART, UART and LPUART of the STM32F7, G4 and H7 (RM0440 37.8, RM0385 31.8, RM0433 48.7). */

#include <stdint.h>

#include "memory_map.h"

struct usart_registers {
    volatile uint32_t CR1;     /* 0x00 */
    volatile uint32_t CR2;     /* 0x04 */
    volatile uint32_t CR3;     /* 0x08 */
    volatile uint32_t BRR;     /* 0x0C */
    volatile uint32_t GTPR;    /* 0x10 */
    volatile uint32_t RTOR;    /* 0x14 */
    volatile uint32_t RQR;     /* 0x18 */
    volatile uint32_t ISR;     /* 0x1C */
    volatile uint32_t ICR;     /* 0x20 */
    volatile uint32_t RDR;     /* 0x24 */
    volatile uint32_t TDR;     /* 0x28 */
    volatile uint32_t PRESC;   /* 0x2C, not on the STM32F7 */
};

_Static_assert(sizeof(struct usart_registers) == 0x30, "USART layout");

/* USART_CR1 */
#define USART_CR1_UE (1u << 0)
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
#define USART_CR1_FIFOEN (1u << 29) /* not on the STM32F7 */

/* USART_CR3 */
#define USART_CR3_EIE (1u << 0)
#define USART_CR3_DMAR (1u << 6)
#define USART_CR3_DMAT (1u << 7)
#define USART_CR3_OVRDIS (1u << 12)

/* USART_RQR */
#define USART_RQR_RXFRQ (1u << 3) /* drops what was received */

/* USART_ISR; the flags up to IDLE are cleared by the same bits of USART_ICR */
#define USART_ISR_PE (1u << 0)
#define USART_ISR_FE (1u << 1)
#define USART_ISR_NE (1u << 2)
#define USART_ISR_ORE (1u << 3)
#define USART_ISR_IDLE (1u << 4)
#define USART_ISR_RXNE (1u << 5)
#define USART_ISR_TC (1u << 6)
#define USART_ISR_TXE (1u << 7)
#define USART_ISR_TEACK (1u << 21)
#define USART_ISR_REACK (1u << 22)

#define USART_ICR_PECF (1u << 0)
#define USART_ICR_FECF (1u << 1)
#define USART_ICR_NECF (1u << 2)
#define USART_ICR_ORECF (1u << 3)
#define USART_ICR_IDLECF (1u << 4)
#define USART_ICR_TCCF (1u << 6)

#endif
