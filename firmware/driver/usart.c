#include "usart.h"

#include "board/armv7m/system_control.h"
#include "interrupts.h"
#include "usart_port.h"

/* A byte takes 5208 core clocks at 921600 baud on the fastest board; a poll takes at least four. */
#define TRANSMIT_POLLS 4000u

uint32_t usart_start(uint32_t clock_hz, uint32_t baud)
{
    /* With 16 samples a bit, BRR is clock / baud: in generation 1 a fixed-point number of sixteenths
     * (RM0090 30.3.4), in generation 2 the quotient itself (RM0440 37.5.7). */
    const uint32_t divider = (clock_hz + baud / 2u) / baud;
    USART2->CR1 = 0;
    USART2->CR2 = 0;
    USART2->CR3 = 0;
    USART2->BRR = divider;
    USART2->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
    nvic_enable(INTERRUPT_USART2);
    return clock_hz / divider;
}

bool usart_write(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint32_t polls = TRANSMIT_POLLS;
        while ((usart_flags(USART2) & USART_TXE) == 0u) {
            if (polls-- == 0u) {
                return false;
            }
        }
        USART2->USART_TRANSMIT = (uint8_t)bytes[i];
    }
    return true;
}

enum usart_status usart_receive(uint8_t *byte)
{
    const uint32_t flags = usart_flags(USART2);
    if ((flags & (USART_RXNE | USART_ORE)) == 0u) {
        return USART_NOTHING;
    }
    *byte = usart_take(USART2, flags);
    if ((flags & USART_ORE) != 0u) {
        return USART_OVERRUN;
    }
    return (flags & USART_FE) != 0u ? USART_FRAMING : USART_BYTE;
}

void usart_receive_interrupt(bool on)
{
    if (on) {
        USART2->CR1 |= USART_CR1_RXNEIE;
    } else {
        USART2->CR1 &= ~USART_CR1_RXNEIE;
    }
}
