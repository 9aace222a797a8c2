/* exception_frame.c - the frame that entry pushes and return pops (DDI 0403, B1.5.6 to B1.5.8). */
#include "exception.h"

#include <string.h>

#include "memory.h"

enum {
    CCR_STKALIGN = 1u << 9,
    XPSR_ALIGN = 1u << 9,
    XPSR_T = 1u << 24,
    BASIC_WORDS = 8,
    BASIC_FRAME = 0x20,
    EXTENDED_FRAME = 0x68,
    EXC_RETURN_BASIC = 1u << 4,
};

#define APSR_BITS UINT32_C(0xF80F0000)

/* Words in one granule of plain memory are copied at once; anything else goes word by word. */
bool frame_store(struct cpu *cpu, uint32_t address, const uint32_t *words, unsigned count)
{
    const struct granule *granule = &cpu->granules[address >> GRANULE_BITS];
    const uint32_t offset = address % GRANULE_SIZE;

    if (offset + 4 * count <= granule->write_size) {
        memcpy(granule->host + offset, words, 4 * count);
        return true;
    }
    for (unsigned n = 0; n < count; n++) {
        if (!memory_store(cpu, address + 4 * n, 4, words[n])) {
            return false;
        }
    }
    return true;
}

bool frame_load(struct cpu *cpu, uint32_t address, uint32_t *words, unsigned count)
{
    const struct granule *granule = &cpu->granules[address >> GRANULE_BITS];
    const uint32_t offset = address % GRANULE_SIZE;

    if (offset + 4 * count <= granule->read_size) {
        memcpy(words, granule->host + offset, 4 * count);
        return true;
    }
    for (unsigned n = 0; n < count; n++) {
        if (!memory_load(cpu, address + 4 * n, 4, &words[n])) {
            return false;
        }
    }
    return true;
}

uint32_t exception_xpsr(const struct cpu *cpu)
{
    return cpu->apsr | (uint32_t)(cpu->itstate & 3u) << 25 | (uint32_t)(cpu->itstate & 0xFCu) << 8
           | (cpu->system->no_thumb ? 0 : XPSR_T) | cpu->ipsr;
}

/* Sets SP, checks it against the stack's limit; false: it overran, and SP is as before. */
static bool move_sp(struct cpu *cpu, uint32_t sp)
{
    const uint32_t before = cpu->r[13];

    cpu->r[13] = sp;
    if (UNUSUAL(sp < cpu->sp_floor)) {
        cpu->fault.kind = FAULT_NONE;
        cpu_note_sp(cpu);
        if (cpu->fault.kind != FAULT_NONE) {
            cpu->r[13] = before;
            return false;
        }
    }
    return true;
}

static bool store_frame(struct cpu *cpu, uint32_t frame, bool extended, uint32_t xpsr)
{
    const uint32_t words[BASIC_WORDS] = {
        cpu->r[0],  cpu->r[1],  cpu->r[2],  cpu->r[3],
        cpu->r[12], cpu->r[14], cpu->r[15], xpsr,
    };
    const bool basic = frame_store(cpu, frame, words, BASIC_WORDS);
    const struct fault fault = cpu->fault;

    if (!extended) {
        return basic;
    }
    const bool all = fp_context_push(cpu, frame + BASIC_FRAME) && basic; /* reserved in any case */
    if (!basic) {
        cpu->fault = fault;
    }
    return all;
}

bool frame_push(struct cpu *cpu, uint32_t *code)
{
    const bool extended = cpu->control & CONTROL_FPCA;
    const bool align = extended || (cpu->system->scb.ccr & CCR_STKALIGN);
    const uint32_t before = cpu->r[13];
    const bool odd = align && (before & 4u);
    const uint32_t size = extended ? EXTENDED_FRAME : BASIC_FRAME;
    const uint32_t frame = (before - size) & ~(align ? 4u : 0u);

    refresh_sp_floor(cpu);
    if (UNUSUAL(!move_sp(cpu, frame)
                || (!store_frame(cpu, frame, extended,
                                 exception_xpsr(cpu) | (odd ? XPSR_ALIGN : 0))
                    && !cpu->system->stacking_fails))) {
        cpu->r[13] = before;
        cpu->fault.pc = cpu->r[15];
        cpu->fault.during = DURING_STACKING;
        return false;
    }
    *code = 0xFFFFFFE1u | (extended ? 0 : EXC_RETURN_BASIC)
            | (cpu->ipsr == 0 ? 8u : 0) | (cpu_uses_process_stack(cpu) ? 4u : 0);
    return true;
}

/* The mode is not that of the context that came from the frame: it is there again (B1.5.8). */
static bool refuse_context(struct cpu *cpu, uint32_t frame, bool extended)
{
    if (extended) {
        fp_context_push(cpu, frame + BASIC_FRAME);
    }
    return exception_illegal_return(cpu);
}

bool frame_pop(struct cpu *cpu, uint32_t code)
{
    const bool extended = !(code & EXC_RETURN_BASIC);
    const bool align = extended || (cpu->system->scb.ccr & CCR_STKALIGN);
    const bool to_thread = code & 8u;
    const bool privileged = !to_thread || !(cpu->control & CONTROL_NPRIV);
    const uint32_t frame = code & 4u ? cpu->sp_process : cpu->r[13];
    const uint32_t pc = cpu->fault.pc;
    uint32_t words[BASIC_WORDS];

    view_memory_as(cpu, privileged, cpu->system->execution_priority < 0);
    const bool ok = frame_load(cpu, frame, words, BASIC_WORDS)
                    && (!extended || fp_context_pop(cpu, frame + BASIC_FRAME, privileged));
    if (UNUSUAL(!ok)) {
        cpu->fault.pc = pc;
        cpu->fault.during = DURING_UNSTACKING;
        return false;
    }
    const uint32_t xpsr = words[7], number = xpsr & 0x1FFu;
    memcpy(cpu->r, words, 4 * sizeof words[0]);
    cpu->r[12] = words[4];
    if (UNUSUAL(to_thread ? number != 0 : number == 0)) {
        return refuse_context(cpu, frame, extended);
    }
    if (to_thread) {
        cpu->sp_main = cpu->r[13]; /* Handler mode ran on it */
        cpu->control = (uint8_t)((cpu->control & ~CONTROL_SPSEL) | (code & 4u ? CONTROL_SPSEL : 0));
    }
    cpu->r[14] = words[5];
    cpu->r[15] = words[6] & ~1u;
    cpu->r[13] = (frame + (extended ? EXTENDED_FRAME : BASIC_FRAME))
                 | (align && (xpsr & XPSR_ALIGN) ? 4u : 0);
    cpu->apsr = xpsr & APSR_BITS;
    cpu->itstate = (uint8_t)((xpsr >> 8 & 0xFCu) | (xpsr >> 25 & 3u));
    cpu->ipsr = (uint16_t)number;
    cpu->control = (uint8_t)((cpu->control & ~CONTROL_FPCA) | (extended ? CONTROL_FPCA : 0));
    cpu->system->no_thumb = !(xpsr & XPSR_T);
    return true;
}
