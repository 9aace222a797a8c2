/* block.h - what the block*.c files share with each other only: a block that is being built. */
#ifndef SIMGATE_BLOCK_H
#define SIMGATE_BLOCK_H

#include "code_cache.h"

enum {
    CHAIN_LIMIT = 8, /* blocks decoded ahead along fall-throughs */
    OPENING = 5,     /* an IT block is one unit: IT and up to four */
};

struct link {
    uint32_t op; /* the branch whose target is not decoded */
    uint32_t target;
};

struct builder {
    struct cpu *cpu;
    struct code_cache *cache;
    struct entry entries[BLOCK_LIMIT + OPENING];
    unsigned count;
    struct link links[CHAIN_LIMIT * 2 + 2];
    unsigned link_count;
};

/* What ended the collection of a block. */
enum ending { ENDING_BRANCH, ENDING_NEXT, ENDING_STOP, ENDING_STEP, ENDING_FETCH };

/* ---- block_collect.c ---- */
enum ending block_collect(struct builder *builder, uint32_t pc, uint32_t *next);
bool block_may_fall_through(const struct entry *last);
bool has_direct_target(const struct instruction *in);

/* ---- block_flags.c ---- */
void block_find_dead_flags(struct builder *builder);

#endif
