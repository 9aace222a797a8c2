/*
 * DMA1 and DMA2: memory to memory with its interrupts, a transfer error, a ring and two buffers
 * filled from a serial line, a line of text sent, a pattern put on a port by a timer, and a stream
 * that listens to the wrong request.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/armv7m/cache.h"
#include "board/armv7m/system_control.h"
#include "board/board.h"
#include "board/clock_gate.h"
#include "board/placement.h"
#include "clock_gates.h"
#include "dma_lines.h"
#include "driver/cycle_counter.h"
#include "driver/dma.h"
#include "driver/dma_clock.h"
#include "driver/pin.h"
#include "driver/report.h"
#include "driver/tick.h"
#include "interrupts.h"
#include "main_memory.h"
#include "register/tim.h"
#include "serial_line.h"

#define WORDS 1024u
#define RING_BYTES 32u
#define NOTHING_THERE 0x20200000u /* behind the last SRAM of every board */
#define PATTERN_PIN 5u
#define SERIAL_BAUD 115200u

static DMA_BUFFER uint32_t source[WORDS];
static DMA_BUFFER uint32_t target[WORDS];
static DMA_BUFFER uint8_t ring[RING_BYTES];
#ifdef DMA_HAS_TWO_BUFFERS
static DMA_BUFFER uint8_t buffers[2][RING_BYTES];
#endif
static DMA_BUFFER uint8_t text[RING_BYTES];

struct counts {
    volatile uint32_t half, complete, error;
};

static struct counts copy_counts, serial_counts;

static void count_events(struct counts *counts, struct dma_line line)
{
    const uint32_t events = dma_events(line);
    dma_clear(line, events);
    counts->half += (events & DMA_HALF) != 0u;
    counts->complete += (events & DMA_COMPLETE) != 0u;
    counts->error += (events & DMA_ERROR) != 0u;
}

void DMA_COPY_IRQHandler(void)
{
    count_events(&copy_counts, DMA_LINE_COPY);
}

void DMA_USART3_RX_IRQHandler(void)
{
    count_events(&serial_counts, DMA_LINE_USART3_RX);
}

/* Until the counter reaches the value; false when it does not within a second. */
static bool reaches(const volatile uint32_t *counter, uint32_t value)
{
    const uint32_t start = tick_ms();
    while (*counter < value) {
        if (tick_ms() - start > 1000u) {
            return false;
        }
    }
    return true;
}

static void try_copy(void)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        source[i] = i * 0x9E3779B1u;
        target[i] = 0;
    }
    cache_clean(source, sizeof source);
    cache_clean(target, sizeof target);
    cache_invalidate(target, sizeof target);
    const uint32_t start = cycle_counter_read();
    dma_start(&(struct dma_transfer){
        .line = DMA_LINE_COPY,
        .direction = DMA_COPY,
        .peripheral = source,
        .memory = target,
        .count = WORDS,
        .size = DMA_WORD,
        .interrupt = true,
    });
    const uint32_t early = dma_remaining(DMA_LINE_COPY);
    const bool done = reaches(&copy_counts.complete, 1);
    const uint32_t cycles = cycle_counter_read() - start;
    cache_invalidate(target, sizeof target);
    uint32_t same = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        same += target[i] == source[i];
    }
    report("copy_done", done);
    report("copy_takes_time", early > WORDS / 2u && cycles > WORDS);
    report("copy_same", same);
    report("copy_half", copy_counts.half);
    report("copy_complete", copy_counts.complete);
    report("copy_left", dma_remaining(DMA_LINE_COPY));
}

static void try_error(void)
{
    dma_start(&(struct dma_transfer){
        .line = DMA_LINE_COPY,
        .direction = DMA_COPY,
        .peripheral = source,
        .memory = (void *)NOTHING_THERE,
        .count = 16,
        .size = DMA_WORD,
        .interrupt = true,
    });
    report("error", reaches(&copy_counts.error, 1));
    report("error_complete", copy_counts.complete);
}

static void receive(volatile void *memory, volatile void *second, uint16_t count)
{
    dma_start(&(struct dma_transfer){
        .line = DMA_LINE_USART3_RX,
        .direction = DMA_TO_MEMORY,
        .peripheral = &USART3->USART_RECEIVED,
        .memory = memory,
        .second = second,
        .count = count,
        .size = DMA_BYTE,
        .circular = true,
        .interrupt = true,
    });
}

