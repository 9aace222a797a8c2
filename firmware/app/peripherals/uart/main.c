/*
 * USART3 on PB10 (TX) and PB11 (RX): a line echoed by interrupts; frames with noise, framing and
 * parity errors, a break; an overrun; messages of any length through a ring filled by DMA, each ended
 * by an idle line; the FIFO, where there is one; and LPUART1, where there is one.
 *
 * Each part says on the console when it listens, and then what it found.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/cache.h"
#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "dma_lines.h"
#include "driver/console.h"
#include "driver/dma.h"
#include "driver/dma_clock.h"
#include "driver/pin.h"
#include "driver/report.h"
#include "driver/tick.h"
#include "driver/usart_port.h"
#include "interrupts.h"
#include "low_power.h"
#include "placement.h"

#define BAUD 115200u
#define AF7_USART3 7u
#define LINE_BYTES 64u
#define RING_BYTES 32u
#define MESSAGES 3u
#define WITH_PARITY (USART_CR1_M | USART_CR1_PCE) /* eight bits of data and an even parity bit */

enum mode { MODE_OFF, MODE_ECHO, MODE_COUNT, MODE_RING };

static volatile enum mode mode;
static volatile uint8_t line[LINE_BYTES];
static volatile uint32_t line_size;  /* bytes so far */
static volatile bool line_complete;
static volatile uint32_t line_sent;  /* bytes of the echo */
static volatile uint32_t parity, framing, noise, overrun;

static DMA_BUFFER uint8_t ring[RING_BYTES];
static uint32_t ring_read;            /* where the next message begins */
static volatile uint32_t idle_lines;

static void receive(uint32_t status)
{
    parity += (status & USART_PE) != 0u;
    framing += (status & USART_FE) != 0u;
    noise += (status & USART_NE) != 0u;
    overrun += (status & USART_ORE) != 0u;
    const uint8_t byte = usart_take(USART3, status);
    if ((status & USART_RXNE) == 0u) {
        return;
    }
    if (byte == '\n') {
        line_complete = true;
        if (mode == MODE_ECHO) {
            USART3->CR1 |= USART_CR1_TXEIE;
        }
    } else if (line_size < LINE_BYTES) {
        line[line_size++] = byte;
    }
}

static void send_next(void)
{
    if (line_sent < line_size) {
        USART3->USART_TRANSMIT = line[line_sent++];
    } else {
        USART3->USART_TRANSMIT = '\n';
        USART3->CR1 &= ~USART_CR1_TXEIE;
    }
}

void USART3_IRQHandler(void);

void USART3_IRQHandler(void)
{
    const uint32_t status = usart_flags(USART3);
    if (mode == MODE_RING) {
        idle_lines += (status & USART_IDLE) != 0u;
        (void)usart_take(USART3, status); /* DMA has taken the bytes: this clears the flags only */
        return;
    }
    if ((status & (USART_RXNE | USART_ORE)) != 0u) {
        receive(status);
    }
    if ((USART3->CR1 & USART_CR1_TXEIE) != 0u && (status & USART_TXE) != 0u) {
        send_next();
    }
}

static void listen(enum mode how, uint32_t cr1, uint32_t cr3)
{
    USART3->CR1 = 0;
    mode = how;
    line_size = line_sent = 0;
    line_complete = false;
    parity = framing = noise = overrun = 0;
    USART3->CR3 = cr3;
    USART3->CR1 = cr1 | USART_CR1_TE | USART_CR1_RE;
    USART3->CR1 |= USART_CR1_UE;
}

static void wait_for_line(void)
{
    while (!line_complete) {
        wait_for_interrupt();
    }
}

static void report_flaws(void)
{
    report("bytes", line_size);
    report("parity", parity);
    report("framing", framing);
    report("noise", noise);
    report("overrun", overrun);
}

