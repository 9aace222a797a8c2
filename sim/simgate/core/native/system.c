/* system.c - life and reset of the system half, and the map of the system space, 0xE0000000 to
 * 0xE00FFFFF (DDI 0403, B3.1).
 *
 * Every register is a word; loads and stores of bytes and halfwords reach the lanes that they
 * name. What is not modelled reads as zero, ignores stores, and is noted.
 */
#include "system.h"
#include "timing.h"

#include "mpu.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 0x1000,
    CCR_USERSETMPEND = 1u << 1,
    XPSR_NONE = 0,
};

#define ITM UINT32_C(0xE0000000)
#define DWT UINT32_C(0xE0001000)
#define FPB UINT32_C(0xE0002000)
#define SCS UINT32_C(0xE000E000)
#define TPIU UINT32_C(0xE0040000)
#define VENDOR_LAST UINT32_C(0xE00FF000)
#define STIR_ADDRESS UINT32_C(0xE000EF00)
#define LR_RESET UINT32_C(0xFFFFFFFF)

/* ---- life ---- */

bool system_create(struct cpu *cpu, const struct system_options *options)
{
    struct system *system = calloc(1, sizeof *system);

    if (system == NULL) {
        return false;
    }
    system->options = *options;
    system->stop_on_fault = true;
    cpu->system = system;
    scb_reset(cpu);
    cache_reset(cpu);
    systick_reset(cpu);
    timing_reset(cpu);
    dwt_reset(cpu);
    mpu_reset(cpu);
    exception_update(cpu);
    exception_fp_state_changed(cpu);
    return true;
}

void system_destroy(struct cpu *cpu)
{
    if (cpu->system != NULL) {
        free(cpu->system->agenda.entries);
        free(cpu->system);
        cpu->system = NULL;
    }
}

/* Everything but time, lines (their devices hold them) and the agenda. */
static void forget(struct system *system)
{
    memset(&system->pending, 0, sizeof system->pending);
    memset(&system->enabled, 0, sizeof system->enabled);
    memset(&system->active, 0, sizeof system->active);
    memset(system->priority, 0, sizeof system->priority);
    system->sleep = AWAKE;
    memset(system->exception_counts, 0, sizeof system->exception_counts);
    system->reset_requested = false;
    system->dead = system->locked_up = system->no_thumb = system->stacking_fails = false;
    system->fault_noticed = system->passed = system->escalated_svc = false;
    system->chain = 0;
    system->excuse = 0;
    system->fault = (struct fault){.kind = FAULT_NONE};
    system->storm = (struct storm){0};
}

/* For a firmware that begins anew. */
static void forget_stacks(struct cpu *cpu)
{
    cpu_guard_stacks(cpu, cpu->system->guard);
    cpu->lowest_sp = UINT32_MAX;
    cpu->lowest_pc = cpu->lowest_lr = 0;
    cpu->lowest_instructions = 0;
}

bool system_reset(struct cpu *cpu)
{
    struct system *system = cpu->system;
    uint32_t sp = 0, vector = 0;

    forget(system);
    scb_reset(cpu);
    cache_reset(cpu);
    systick_reset(cpu);
    dwt_reset(cpu);
    mpu_reset(cpu);
    memset(cpu->r, 0, sizeof cpu->r);
    memset(&cpu->fp, 0, sizeof cpu->fp);
    cpu->r[14] = LR_RESET;
    cpu->apsr = XPSR_NONE;
    cpu->itstate = 0;
    cpu->ipsr = 0;
    cpu->control = 0;
    cpu->primask = cpu->faultmask = false;
    cpu->basepri = 0;
    cpu->sp_main = cpu->sp_process = 0;
    cpu->fpscr = 0;
    cpu->exclusive_monitor = cpu->event_register = false;
    cpu->divide_trap = cpu->unaligned_trap = false;
    forget_stacks(cpu);
    cpu->fault = (struct fault){.kind = FAULT_NONE};
    for (unsigned number = EXCEPTION_EXTERNAL; number < EXCEPTION_COUNT; number++) {
        set_put(&system->pending, number, set_has(&system->lines, number));
    }
    exception_update(cpu);
    exception_fp_state_changed(cpu);

    system->dead = !memory_load(cpu, system->scb.vtor, 4, &sp)
                   || !memory_load(cpu, system->scb.vtor + 4, 4, &vector);
    cpu->r[13] = sp & ~3u;
    cpu->r[15] = vector & ~1u;
    system->no_thumb = !(vector & 1u); /* UsageFault at the first instruction, hence HardFault */
    if (!system->dead) {
        cpu_note_sp(cpu);
        system->dead = cpu->fault.kind != FAULT_NONE;
    }
    system->fault = cpu->fault;
    return !system->dead && !system->no_thumb;
}

