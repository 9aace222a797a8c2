/* exception.c - which exception runs: priorities, entry, return (DDI 0403, B1.5).
 *
 * Nothing here costs virtual time. Entry and return are exact in what a program can see: frames
 * word by word, banked SP, EXC_RETURN, masks, FP state stacked lazily. A fault found meanwhile
 * leaves its record in cpu->fault and ends the run.
 */
#include "system.h"

#include <string.h>

#include "memory.h"

enum {
    CONTROL_SPSEL = 1u << 1,
    CONTROL_FPCA = 1u << 2,
    CCR_NONBASETHRDENA = 1u << 0,
    CCR_STKALIGN = 1u << 9,
    SCR_SLEEPONEXIT = 1u << 1,
    SCR_SEVONPEND = 1u << 4,
    SHCSR_MEMFAULTENA = 1u << 16,
    DEMCR_MON_EN = 1u << 16,
    XPSR_ALIGN = 1u << 9,
    XPSR_T = 1u << 24,
    FPCCR_LSPACT = 1u << 0,
    FPCCR_USER = 1u << 1,
    FPCCR_THREAD = 1u << 3,
    FPCCR_HFRDY = 1u << 4,
    FPCCR_MMRDY = 1u << 5,
    FPCCR_BFRDY = 1u << 6,
    FPCCR_MONRDY = 1u << 8,
    FPSCR_DEFAULTS = 0x07C00000u, /* AHP, DN, FZ, RMode: taken from FPDSCR */
    CPACR_SHIFT = 20,
    BASIC_WORDS = 8,
    FP_WORDS = 17,
    BASIC_FRAME = 0x20,
    EXTENDED_FRAME = 0x68,
    EXC_RETURN_BASIC = 1u << 4,
};

#define FPCCR_ASPEN (UINT32_C(1) << 31)
#define FPCCR_LSPEN (UINT32_C(1) << 30)
#define APSR_BITS UINT32_C(0xF80F0000)

/* ---- priorities ---- */

static uint32_t group_mask(const struct system *system)
{
    return 0xFFu & ~((2u << system->scb.aircr_prigroup) - 1u);
}

int exception_priority(const struct cpu *cpu, unsigned number)
{
    switch (number) {
    case EXCEPTION_RESET:
        return -3;
    case EXCEPTION_NMI:
        return -2;
    case EXCEPTION_HARD_FAULT:
        return -1;
    default:
        return (int)(cpu->system->priority[number] & group_mask(cpu->system));
    }
}

/* The group priority of the highest of the active exceptions, masks apart. */
static int active_priority(const struct cpu *cpu)
{
    const struct exception_set *active = &cpu->system->active;
    int highest = PRIORITY_THREAD;

    for (unsigned w = 0; w < EXCEPTION_COUNT / 64; w++) {
        for (uint64_t left = active->word[w]; left != 0; left &= left - 1) {
            const int priority = exception_priority(cpu, 64 * w + (unsigned)__builtin_ctzll(left));
            highest = priority < highest ? priority : highest;
        }
    }
    return highest;
}

static int masked_priority(const struct cpu *cpu, bool with_primask)
{
    int priority = active_priority(cpu);

    if (cpu->basepri != 0) {
        const int base = (int)(cpu->basepri & group_mask(cpu->system));
        priority = base < priority ? base : priority;
    }
    if (with_primask && cpu->primask && priority > 0) {
        priority = 0;
    }
    if (cpu->faultmask && priority > -1) {
        priority = -1;
    }
    return priority;
}

static bool may_be_taken(const struct system *system, unsigned number)
{
    switch (number) {
    case EXCEPTION_MEM_MANAGE:
    case EXCEPTION_BUS_FAULT:
    case EXCEPTION_USAGE_FAULT:
        return system->scb.shcsr_enables & (SHCSR_MEMFAULTENA << (number - EXCEPTION_MEM_MANAGE));
    case EXCEPTION_DEBUG_MONITOR:
        return system->scb.demcr & DEMCR_MON_EN;
    default:
        return number < EXCEPTION_EXTERNAL || set_has(&system->enabled, number);
    }
}

/* By priority with subpriority, then by number (B1.5.4). */
static void choose_candidate(struct cpu *cpu)
{
    struct system *system = cpu->system;
    int best = 0, best_priority = PRIORITY_THREAD;

    for (unsigned w = 0; w < EXCEPTION_COUNT / 64; w++) {
        for (uint64_t left = system->pending.word[w]; left != 0; left &= left - 1) {
            const unsigned number = 64 * w + (unsigned)__builtin_ctzll(left);
            const int priority = number <= EXCEPTION_HARD_FAULT ? (int)number - 4
                                                                : system->priority[number];
            if (priority < best_priority && may_be_taken(system, number)) {
                best = (int)number;
                best_priority = priority;
            }
        }
    }
    system->candidate = best;
    system->candidate_priority = best ? exception_priority(cpu, (unsigned)best) : PRIORITY_THREAD;
}

