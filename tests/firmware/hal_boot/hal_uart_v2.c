/* hal_uart_v2.c - USART2 with ISR, RDR and TDR (F7, G4, H7): polled transmission, reception by interrupt. */
#include "device.h"
#include "hal.h"
#include "received.h"

void hal_uart_init(uint32_t baud)
{
    hal_uart_clock();
    USART2->CR1 &= ~1u; /* UE */
    USART2->CR1 = (USART2->CR1 & ~(1u << 28 | 1u << 15 | 1u << 12 | 1u << 10 | 1u << 9)) | 3u << 2;
    USART2->CR2 &= ~(3u << 12 | 1u << 14 | 1u << 11);
    USART2->CR3 &= ~(1u << 11 | 1u << 9 | 1u << 8 | 1u << 5 | 1u << 3 | 1u << 1);
    USART2->BRR = (hal_uart_clock_hz() + baud / 2u) / baud;
    USART2->CR1 |= 1u;
    (void)hal_wait_for(&USART2->ISR, USART_ACKNOWLEDGED, USART_ACKNOWLEDGED);
}

static hal_status wait_for_flag(uint32_t flag, uint32_t start, uint32_t timeout_ms)
{
    while ((USART2->ISR & flag) == 0) {
        if (hal_get_tick() - start > timeout_ms) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

hal_status hal_uart_transmit(const uint8_t *bytes, uint32_t count, uint32_t timeout_ms)
{
    const uint32_t start = hal_get_tick();
    while (count-- > 0) {
        if (wait_for_flag(1u << 7, start, timeout_ms) != HAL_OK) {
            return HAL_TIMEOUT;
        }
        USART2->TDR = *bytes++;
    }
    return wait_for_flag(1u << 6, start, timeout_ms);
}

void hal_uart_receive_interrupt(void)
{
    NVIC_IPR[USART2_IRQ] = 5u << 4;
    NVIC_ISER[USART2_IRQ >> 5] = 1u << (USART2_IRQ & 31u);
    USART2->CR3 |= 1u;               /* noise, framing, overrun */
    USART2->CR1 |= 1u << 8 | 1u << 5; /* parity errors, RXNE */
}

void USART2_IRQHandler(void)
{
    const uint32_t status = USART2->ISR;
    if ((status & 0xFu) == 0 && (status & USART2->CR1 & 1u << 5) != 0) {
        received_put((uint8_t)USART2->RDR);
    }
}
