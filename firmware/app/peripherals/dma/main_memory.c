#include "main_memory.h"

#include "board/armv7m/cache.h"
#include "board/clock_gate.h"
#include "board/placement.h"
#include "clock_gates.h"
#include "dma_lines.h"
#include "driver/report.h"
#include "memory_map.h"

#ifdef MDMA_BASE

#include "register/dma_streams.h"
#include "register/mdma.h"

#define COLUMNS 8u
#define LINES 4u
#define PICTURE_COLUMNS 16u
#define WORDS 64u

static CORE_ONLY uint32_t coupled[WORDS]; /* in the DTCM */
static DMA_BUFFER uint32_t words[WORDS];
static DMA_BUFFER uint32_t chained[WORDS];
static DMA_BUFFER uint8_t picture[LINES * PICTURE_COLUMNS];
static DMA_BUFFER uint8_t window[LINES * COLUMNS];
static DMA_BUFFER struct mdma_node node;

static struct mdma_node node_of(uint32_t tcr, uint32_t size, const volatile void *from,
                                volatile void *to)
{
    return (struct mdma_node){
        .tcr = tcr,
        .bndtr = size,
        .sar = (uint32_t)(uintptr_t)from,
        .dar = (uint32_t)(uintptr_t)to,
    };
}

static void set_up(const struct mdma_node *first)
{
    struct mdma_channel_registers *const channel = &MDMA_CHANNEL[0];
    channel->CR = 0;
    channel->IFCR = 0x1F;
    channel->TCR = first->tcr;
    channel->BNDTR = first->bndtr;
    channel->SAR = first->sar;
    channel->DAR = first->dar;
    channel->BRUR = first->brur;
    channel->LAR = first->lar;
    channel->TBR = first->tbr;
    channel->MAR = first->mar;
    channel->MDR = first->mdr;
    __asm volatile("dsb" ::: "memory");
    channel->CR = MDMA_CR_EN;
    if ((first->tcr & MDMA_TCR_SWRM) != 0u) {
        channel->CR = MDMA_CR_EN | MDMA_CR_SWRQ;
    }
}

static uint32_t wait_for_end(void)
{
    uint32_t flags;
    do {
        flags = MDMA_CHANNEL[0].ISR;
    } while ((flags & (MDMA_CTCIF | MDMA_TEIF)) == 0u);
    return flags;
}

static uint32_t same_words(const volatile uint32_t *a, const volatile uint32_t *b)
{
    uint32_t same = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        same += a[i] == b[i];
    }
    return same;
}

/* From the memory that DMA1 and DMA2 do not reach; with the wrong bus it is not there. */
static void try_coupled_memory(void)
{
    const uint32_t block =
        MDMA_TCR_UPWARDS | MDMA_TCR_WORDS | MDMA_TCR_TRGM_BLOCK | MDMA_TCR_SWRM;
    for (uint32_t i = 0; i < WORDS; i++) {
        coupled[i] = i + 1000u;
    }
    struct mdma_node first = node_of(block, sizeof words, coupled, words);
    set_up(&first);
    report("mdma_wrong_bus", (wait_for_end() & MDMA_TEIF) != 0u);
    first.tbr = MDMA_TBR_SBUS;
    set_up(&first);
    report("mdma_coupled", (wait_for_end() & MDMA_TEIF) == 0u);
    cache_invalidate(words, sizeof words);
    report("mdma_coupled_same", same_words(words, coupled));
}

/* A window of a picture, line by line. */
static void try_window(void)
{
    for (uint32_t i = 0; i < sizeof picture; i++) {
        picture[i] = (uint8_t)i;
    }
    cache_clean(picture, sizeof picture);
    struct mdma_node first =
        node_of(MDMA_TCR_UPWARDS | MDMA_TCR_TRGM_REPEATED | MDMA_TCR_SWRM,
                COLUMNS | (LINES - 1u) << MDMA_BNDTR_BRC_SHIFT, &picture[4], window);
    first.brur = PICTURE_COLUMNS - COLUMNS;
    set_up(&first);
    (void)wait_for_end();
    cache_invalidate(window, sizeof window);
    uint32_t right = 0;
    for (uint32_t i = 0; i < sizeof window; i++) {
        right += window[i] == i / COLUMNS * PICTURE_COLUMNS + i % COLUMNS + 4u;
    }
    report("mdma_window", right);
}

/* A list of two nodes. */
static void try_list(void)
{
    const uint32_t whole =
        MDMA_TCR_UPWARDS | MDMA_TCR_WORDS | MDMA_TCR_TRGM_WHOLE | MDMA_TCR_SWRM;
    const uint32_t half = sizeof words / 2u;
    node = node_of(whole, half, &words[WORDS / 2u], &chained[WORDS / 2u]);
    cache_clean(&node, sizeof node);
    struct mdma_node first = node_of(whole, half, words, chained);
    first.lar = (uint32_t)(uintptr_t)&node;
    set_up(&first);
    (void)wait_for_end();
    cache_invalidate(chained, sizeof chained);
    report("mdma_list", same_words(chained, words));
}

/* DMA2 copies into the AXI SRAM; its end makes MDMA take the words to the DTCM. */
static void try_chain(void)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        words[i] = i ^ 0x5A5A0000u;
        coupled[i] = 0;
    }
    cache_clean(words, sizeof words);
    struct mdma_node first = node_of(
        MDMA_TCR_UPWARDS | MDMA_TCR_WORDS | MDMA_TCR_TRGM_BLOCK, sizeof chained, chained, coupled);
    first.tbr = MDMA_TBR_DBUS | MDMA_TBR_DMA2_TCIF0;
    first.mar = (uint32_t)(uintptr_t)&DMA2->IFCR[0];
    first.mdr = DMA_TCIF;
    dma_start(&(struct dma_transfer){
        .line = DMA_LINE_COPY,
        .direction = DMA_COPY,
        .peripheral = words,
        .memory = chained,
        .count = WORDS,
        .size = DMA_WORD,
    });
    set_up(&first);
    (void)wait_for_end();
    report("mdma_chain", same_words(coupled, words));
    report("mdma_chain_cleared", (dma_events(DMA_LINE_COPY) & DMA_COMPLETE) == 0u);
}

void try_main_memory_dma(void)
{
    clock_gate_open(CLOCK_MDMA);
    try_coupled_memory();
    try_window();
    try_list();
    try_chain();
}

#else

void try_main_memory_dma(void)
{
}

#endif