/* 40 bytes arrive: a ring of 32 is filled, and a quarter of it once more. */
static void try_ring(void)
{
    receive(ring, NULL, RING_BYTES);
    report("ring_ready", 1);
    report("ring_full", reaches(&serial_counts.complete, 1));
    tick_wait_ms(2);
    cache_invalidate(ring, sizeof ring);
    report("ring_half", serial_counts.half);
    report("ring_left", dma_remaining(DMA_LINE_USART3_RX));
    report_text("ring", ring, RING_BYTES);
    dma_stop(DMA_LINE_USART3_RX);
}

/* 64 bytes arrive: 32 for each buffer. */
static void try_two_buffers(void)
{
#ifdef DMA_HAS_TWO_BUFFERS
    serial_counts.complete = 0;
    receive(buffers[0], buffers[1], RING_BYTES);
    report("double_ready", 1);
    report("double_full", reaches(&serial_counts.complete, 2));
    cache_invalidate(buffers, sizeof buffers);
    report_text("double_0", buffers[0], RING_BYTES);
    report_text("double_1", buffers[1], RING_BYTES);
    dma_stop(DMA_LINE_USART3_RX);
#endif
}

static void try_transmit(void)
{
    static const char line[] = "sent by DMA\n";
    for (uint32_t i = 0; i < sizeof line; i++) {
        text[i] = (uint8_t)line[i];
    }
    cache_clean(text, sizeof text);
    dma_start(&(struct dma_transfer){
        .line = DMA_LINE_USART3_TX,
        .direction = DMA_TO_PERIPHERAL,
        .peripheral = &USART3->USART_TRANSMIT,
        .memory = text,
        .count = sizeof line - 1u,
        .size = DMA_BYTE,
    });
    const uint32_t start = cycle_counter_read();
    report("transmit", dma_wait(DMA_LINE_USART3_TX) == (DMA_HALF | DMA_COMPLETE));
    report("transmit_takes_time", cycle_counter_read() - start > 8000u);
}

/*
 * A timer's updates put a pattern on a port, again and again, while the core does nothing for it.
 */
static void try_pattern(uint32_t core_hz)
{
    static DMA_BUFFER uint16_t pattern[16] = {0};
    for (uint32_t i = 0; i < 4u; i++) {
        pattern[i] = 1u << PATTERN_PIN; /* a quarter of the time */
    }
    cache_clean(pattern, sizeof pattern);
    clock_gate_open(CLOCK_GPIOC);
    clock_gate_open(CLOCK_TIM1);
    pin_mode(GPIOC, PATTERN_PIN, GPIO_MODER_OUTPUT);
    TIM1->PSC = core_hz / TIM1_CLOCK_CORE_CLOCKS / 1000000u - 1u;
    TIM1->ARR = 250u - 1u; /* 4 kHz */
    TIM1->DIER = TIM_DIER_UDE;
    dma_start(&(struct dma_transfer){
        .line = DMA_LINE_TIM1_UP,
        .direction = DMA_TO_PERIPHERAL,
        .peripheral = &GPIOC->ODR,
        .memory = pattern,
        .count = 16,
        .size = DMA_HALFWORD,
        .circular = true,
    });
    TIM1->CR1 = TIM_CR1_CEN;
    tick_wait_ms(3);
    report("pattern_events", dma_events(DMA_LINE_TIM1_UP));
    tick_wait_ms(2);
    report("pattern_events", dma_events(DMA_LINE_TIM1_UP));
}

/* The classic: the stream is right, the channel (the request's number) is not. */
static void try_wrong_request(void)
{
    struct dma_line wrong = DMA_LINE_USART3_RX;
    wrong.request -= 1;
    dma_start(&(struct dma_transfer){
        .line = wrong,
        .direction = DMA_TO_MEMORY,
        .peripheral = &USART3->USART_RECEIVED,
        .memory = ring,
        .count = RING_BYTES,
        .size = DMA_BYTE,
    });
    report("wrong_ready", 1);
    tick_wait_ms(5);
    report("wrong_left", dma_remaining(wrong));
}

int main(void)
{
    const struct clock_tree clock = board_start();
    dma_clock_open(CLOCK_DMA1);
    dma_clock_open(CLOCK_DMA2);
    nvic_enable(INTERRUPT_DMA_COPY);
    nvic_enable(INTERRUPT_DMA_USART3_RX);
    serial_line_start(clock.apb1_hz, SERIAL_BAUD);

    try_copy();
    try_error();
    try_transmit();
    try_ring();
    try_two_buffers();
    try_main_memory_dma();
    try_pattern(clock.core_hz);
    try_wrong_request();
    report_done();
}