static void try_echo(void)
{
    listen(MODE_ECHO, USART_CR1_RXNEIE, 0);
    console_text("listening=echo\n");
    wait_for_line();
    while ((USART3->CR1 & USART_CR1_TXEIE) != 0u || (usart_flags(USART3) & USART_TC) == 0u) {
    }
    report_text("echo", line, line_size);
}

static void try_flaws(const char *what, uint32_t cr1)
{
    listen(MODE_COUNT, cr1 | USART_CR1_RXNEIE | USART_CR1_PEIE, USART_CR3_EIE);
    console_text(what);
    wait_for_line();
    report_flaws();
}

/* Nobody reads for a while: the first byte stays, the others are lost. */
static void try_overrun(void)
{
    listen(MODE_COUNT, 0, 0);
    console_text("listening=overrun\n");
    tick_wait_ms(20);
    const uint32_t status = usart_flags(USART3);
    const uint8_t kept = usart_take(USART3, status);
    report("overrun", (status & USART_ORE) != 0u);
    report_text("kept", &kept, 1);
    report("empty", (usart_flags(USART3) & (USART_RXNE | USART_ORE)) == 0u);
}

static void report_message(void)
{
    uint8_t message[RING_BYTES];
    uint32_t size = 0;
    const uint32_t written = RING_BYTES - dma_remaining(DMA_LINE_USART3_RX);
    cache_invalidate(ring, sizeof ring);
    while (ring_read != written % RING_BYTES) {
        message[size++] = ring[ring_read];
        ring_read = (ring_read + 1u) % RING_BYTES;
    }
    report_text("message", message, size);
}

static void try_ring(void)
{
    const struct dma_transfer transfer = {
        .line = DMA_LINE_USART3_RX,
        .direction = DMA_TO_MEMORY,
        .peripheral = &USART3->USART_RECEIVED,
        .memory = ring,
        .count = RING_BYTES,
        .size = DMA_BYTE,
        .circular = true,
    };
    listen(MODE_RING, USART_CR1_IDLEIE, USART_CR3_DMAR);
    tick_wait_ms(2); /* an idle line that was there before is not an end */
    idle_lines = 0;
    dma_start(&transfer);
    console_text("listening=ring\n");
    for (uint32_t told = 0; told < MESSAGES;) {
        wait_for_interrupt();
        if (idle_lines > told) {
            told++;
            report_message();
        }
    }
    dma_stop(DMA_LINE_USART3_RX);
}

/* As the overrun, but there is room for eight. */
static void try_fifo(void)
{
#ifdef USART_CR1_FIFOEN
    listen(MODE_COUNT, USART_CR1_FIFOEN, 0);
    if ((USART3->CR1 & USART_CR1_FIFOEN) == 0u) {
        console_text("fifo=none\n");
        return;
    }
    console_text("listening=fifo\n");
    tick_wait_ms(20);
    report("overrun", (usart_flags(USART3) & USART_ORE) != 0u);
    uint32_t status;
    while (((status = usart_flags(USART3)) & USART_RXNE) != 0u) {
        line[line_size++] = usart_take(USART3, status);
    }
    report_text("fifo", line, line_size);
#else
    console_text("fifo=none\n");
#endif
}

int main(void)
{
    const struct clock_tree clock = board_start();
    clock_gate_open(CLOCK_GPIOB);
    clock_gate_open(CLOCK_USART3);
    dma_clock_open(CLOCK_DMA1);
    pin_pull_up(GPIOB, 11);
    pin_connect(GPIOB, 10, AF7_USART3);
    pin_connect(GPIOB, 11, AF7_USART3);
    USART3->BRR = (clock.apb1_hz + BAUD / 2u) / BAUD;
    nvic_enable(INTERRUPT_USART3);

    try_echo();
    try_flaws("listening=flaws\n", 0);
    try_flaws("listening=parity\n", WITH_PARITY);
    try_overrun();
    try_ring();
    try_fifo();
    try_low_power(clock.apb1_hz);
    report_done();
}
