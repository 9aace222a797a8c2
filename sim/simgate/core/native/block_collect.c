/* block_collect.c - reads and decodes the instructions of a block. */
#include "block.h"
#include "decode.h"

bool code_decode(struct cpu *cpu, uint32_t pc, bool in_it, struct instruction *instruction)
{
    uint16_t first, second = 0;

    if (memory_fetch(cpu, pc, &first) != FAULT_NONE)
        return false;
    if (instruction_size(first) == 4 && memory_fetch(cpu, pc + 2, &second) != FAULT_NONE)
        return false;
    decode(instruction, pc, first, second, in_it, (enum fpu)cpu->fpu);
    return true;
}

void fault_fetch(struct cpu *cpu, uint32_t pc)
{
    uint16_t halfword;
    const enum fault_kind first = memory_fetch(cpu, pc, &halfword);
    const uint32_t at = first != FAULT_NONE ? pc : pc + 2;

    cpu->fault = (struct fault){.kind = memory_fetch(cpu, at, &halfword), .pc = pc, .address = at,
                                .width = 2};
}

static bool ends_block(const struct instruction *in)
{
    switch (in->kind) {
    case K_UNDEFINED: case K_UNSUPPORTED: case K_NO_COPROCESSOR: case K_FP_UNDEFINED:
    case K_TABLE_BRANCH: case K_B: case K_B_COND: case K_BL: case K_BX: case K_BLX:
    case K_CBZ: case K_CBNZ: case K_MOV_PC: case K_ADD_PC:
    case K_SVC: case K_BKPT: case K_WFI: case K_WFE: case K_MSR:
        return true;
    case K_LOAD: case K_LOAD_LITERAL:
        return in->rd == 15;
    case K_LOAD_MULTIPLE:
        return (in->imm & 0x8000u) != 0;
    default:
        return false;
    }
}

bool block_may_fall_through(const struct entry *last)
{
    switch (last->instruction.kind) {
    case K_B_COND: case K_CBZ: case K_CBNZ:
        return true;
    default:
        return last->condition != 14 || !ends_block(&last->instruction);
    }
}

/* Adds the instruction at `pc`; false: nothing executable there. */
static bool take(struct builder *builder, uint32_t pc, uint8_t itstate)
{
    struct entry *entry = &builder->entries[builder->count];
    bool in_it = itstate != 0;

    if (!code_decode(builder->cpu, pc, in_it, &entry->instruction))
        return false;
    struct instruction *in = &entry->instruction;
    if (in_it && (in->kind == K_IT || in->kind == K_B_COND || in->kind == K_CBZ ||
                  in->kind == K_CBNZ || in->kind == K_CPS ||
                  (ends_block(in) && it_advance(itstate) != 0 && in->kind != K_UNDEFINED &&
                   in->kind != K_BKPT && in->kind != K_SVC && in->kind != K_WFI &&
                   in->kind != K_WFE && in->kind != K_MSR && in->kind != K_NO_COPROCESSOR &&
                   in->kind != K_FP_UNDEFINED)))
        in->kind = K_UNSUPPORTED; /* UNPREDICTABLE in an IT block */
    entry->pc = pc;
    entry->itstate = itstate;
    entry->condition = in_it ? itstate >> 4 : 14;
    entry->flags_dead = false;
    builder->count++;
    return true;
}

/* Adds an IT and its instructions as one; false: it has to be stepped through. */
static bool take_it_block(struct builder *builder)
{
    unsigned start = builder->count - 1;
    const struct entry *it = &builder->entries[start];
    uint8_t itstate = (uint8_t)it->instruction.imm;
    uint32_t pc = it->pc + 2;

    while (itstate != 0) {
        if (code_has_stop(builder->cpu->code, pc) || !take(builder, pc, itstate))
            break;
        const struct entry *entry = &builder->entries[builder->count - 1];
        if (entry->instruction.kind == K_UNSUPPORTED || entry->instruction.kind == K_BKPT)
            break;
        pc += entry->instruction.size;
        itstate = it_advance(itstate);
        if (ends_block(&entry->instruction) && itstate != 0)
            break;
    }
    if (itstate == 0)
        return true;
    builder->count = start;
    return false;
}

/* Blocks are kept short, for what a deadline inside one costs, but a kernel's run of multiplications
 * is not cut. */
static bool is_long_enough(const struct builder *builder)
{
    if (builder->count < BLOCK_LENGTH || builder->count >= BLOCK_LIMIT)
        return builder->count >= BLOCK_LIMIT;
    switch (builder->entries[builder->count - 1].instruction.kind) {
    case K_SMUAD: case K_EXTEND: case K_LOAD_DUAL: case K_LOAD_MULTIPLE:
        return false;
    default:
        return true;
    }
}

enum ending block_collect(struct builder *builder, uint32_t pc, uint32_t *next)
{
    builder->count = 0;
    for (;;) {
        *next = pc;
        if (code_has_stop(builder->cache, pc))
            return builder->count == 0 ? ENDING_STOP : ENDING_NEXT;
        if (is_long_enough(builder))
            return ENDING_NEXT;
        if (!take(builder, pc, 0))
            return builder->count == 0 ? ENDING_FETCH : ENDING_NEXT;
        const struct entry *entry = &builder->entries[builder->count - 1];
        if (entry->instruction.kind == K_IT && !take_it_block(builder))
            return builder->count == 0 ? ENDING_STEP : ENDING_NEXT;
        entry = &builder->entries[builder->count - 1];
        pc = entry->pc + entry->instruction.size;
        *next = pc;
        if (ends_block(&entry->instruction))
            return ENDING_BRANCH;
    }
}

bool has_direct_target(const struct instruction *in)
{
    return in->kind == K_B || in->kind == K_B_COND || in->kind == K_BL || in->kind == K_CBZ ||
           in->kind == K_CBNZ;
}
