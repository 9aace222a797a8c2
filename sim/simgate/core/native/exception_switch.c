/* exception_switch.c - entry, tail-chaining and return (DDI 0403, B1.5.6 to B1.5.8).
 *
 * Nothing here costs virtual time. Entry and return are exact in what a program can see: frames
 * word by word, banked SP, EXC_RETURN, masks, FP state stacked lazily.
 *
 * A fault found meanwhile leaves its record in cpu->fault and everything else as it was before;
 * run() has fault.c pend its exception and comes again, for the candidate of then. Stacking that
 * failed once is not tried again: the exception is entered without it (B1.5.11). A return that
 * cannot be made leaves its EXC_RETURN in system->chain: what comes next uses the frame that is
 * there.
 */
#include "exception.h"

#include <string.h>

#include "memory.h"
#include "timing.h"

enum {
    CCR_NONBASETHRDENA = 1u << 0,
    SCR_SLEEPONEXIT = 1u << 1,
    STORM_LENGTH = 100000,
};

/* By the default memory map, whatever the MPU says (B3.5). */
static bool fetch_vector(struct cpu *cpu, unsigned number, uint32_t *vector)
{
    const uint32_t address = cpu->system->scb.vtor + 4 * number;
    const struct granule *granule = &cpu->granules[address >> GRANULE_BITS];
    const uint32_t offset = address % GRANULE_SIZE;

    if (offset + 4 <= granule->read_size) {
        memcpy(vector, granule->host + offset, 4);
        return true;
    }
    if (memory_peek(cpu, address, vector, 4)) {
        return true;
    }
    cpu->fault = (struct fault){.kind = FAULT_UNMAPPED, .pc = cpu->r[15], .address = address,
                                .width = 4, .during = DURING_VECTOR_FETCH};
    return false;
}

/* The handler begins: what entry and tail-chaining have in common. */
static void begin(struct cpu *cpu, unsigned number, uint32_t vector, uint32_t code)
{
    struct system *system = cpu->system;

    set_put(&system->active, number, true);
    /* A line that is still up pends again when this activation ends. */
    set_put(&system->pending, number, false);
    if (cpu_uses_process_stack(cpu)) {
        cpu->sp_process = cpu->r[13];
        cpu->r[13] = cpu->sp_main;
    }
    trail_note(cpu, (cpu->r[15] == cpu->left_at ? TRAIL_IN_LINE : 0) | cpu->r[15] | 1u);
    cpu->stepped_to = cpu->left_at = NO_PLACE;
    cpu->r[14] = code;
    cpu->ipsr = (uint16_t)number;
    cpu->control &= (uint8_t)~(CONTROL_SPSEL | CONTROL_FPCA);
    cpu->itstate = 0;
    cpu->exclusive_monitor = false;
    cpu->event_register = true;
    system->sleep = AWAKE;
    system->chain = 0;
    system->stacking_fails = false;
    system->exceptions_taken++;
    system->exception_counts[number]++;
    cpu->r[15] = vector & ~1u;
    system->no_thumb = !(vector & 1u);
    cpu->stop_reported_at = UINT64_MAX; /* a stop point there is arrived at anew */
    exception_begun(cpu, number);
    exception_fp_state_changed(cpu);
}

/* A stop point that was reported here is not reported again by the return to it. */
static void note_passed(struct cpu *cpu, uint32_t frame)
{
    struct system *system = cpu->system;

    if (cpu->stop_reported_at == cpu->instructions && cpu->stop_reported_pc == cpu->r[15]) {
        system->passed = true;
        system->passed_pc = cpu->r[15];
        system->passed_frame = frame;
    }
}

static void recall_passed(struct cpu *cpu, uint32_t frame)
{
    struct system *system = cpu->system;

    if (UNUSUAL(system->passed) && system->passed_pc == cpu->r[15]
        && system->passed_frame == frame) {
        system->passed = false;
        cpu->stop_reported_at = cpu->instructions;
        cpu->stop_reported_pc = cpu->r[15];
    }
}