bool exception_preempts(const struct cpu *cpu)
{
    const struct system *system = cpu->system;

    return system->candidate != 0 && system->candidate_priority < system->execution_priority;
}

bool exception_wakes(const struct cpu *cpu)
{
    const struct system *system = cpu->system;

    return system->candidate != 0 && system->candidate_priority < masked_priority(cpu, false);
}

void exception_update(struct cpu *cpu)
{
    choose_candidate(cpu);
    cpu->system->execution_priority = masked_priority(cpu, true);
    if (exception_preempts(cpu)) {
        cpu->attention = true;
    }
}

void exception_pend(struct cpu *cpu, unsigned number, bool pending)
{
    struct system *system = cpu->system;

    if (pending && !set_has(&system->pending, number) && (system->scb.scr & SCR_SEVONPEND)) {
        cpu->event_register = true;
    }
    set_put(&system->pending, number, pending);
    exception_update(cpu);
}

void system_masks_changed(struct cpu *cpu)
{
    cpu->basepri &= cpu->system->options.priority_mask;
    cpu->system->execution_priority = masked_priority(cpu, true);
    if (exception_preempts(cpu)) {
        cpu->attention = true;
    }
    exception_fp_state_changed(cpu);
}

/* ---- frames in memory ---- */

/* Words in one granule of plain memory are copied at once; anything else goes word by word. */
static bool store_words(struct cpu *cpu, uint32_t address, const uint32_t *words, unsigned count)
{
    const struct granule *granule = &cpu->memory->granules[address >> GRANULE_BITS];
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

static bool load_words(struct cpu *cpu, uint32_t address, uint32_t *words, unsigned count)
{
    const struct granule *granule = &cpu->memory->granules[address >> GRANULE_BITS];
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

/* ---- floating-point context ---- */

static bool fp_granted(const struct cpu *cpu)
{
    const uint32_t access = cpu->system->scb.cpacr >> CPACR_SHIFT & 0xFu;
    const bool privileged = cpu->ipsr != 0 || (cpu->control & 1u) == 0;

    return cpu->fpu_present && (access == 0xF || (access == 0x5 && privileged));
}

void exception_fp_state_changed(struct cpu *cpu)
{
    const struct scb *scb = &cpu->system->scb;
    const bool begun = (cpu->control & CONTROL_FPCA) || !(scb->fpccr & FPCCR_ASPEN);
    const bool ready = fp_granted(cpu) && begun && !(scb->fpccr & FPCCR_LSPACT);

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
    return store_words(cpu, address, words, FP_WORDS);
}

bool system_preserve_fp(struct cpu *cpu)
{
    struct scb *scb = &cpu->system->scb;

    if ((scb->fpccr & FPCCR_LSPACT) && !store_fp_frame(cpu, scb->fpcar)) {
        return false;
    }
    scb->fpccr &= ~(uint32_t)FPCCR_LSPACT;
    cpu->fp_lazy_pending = false;
    return true;
}

bool system_fp_access(struct cpu *cpu)
{
    struct scb *scb = &cpu->system->scb;

    if (!fp_granted(cpu)) {
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
static bool push_fp(struct cpu *cpu, uint32_t address)
{
    struct scb *scb = &cpu->system->scb;

    if (!(scb->fpccr & FPCCR_LSPEN)) {
        return store_fp_frame(cpu, address);
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
        if (may_be_taken(cpu->system, n) && running > exception_priority(cpu, n)) {
            scb->fpccr |= (uint32_t)FPCCR_MMRDY << (n - EXCEPTION_MEM_MANAGE);
        }
    }
    if (may_be_taken(cpu->system, EXCEPTION_DEBUG_MONITOR)
        && running > exception_priority(cpu, EXCEPTION_DEBUG_MONITOR)) {
        scb->fpccr |= FPCCR_MONRDY;
    }
    return true;
}

static bool pop_fp(struct cpu *cpu, uint32_t address)
{
    struct scb *scb = &cpu->system->scb;

    if (scb->fpccr & FPCCR_LSPACT) { /* never used meanwhile: the registers still hold it */
        scb->fpccr &= ~FPCCR_LSPACT;
        return true;
    }
    uint32_t words[FP_WORDS];
    if (!load_words(cpu, address, words, FP_WORDS)) {
        return false;
    }
    memcpy(cpu->fp.s, words, sizeof words - sizeof words[0]);
    cpu->fpscr = words[FP_WORDS - 1];
    return true;
}

/* ---- entry ---- */

uint32_t scb_xpsr(const struct cpu *cpu)
{
    return cpu->apsr | (uint32_t)(cpu->itstate & 3u) << 25 | (uint32_t)(cpu->itstate & 0xFCu) << 8
           | XPSR_T | cpu->ipsr;
}

/* Sets SP, checks it against the stack's limit; false: it overran, and SP is as before. */
static bool move_sp(struct cpu *cpu, uint32_t sp)
{
    const uint32_t before = cpu->r[13];

    cpu->r[13] = sp;
    cpu->fault.kind = FAULT_NONE;
    cpu_note_sp(cpu);
    if (cpu->fault.kind != FAULT_NONE) {
        cpu->fault.pc = cpu->r[15];
        cpu->r[13] = before;
        return false;
    }
    return true;
}

static bool push_frame(struct cpu *cpu)
{
    const bool extended = cpu->control & CONTROL_FPCA;
    const bool align = extended || (cpu->system->scb.ccr & CCR_STKALIGN);
    const uint32_t before = cpu->r[13];
    const bool odd = align && (before & 4u);
    const uint32_t size = extended ? EXTENDED_FRAME : BASIC_FRAME;
    const uint32_t frame = (before - size) & ~(align ? 4u : 0u);
    const uint32_t words[BASIC_WORDS] = {
        cpu->r[0],  cpu->r[1],  cpu->r[2],  cpu->r[3],
        cpu->r[12], cpu->r[14], cpu->r[15], scb_xpsr(cpu) | (odd ? XPSR_ALIGN : 0),
    };

    if (!move_sp(cpu, frame)) {
        return false;
    }
    if (!store_words(cpu, frame, words, BASIC_WORDS)) {
        cpu->r[13] = before;
        return false;
    }
    if (extended && !push_fp(cpu, frame + BASIC_FRAME)) {
        cpu->r[13] = before;
        return false;
    }
    cpu->r[14] = 0xFFFFFFE1u | (extended ? 0 : EXC_RETURN_BASIC)
                 | (cpu->ipsr == 0 ? 8u : 0) | (cpu_uses_process_stack(cpu) ? 4u : 0);
    return true;
}

/* The handler begins: what entry and tail-chaining have in common. */
static bool begin(struct cpu *cpu, unsigned number)
{
    struct system *system = cpu->system;
    uint32_t vector;

    if (!load_words(cpu, system->scb.vtor + 4 * number, &vector, 1)) {
        return false;
    }
    set_put(&system->active, number, true);
    /* A line that is still up pends again when this activation ends. */
    set_put(&system->pending, number, false);
    if (cpu_uses_process_stack(cpu)) {
        cpu->sp_process = cpu->r[13];
        cpu->r[13] = cpu->sp_main;
    }
    cpu->ipsr = (uint16_t)number;
    cpu->control &= (uint8_t)~(CONTROL_SPSEL | CONTROL_FPCA);
    cpu->itstate = 0;
    cpu->exclusive_monitor = false;
    cpu->event_register = true;
    system->sleep = AWAKE;
    system->exceptions_taken++;
    cpu->r[15] = vector & ~1u;
    cpu->stop_reported_at = UINT64_MAX; /* a stop point there is arrived at anew */
    exception_update(cpu);
    exception_fp_state_changed(cpu);
    if ((vector & 1u) == 0) {
        cpu->fault = (struct fault){
            .kind = FAULT_INVALID_STATE, .pc = cpu->r[15], .address = vector};
        return false;
    }
    cpu_note_sp(cpu);
    return cpu->fault.kind == FAULT_NONE;
}

bool exception_enter(struct cpu *cpu)
{
    const unsigned number = (unsigned)cpu->system->candidate;

    cpu->fault = (struct fault){.kind = FAULT_NONE};
    const bool ok = push_frame(cpu) && begin(cpu, number);
    if (!ok && cpu->fault.pc == 0) {
        cpu->fault.pc = cpu->r[15];
    }
    return ok;
}

/* ---- return ---- */

static unsigned active_count(const struct system *system)
{
    unsigned count = 0;

    for (unsigned w = 0; w < EXCEPTION_COUNT / 64; w++) {
        for (uint64_t left = system->active.word[w]; left != 0; left &= left - 1) {
            count++;
        }
    }
    return count;
}

/* Whether EXC_RETURN may be used here and now (B1.5.8). */
static bool return_is_legal(const struct cpu *cpu)
{
    const struct system *system = cpu->system;
    const uint32_t code = cpu->exc_return;
    const uint32_t ones = cpu->fpu_present ? 0xFFFFFFE0u : 0xFFFFFFF0u;
    const unsigned nested = active_count(system);

    if ((code & ones) != ones || cpu->ipsr == 0 || !set_has(&system->active, cpu->ipsr)) {
        return false;
    }
    switch (code & 0xFu) {
    case 0x1: /* to Handler mode */
        return nested > 1;
    case 0x9: /* to Thread mode, main stack */
    case 0xD: /* to Thread mode, process stack */
        return nested == 1 || (system->scb.ccr & CCR_NONBASETHRDENA);
    default:
        return false;
    }
}

static bool illegal_return(struct cpu *cpu)
{
    cpu->fault = (struct fault){
        .kind = FAULT_EXCEPTION_RETURN, .pc = cpu->fault.pc, .address = cpu->exc_return};
    return false;
}

static void deactivate(struct cpu *cpu)
{
    struct system *system = cpu->system;
    const unsigned number = cpu->ipsr;

    set_put(&system->active, number, false);
    if (set_has(&system->lines, number)) {
        set_put(&system->pending, number, true);
    }
    if (number != EXCEPTION_NMI) {
        cpu->faultmask = false;
    }
    exception_update(cpu);
}

/* Moves to the mode and stack that EXC_RETURN names; SP is then the frame's address. */
static void select_context(struct cpu *cpu, uint32_t code)
{
    cpu->sp_main = cpu->r[13]; /* Handler mode ran on it */
    if (code & 8u) {
        cpu->ipsr = 0;
        cpu->control = (uint8_t)((cpu->control & ~CONTROL_SPSEL) | (code & 4u ? CONTROL_SPSEL : 0));
        cpu->r[13] = code & 4u ? cpu->sp_process : cpu->sp_main;
    }
}

static bool pop_frame(struct cpu *cpu, uint32_t code)
{
    const bool extended = !(code & EXC_RETURN_BASIC);
    const bool align = extended || (cpu->system->scb.ccr & CCR_STKALIGN);
    const uint32_t frame = cpu->r[13];
    uint32_t words[BASIC_WORDS];

    if (!load_words(cpu, frame, words, BASIC_WORDS)) {
        return false;
    }
    if (extended && !fp_granted(cpu)) {
        cpu->fault = (struct fault){.kind = FAULT_NO_COPROCESSOR, .pc = cpu->r[15]};
        return false;
    }
    if (extended && !pop_fp(cpu, frame + BASIC_FRAME)) {
        return false;
    }
    const uint32_t xpsr = words[7], number = xpsr & 0x1FFu;
    if ((code & 8u) ? number != 0 : number == 0) {
        return illegal_return(cpu);
    }
    memcpy(cpu->r, words, 4 * sizeof words[0]);
    cpu->r[12] = words[4];
    cpu->r[14] = words[5];
    cpu->r[15] = words[6] & ~1u;
    cpu->r[13] = (frame + (extended ? EXTENDED_FRAME : BASIC_FRAME))
                 | (align && (xpsr & XPSR_ALIGN) ? 4u : 0);
    cpu->apsr = xpsr & APSR_BITS;
    cpu->itstate = (uint8_t)((xpsr >> 8 & 0xFCu) | (xpsr >> 25 & 3u));
    cpu->ipsr = (uint16_t)number;
    cpu->control = (uint8_t)((cpu->control & ~CONTROL_FPCA) | (extended ? CONTROL_FPCA : 0));
    if (!(xpsr & XPSR_T)) {
        cpu->fault = (struct fault){
            .kind = FAULT_INVALID_STATE, .pc = cpu->r[15], .address = cpu->r[15]};
        return false;
    }
    return true;
}

bool exception_return(struct cpu *cpu)
{
    struct system *system = cpu->system;
    const uint32_t code = cpu->exc_return;

    cpu->fault = (struct fault){.kind = FAULT_NONE, .pc = cpu->fault.pc}; /* of the branch */
    if (!return_is_legal(cpu)) {
        return illegal_return(cpu);
    }
    deactivate(cpu);
    if (exception_preempts(cpu)) { /* the frame stays where it is, for the next return */
        cpu->r[14] = code;
        system->tail_chained++;
        return begin(cpu, (unsigned)system->candidate);
    }
    select_context(cpu, code);
    if (!pop_frame(cpu, code)) {
        return false;
    }
    cpu->event_register = true;
    cpu->exclusive_monitor = false;
    exception_update(cpu);
    exception_fp_state_changed(cpu);
    cpu_note_sp(cpu);
    if (cpu->ipsr == 0 && active_count(system) == 0 && (system->scb.scr & SCR_SLEEPONEXIT)) {
        system->sleep = SLEEP_WFI;
    }
    return cpu->fault.kind == FAULT_NONE;
}
