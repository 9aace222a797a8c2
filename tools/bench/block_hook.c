/* block_hook.c - what a compiled Unicorn block hook costs at the least: exact instruction counts
 * from the lengths of each block's Thumb instructions, decoded once, and the lowest SP.
 * Built by unicorn_peer.py with the host's C compiler.
 */
#include <stddef.h>
#include <stdint.h>

typedef int (*register_read)(void *engine, int identifier, void *value);

struct block_counter {
    uint64_t instructions;
    uint32_t lowest_sp;
    uint32_t code_base;
    uint32_t code_size;
    const uint8_t *code;      /* the code's bytes, for decoding lengths */
    uint16_t *block_lengths;  /* one an halfword of code: instructions in the block, 0 = unknown */
    register_read read_register;
    int sp_identifier;
};

static uint16_t count_instructions(const uint8_t *code, uint32_t size)
{
    uint16_t count = 0;
    for (uint32_t at = 0; at < size; count++) {
        uint16_t first = (uint16_t)(code[at] | code[at + 1] << 8);
        at += (first >> 11) >= 0x1D ? 4 : 2; /* 0b11101, 0b11110, 0b11111 open 32-bit encodings */
    }
    return count;
}

/* The type of UC_CB_HOOKCODE_T. */
void count_block(void *engine, uint64_t address, uint32_t size, void *user);

void count_block(void *engine, uint64_t address, uint32_t size, void *user)
{
    struct block_counter *counter = user;
    uint32_t offset = (uint32_t)address - counter->code_base;
    if (offset + size > counter->code_size) {
        return;
    }
    uint16_t *length = &counter->block_lengths[offset / 2];
    if (*length == 0) {
        *length = count_instructions(counter->code + offset, size);
    }
    counter->instructions += *length;
    uint32_t sp = 0;
    counter->read_register(engine, counter->sp_identifier, &sp);
    if (sp < counter->lowest_sp) {
        counter->lowest_sp = sp;
    }
}
