#include "low_power.h"

#include "clock_gates.h"
#include "driver/console.h"
#include "driver/pin.h"
#include "driver/report.h"
#include "driver/usart_port.h"

#ifdef LPUART1_BASE

#define LPUART1 ((struct usart_registers *)LPUART1_BASE)
#define BAUD 115200u

static void connect_pins(void)
{
#ifdef BDMA_BASE /* STM32H743: PA9, PA10, alternate function 3 (DS12110 table 9) */
    pin_connect(GPIOA, 9, 3);
    pin_connect(GPIOA, 10, 3);
#else /* STM32G474: PC1, PC0, alternate function 8 (DS12288 table 13) */
    clock_gate_open(CLOCK_GPIOC);
    pin_connect(GPIOC, 1, 8);
    pin_connect(GPIOC, 0, 8);
#endif
}

void try_low_power(uint32_t clock_hz)
{
    clock_gate_open(CLOCK_LPUART1);
    /* BRR is 256 clocks / baud (RM0440 38.4.7); its 20 bits ask for at least three clocks a bit. */
    LPUART1->BRR = (uint32_t)((256ull * clock_hz + BAUD / 2u) / BAUD);
    LPUART1->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
    connect_pins();
    console_text("listening=lpuart\n");
    while ((usart_flags(LPUART1) & USART_RXNE) == 0u) {
    }
    const uint32_t status = usart_flags(LPUART1);
    const uint8_t byte = usart_take(LPUART1, status);
    report_text("lpuart", &byte, 1);
    report("framing", (status & USART_FE) != 0u);
    LPUART1->USART_TRANSMIT = byte;
    LPUART1->USART_TRANSMIT = '\n';
}

#else

void try_low_power(uint32_t clock_hz)
{
    (void)clock_hz;
    console_text("lpuart=none\n");
}

#endif