bool exception_enter(struct cpu *cpu)
{
    struct system *system = cpu->system;
    const unsigned number = (unsigned)system->candidate;
    const uint32_t sp = cpu->r[13];
    uint32_t code, vector;

    if (system->chain != 0) { /* the frame is there already */
        if (!fetch_vector(cpu, number, &vector)) {
            return false;
        }
        begin(cpu, number, vector, system->chain);
        timing_note_entry(cpu, true);
        return true;
    }
    if (!frame_push(cpu, &code)) {
        system->stacking_fails = cpu->fault.kind != FAULT_STACK_OVERFLOW
                                 && cpu->fault.kind != FAULT_FLASH_STORE
                                 && cpu->fault.kind != FAULT_DEVICE;
        return false;
    }
    if (!fetch_vector(cpu, number, &vector)) {
        cpu->r[13] = sp;
        return false;
    }
    note_passed(cpu, cpu->r[13]);
    begin(cpu, number, vector, code);
    timing_note_entry(cpu, false);
    return true;
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

/* Whether EXC_RETURN may be used here and now (B1.5.8); `nested`: exceptions active, this one
 * included. */
static bool return_is_legal(const struct cpu *cpu, unsigned nested)
{
    const uint32_t code = cpu->exc_return;
    const uint32_t ones = cpu->fpu_present ? 0xFFFFFFE0u : 0xFFFFFFF0u;

    if ((code & ones) != ones || !set_has(&cpu->system->active, cpu->ipsr)) {
        return false;
    }
    switch (code & 0xFu) {
    case 0x1: /* to Handler mode */
        return true;
    case 0x9: /* to Thread mode, main stack */
    case 0xD: /* to Thread mode, process stack */
        return nested == 1 || (cpu->system->scb.ccr & CCR_NONBASETHRDENA);
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

/* Counts how often one exception follows upon itself, with others at most every other time. true:
 * what it interrupted has not had a turn for far too long. */
static bool is_storm(struct system *system, unsigned before, unsigned number, unsigned depth)
{
    struct storm *storm = &system->storm;

    if (storm->count == 0 && before == number) {
        *storm = (struct storm){number, depth, 1};
    } else if (depth == storm->depth && storm->count != 0) {
        storm->count += before == number && number == storm->number ? 1 : -1;
    }
    if (storm->count < STORM_LENGTH) {
        return false;
    }
    storm->count = 0;
    return true;
}

/* Straight into the next handler: the frame stays where it is, for its return. */
static bool tail_chain(struct cpu *cpu, unsigned depth)
{
    struct system *system = cpu->system;
    const unsigned before = cpu->ipsr, number = (unsigned)system->candidate;

    if (!exception_enter(cpu)) {
        return false;
    }
    system->tail_chained++;
    if (UNUSUAL(is_storm(system, before, number, depth))) {
        cpu->fault = (struct fault){.kind = FAULT_STORM, .pc = cpu->r[15], .address = number};
        return false;
    }
    return true;
}

bool exception_return(struct cpu *cpu)
{
    struct system *system = cpu->system;
    const uint32_t code = cpu->exc_return;
    const uint32_t branch = cpu->fault.pc;
    const unsigned nested = active_count(system);
    const bool legal = return_is_legal(cpu, nested);

    cpu->fault = (struct fault){.kind = FAULT_NONE, .pc = branch};
    deactivate(cpu);
    cpu->r[15] = cpu->left_at = branch; /* until something is entered */
    system->chain = code;
    if (!legal) {
        return exception_illegal_return(cpu);
    }
    if (exception_preempts(cpu)) {
        return tail_chain(cpu, nested - 1);
    }
    const uint32_t frame = code & 4u ? cpu->sp_process : cpu->r[13];
    if (!frame_pop(cpu, code)) {
        exception_view_changed(cpu);
        return false;
    }
    system->chain = 0;
    if (nested - 1 <= system->storm.depth) {
        system->storm.count = 0;
    }
    trail_note(cpu, TRAIL_RETURNED);
    timing_note_return(cpu);
    cpu->left_at = NO_PLACE;
    cpu->event_register = true;
    cpu->exclusive_monitor = false;
    exception_view_changed(cpu);
    exception_fp_state_changed(cpu);
    if (cpu_uses_process_stack(cpu)) {
        cpu_note_process_stack(cpu);
    }
    recall_passed(cpu, frame);
    if (cpu->ipsr == 0 && nested == 1 && (system->scb.scr & SCR_SLEEPONEXIT)) {
        system->sleep = SLEEP_WFI;
    }
    return true;
}
