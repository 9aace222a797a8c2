#ifndef APP_SERIAL_LINE_H
#define APP_SERIAL_LINE_H

/* USART3 with both directions left to DMA. */

#include "board/board.h"
#include "clock_gates.h"
#include "driver/usart_port.h"

static inline void serial_line_start(uint32_t clock_hz, uint32_t baud)
{
    clock_gate_open(CLOCK_USART3);
    USART3->BRR = (clock_hz + baud / 2u) / baud;
    USART3->CR3 = USART_CR3_DMAR | USART_CR3_DMAT;
    USART3->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
}

#endif
