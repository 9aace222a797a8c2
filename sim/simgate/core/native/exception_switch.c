/* exception_switch.c - entry, tail-chaining and return (DDI 0403, B1.5.6 to B1.5.8).
 *
 * Nothing here costs virtual time. Entry and return are exact in what a program can see: frames
 * word by word, banked SP, EXC_RETURN, masks, FP state stacked lazily. A fault found meanwhile
 * leaves its record in cpu->fault and ends the run.
 */
#include "exception.h"

enum {
    CCR_NONBASETHRDENA = 1u << 0,
    SCR_SLEEPONEXIT = 1u << 1,
};

/* The handler begins: what entry and tail-chaining have in common. */
static bool begin(struct cpu *cpu, unsigned number)
{
    struct system *system = cpu->system;
    uint32_t vector;

    if (!frame_load(cpu, system->scb.vtor + 4 * number, &vector, 1)) {
        return false;
    }
    set_put(&system->active, number, true);
    /* A line that is still up pends again when this activation ends. */
    set_put(&system->pending, number, false);
    if (cpu_uses_process_stack(cpu)) {
        cpu->sp_process = cpu->r[13];
        cpu->r[13] = cpu->sp_main;
    }
    trail_note(cpu, cpu->r[15] | 1u);
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
    const bool ok = frame_push(cpu) && begin(cpu, number);
    if (!ok && cpu->fault.pc == 0) {
        cpu->fault.pc = cpu->r[15];
    }
    return ok;
}

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
    exception_view_changed(cpu); /* the frame is popped as whom it belongs to */
}

bool exception_return(struct cpu *cpu)
{
    struct system *system = cpu->system;
    const uint32_t code = cpu->exc_return;

    cpu->fault = (struct fault){.kind = FAULT_NONE, .pc = cpu->fault.pc}; /* of the branch */
    if (!return_is_legal(cpu)) {
        return exception_illegal_return(cpu);
    }
    deactivate(cpu);
    if (exception_preempts(cpu)) { /* the frame stays where it is, for the next return */
        cpu->r[14] = code;
        system->tail_chained++;
        return begin(cpu, (unsigned)system->candidate);
    }
    select_context(cpu, code);
    if (!frame_pop(cpu, code)) {
        return false;
    }
    trail_note(cpu, TRAIL_RETURNED);
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
