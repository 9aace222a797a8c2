/* exception_fp.c - the FP context of exceptions: lazy stacking, access (DDI 0403, B1.5.7). */
#include "exception.h"

#include <string.h>

enum {
    FPCCR_LSPACT = 1u << 0,
    FPCCR_USER = 1u << 1,
    FPCCR_THREAD = 1u << 3,
    FPCCR_HFRDY = 1u << 4,
    FPCCR_MMRDY = 1u << 5,
    FPCCR_BFRDY = 1u << 6,
    FPCCR_MONRDY = 1u << 8,
    FPSCR_DEFAULTS = 0x07C00000u, /* AHP, DN, FZ, RMode: taken from FPDSCR */
    CPACR_SHIFT = 20,
    FP_WORDS = 17,
};

#define FPCCR_ASPEN (UINT32_C(1) << 31)
#define FPCCR_LSPEN (UINT32_C(1) << 30)

bool fp_context_granted(const struct cpu *cpu, bool privileged)
{
    const uint32_t access = cpu->system->scb.cpacr >> CPACR_SHIFT & 0xFu;

    return cpu->fpu_present && (access == 0xF || (access == 0x5 && privileged));
}

bool system_fp_granted(const struct cpu *cpu)
{
    return fp_context_granted(cpu, is_privileged(cpu));
}

void exception_fp_state_changed(struct cpu *cpu)
{
    const struct scb *scb = &cpu->system->scb;
    const bool begun = (cpu->control & CONTROL_FPCA) || !(scb->fpccr & FPCCR_ASPEN);
    const bool ready = fp_context_granted(cpu, is_privileged(cpu)) && begun && !(scb->fpccr & FPCCR_LSPACT);

    cpu->fp_lazy_pending = scb->fpccr & FPCCR_LSPACT;
    if (ready != cpu->fpu_enabled) {
        cpu->fpu_enabled = ready;
        cpu->attention = true; /* execute() looks at its entry */
    }
}

static bool store_fp_frame(struct cpu *cpu, uint32_t address)
{
    uint32_t words[FP_WORDS];

    memcpy(words, cpu->fp.s, sizeof words - sizeof words[0]);
    words[FP_WORDS - 1] = cpu->fpscr;
    return frame_store(cpu, address, words, FP_WORDS);
}

/* Stored with the rights of the code that it belongs to. */
static bool store_late(struct cpu *cpu)
{
    const struct scb *scb = &cpu->system->scb;
    const bool privileged = !(scb->fpccr & FPCCR_USER);
    bool ok = false;

    if (fp_context_granted(cpu, privileged)) {
        view_memory_as(cpu, privileged, !(scb->fpccr & FPCCR_HFRDY));
        ok = store_fp_frame(cpu, scb->fpcar);
        exception_view_changed(cpu);
    } else {
        cpu->fault = (struct fault){.kind = FAULT_NO_COPROCESSOR, .pc = cpu->r[15]};
    }
    cpu->fault.during = DURING_LAZY_STACKING;
    return ok;
}

bool system_preserve_fp(struct cpu *cpu)
{
    struct scb *scb = &cpu->system->scb;

    if ((scb->fpccr & FPCCR_LSPACT) && !store_late(cpu) && fault_raise_lazily(cpu)) {
        return false;
    }
    scb->fpccr &= ~(uint32_t)FPCCR_LSPACT;
    cpu->fp_lazy_pending = false;
    return true;
}

bool system_fp_access(struct cpu *cpu)
{
    struct scb *scb = &cpu->system->scb;

    if (!fp_context_granted(cpu, is_privileged(cpu))) {
        cpu->fault = (struct fault){.kind = FAULT_NO_COPROCESSOR, .pc = cpu->r[15]};
        return false;
    }
    if (!system_preserve_fp(cpu)) {
        return false;
    }
    if ((scb->fpccr & FPCCR_ASPEN) && !(cpu->control & CONTROL_FPCA)) {
        cpu->fpscr = (cpu->fpscr & ~FPSCR_DEFAULTS) | (scb->fpdscr & FPSCR_DEFAULTS);
        cpu->control |= CONTROL_FPCA;
    }
    cpu->fpu_enabled = true;
    return true;
}

/* The extended part of a frame at `address`: stored now, or when FP is next used (B1.5.7). */
bool fp_context_push(struct cpu *cpu, uint32_t address)
{
    struct scb *scb = &cpu->system->scb;

    if (!(scb->fpccr & FPCCR_LSPEN)) {
        if (fp_context_granted(cpu, is_privileged(cpu))) {
            return store_fp_frame(cpu, address);
        }
        cpu->fault = (struct fault){.kind = FAULT_NO_COPROCESSOR, .pc = cpu->r[15]};
        return false;
    }
    scb->fpcar = address;
    scb->fpccr |= FPCCR_LSPACT;
    scb->fpccr &= ~(uint32_t)(FPCCR_USER | FPCCR_THREAD | FPCCR_HFRDY | FPCCR_MMRDY | FPCCR_BFRDY
                              | FPCCR_MONRDY);
    if (cpu->ipsr == 0) {
        scb->fpccr |= FPCCR_THREAD | (cpu->control & 1u ? FPCCR_USER : 0);
    }
    const int running = cpu->system->execution_priority;
    scb->fpccr |= running > -1 ? FPCCR_HFRDY : 0;
    for (unsigned n = EXCEPTION_MEM_MANAGE; n <= EXCEPTION_BUS_FAULT; n++) {
        if (exception_may_be_taken(cpu->system, n) && running > exception_priority(cpu, n)) {
            scb->fpccr |= (uint32_t)FPCCR_MMRDY << (n - EXCEPTION_MEM_MANAGE);
        }
    }
    if (exception_may_be_taken(cpu->system, EXCEPTION_DEBUG_MONITOR)
        && running > exception_priority(cpu, EXCEPTION_DEBUG_MONITOR)) {
        scb->fpccr |= FPCCR_MONRDY;
    }
    return true;
}

bool fp_context_pop(struct cpu *cpu, uint32_t address, bool privileged)
{
    struct scb *scb = &cpu->system->scb;

    if (scb->fpccr & FPCCR_LSPACT) { /* never used meanwhile: the registers still hold it */
        scb->fpccr &= ~FPCCR_LSPACT;
        return true;
    }
    uint32_t words[FP_WORDS];
    if (!fp_context_granted(cpu, privileged)) {
        cpu->fault = (struct fault){.kind = FAULT_NO_COPROCESSOR, .pc = cpu->r[15]};
        return false;
    }
    if (!frame_load(cpu, address, words, FP_WORDS)) {
        return false;
    }
    memcpy(cpu->fp.s, words, sizeof words - sizeof words[0]);
    cpu->fpscr = words[FP_WORDS - 1] & FPSCR_WRITABLE;
    return true;
}