void system_request_stop(struct cpu *cpu)
{
    cpu->system->stop_requested = true;
    cpu->attention = true;
}

uint64_t system_next_tick(const struct cpu *cpu)
{
    const struct system *system = cpu->system;
    const struct agenda *agenda = &system->agenda;
    const uint64_t planned = agenda->count ? agenda->entries[0].tick : TICK_NEVER;

    return system->systick.expiry < planned ? system->systick.expiry : planned;
}

void system_note_stub(struct cpu *cpu, uint32_t address)
{
    struct system *system = cpu->system;

    for (unsigned n = 0; n < system->stub_count; n++) {
        if (system->stubs[n] == address) {
            return;
        }
    }
    if (system->stub_count < STUBS_KEPT) {
        system->stubs[system->stub_count++] = address;
    }
}

/* ---- the map ---- */

static bool refuse(struct cpu *cpu, enum fault_kind kind, uint32_t address, uint8_t width,
                   bool is_store)
{
    cpu->fault = (struct fault){.kind = kind, .pc = cpu->r[15], .address = address,
                                .width = width, .is_store = is_store};
    return cpu_lets_pass(cpu, kind);
}

/* FAULT_NONE, or why this access cannot be. */
static enum fault_kind objection(const struct cpu *cpu, uint32_t address, uint8_t width,
                                 bool is_store)
{
    const bool privileged = cpu->memory_view & VIEW_PRIVILEGED;
    const bool trigger = is_store && (address & ~3u) == STIR_ADDRESS
                         && (cpu->system->scb.ccr & CCR_USERSETMPEND);
    const uint32_t page = address & ~(PAGE - 1u);

    if (address & (width - 1u)) {
        return FAULT_UNALIGNED;
    }
    if (page != ITM && page != DWT && page != FPB && page != SCS
        && (page < TPIU || page > VENDOR_LAST)) {
        return FAULT_UNMAPPED;
    }
    return privileged || trigger ? FAULT_NONE : FAULT_PRIVILEGE;
}

static bool load_word(struct cpu *cpu, uint32_t address, uint32_t *value)
{
    const uint32_t offset = address % PAGE;

    switch (address - offset) {
    case DWT:
        return dwt_load(cpu, offset, value);
    case SCS:
        return systick_load(cpu, offset, value) || nvic_load(cpu, offset, value)
               || scb_load(cpu, offset, value);
    default:
        return false;
    }
}

static bool store_word(struct cpu *cpu, uint32_t address, uint32_t value, uint32_t lanes)
{
    const uint32_t offset = address % PAGE;

    switch (address - offset) {
    case DWT:
        return dwt_store(cpu, offset, value, lanes);
    case SCS:
        return systick_store(cpu, offset, value, lanes) || nvic_store(cpu, offset, value, lanes)
               || scb_store(cpu, offset, value, lanes);
    default:
        return false;
    }
}

static uint32_t lanes_of(uint32_t address, uint8_t width)
{
    const uint32_t ones = width == 4 ? UINT32_MAX : (UINT32_C(1) << (8 * width)) - 1u;

    return ones << (8 * (address & 3u));
}

bool system_load(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t *value)
{
    const enum fault_kind kind = objection(cpu, address, width, false);
    uint32_t word = 0;

    *value = 0;
    if (kind != FAULT_NONE) {
        return refuse(cpu, kind, address, width, false);
    }
    if (!load_word(cpu, address & ~3u, &word)) {
        system_note_stub(cpu, address & ~3u);
        word = 0;
    }
    *value = (word & lanes_of(address, width)) >> (8 * (address & 3u));
    return true;
}

bool system_store(struct cpu *cpu, uint32_t address, uint8_t width, uint32_t value)
{
    const enum fault_kind kind = objection(cpu, address, width, true);

    if (kind != FAULT_NONE) {
        return refuse(cpu, kind, address, width, true);
    }
    if (!store_word(cpu, address & ~3u, value << (8 * (address & 3u)), lanes_of(address, width))) {
        system_note_stub(cpu, address & ~3u);
    }
    return true;
}
