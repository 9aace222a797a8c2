#ifndef BOARD_PLACEMENT_H
#define BOARD_PLACEMENT_H

/* Where a variable goes, if it matters. Both are cleared at start-up, like any other. */

/*
 * DMA1 and DMA2 reach it, and it begins on a cache line of its own. Its size must be a multiple of
 * CACHE_LINE_BYTES where the data cache is maintained for it (board/armv7m/cache.h).
 */
#define DMA_BUFFER __attribute__((section(".dma_bss"), aligned(32)))

/* The core alone reaches it, without wait states and past every cache. */
#define CORE_ONLY __attribute__((section(".ccm_bss")))

#endif
