/* block_step.c - single instructions, for what has to be stepped through. */
#include "block.h"

struct op *code_step(struct cpu *cpu, const struct instruction *instruction)
{
    struct code_cache *cache = cpu->code;
    uint32_t pc = cpu->r[15], index = (pc >> 1) % STEP_SLOTS;
    struct step_slot *slot = &cache->step_slots[index];
    struct op *head = &cache->ops[index * STEP_SLOT_OPS], *op = head + 1;
    bool in_it = cpu->itstate != 0;
    struct instruction used = *instruction;

    cache->positions[op - cache->ops] = (struct op_position){
        .pc = pc, .itstate = cpu->itstate, .behind = 0, .size = instruction->size};
    if (slot->valid && slot->pc == pc && slot->in_it == in_it && slot->view == cpu->view)
        return head;
    *slot = (struct step_slot){.pc = pc, .valid = true, .in_it = in_it,
                               .view = cpu->view};
    *head = (struct op){.run = enter_block, .imm = 1};
    head->pc = pc;
    memory_mark_code(cpu, pc, instruction->size);
    struct binding binding = {.instruction = &used, .pc = pc, .cpu = cpu};
    bind_instruction(op, &binding);
    op[1] = (struct op){.run = step_exit};
    if (has_direct_target(instruction)) {
        op[2] = (struct op){.run = untaken_exit};
        /* To a head that no budget pays: leaves for the target. */
        op_aim(op, op + 3);
        op[3] = (struct op){.run = enter_block, .imm = BLOCK_LIMIT};
        op[3].pc = instruction->imm;
    }
    return head;
}
