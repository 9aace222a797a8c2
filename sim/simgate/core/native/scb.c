/* scb.c - the system control block, with the feature, debug and floating-point registers beside
 * it (DDI 0403, B3.2; values of the Cortex-M4: DDI 0439).
 *
 * Fault status and address registers are set by fault.c.
 */
#include "processor.h"
#include "system.h"

enum {
    ACTLR = 0x008,
    ICSR = 0xD04,
    VTOR = 0xD08,
    AIRCR = 0xD0C,
    SCR = 0xD10,
    CCR = 0xD14,
    SHPR1 = 0xD18,
    SHPR3 = 0xD20,
    SHCSR = 0xD24,
    CFSR = 0xD28,
    HFSR = 0xD2C,
    DFSR = 0xD30,
    MMFAR = 0xD34,
    BFAR = 0xD38,
    AFSR = 0xD3C,
    CPACR = 0xD88,
    MPU_TYPE = 0xD90,
    MPU_LAST = 0xDB8,
    DHCSR = 0xDF0,
    DEMCR = 0xDFC,
    FPCCR = 0xF34,
    FPCAR = 0xF38,
    FPDSCR = 0xF3C,

    ICSR_PENDSTCLR = 1 << 25,
    ICSR_PENDSTSET = 1 << 26,
    ICSR_PENDSVCLR = 1 << 27,
    ICSR_PENDSVSET = 1 << 28,
    ICSR_ISRPENDING = 1 << 22,
    ICSR_RETTOBASE = 1 << 11,
    AIRCR_VECTRESET = 1 << 0,
    AIRCR_VECTCLRACTIVE = 1 << 1,
    AIRCR_SYSRESETREQ = 1 << 2,
    SCR_WRITABLE = 0x16,
    CCR_UNALIGN_TRP = 1 << 3,
    CCR_DIV_0_TRP = 1 << 4,
    SHCSR_ENABLES = 7 << 16,
    CPACR_WRITABLE = 0xF << 20,
    DEMCR_WRITABLE = 0x010F07F1,
    DEMCR_MON_PEND = 1 << 17,
    FPDSCR_WRITABLE = 0x07C00000,
    SYSTEM_PRIORITY_FIRST = 4, /* exception whose priority is SHPR1's lowest byte */
};

#define ICSR_NMIPENDSET (UINT32_C(1) << 31)
#define VECTKEYSTAT UINT32_C(0xFA050000)
#define VECTKEY UINT32_C(0x05FA)
#define FPCCR_WRITABLE UINT32_C(0xC000017B)
#define FPCCR_RESET UINT32_C(0xC0000000)

/* Bits of SHCSR, and the exception whose active or pending bit each one is. */
static const struct {
    uint8_t bit, exception;
    bool is_pending;
} HANDLER_STATES[] = {
    {0, EXCEPTION_MEM_MANAGE, false},  {1, EXCEPTION_BUS_FAULT, false},
    {3, EXCEPTION_USAGE_FAULT, false}, {7, EXCEPTION_SVCALL, false},
    {8, EXCEPTION_DEBUG_MONITOR, false}, {10, EXCEPTION_PENDSV, false},
    {11, EXCEPTION_SYSTICK, false},    {12, EXCEPTION_USAGE_FAULT, true},
    {13, EXCEPTION_MEM_MANAGE, true},  {14, EXCEPTION_BUS_FAULT, true},
    {15, EXCEPTION_SVCALL, true},
};
enum { HANDLER_STATE_COUNT = sizeof HANDLER_STATES / sizeof HANDLER_STATES[0] };

void scb_reset(struct cpu *cpu)
{
    struct system *system = cpu->system;

    system->scb = (struct scb){.vtor = system->options.initial_vtor,
                               .ccr = processor_ccr_reset(cpu),
                               .fpccr = cpu->fpu_present ? FPCCR_RESET : 0};
}

/* ---- loads ---- */

static uint32_t load_icsr(const struct cpu *cpu)
{
    const struct system *system = cpu->system;
    struct exception_set others = system->active;
    uint64_t other_active = 0, external = 0;

    set_put(&others, cpu->ipsr % EXCEPTION_COUNT, false);
    for (unsigned w = 0; w < EXCEPTION_COUNT / 64; w++) {
        other_active |= others.word[w];
        external |= w == 0 ? system->pending.word[0] >> EXCEPTION_EXTERNAL : system->pending.word[w];
    }
    return (uint32_t)cpu->ipsr | (other_active == 0 ? ICSR_RETTOBASE : 0)
           | exception_vectpending(cpu) << 12 | (external != 0 ? ICSR_ISRPENDING : 0)
           | (set_has(&system->pending, EXCEPTION_SYSTICK) ? ICSR_PENDSTSET : 0)
           | (set_has(&system->pending, EXCEPTION_PENDSV) ? ICSR_PENDSVSET : 0)
           | (set_has(&system->pending, EXCEPTION_NMI) ? ICSR_NMIPENDSET : 0);
}

static uint32_t load_shcsr(const struct system *system)
{
    uint32_t value = system->scb.shcsr_enables;

    for (unsigned n = 0; n < HANDLER_STATE_COUNT; n++) {
        const struct exception_set *set =
            HANDLER_STATES[n].is_pending ? &system->pending : &system->active;
        value |= (uint32_t)set_has(set, HANDLER_STATES[n].exception) << HANDLER_STATES[n].bit;
    }
    return value;
}

static uint32_t load_priorities(const struct system *system, uint32_t offset)
{
    const uint8_t *priority = &system->priority[SYSTEM_PRIORITY_FIRST + (offset - SHPR1)];

    return priority[0] | (uint32_t)priority[1] << 8 | (uint32_t)priority[2] << 16
           | (uint32_t)priority[3] << 24;
}

static bool load_fp(const struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    const struct scb *scb = &cpu->system->scb;

    switch (offset) {
    case FPCCR:
        *value = scb->fpccr;
        return true;
    case FPCAR:
        *value = scb->fpcar;
        return true;
    case FPDSCR:
        *value = scb->fpdscr;
        return true;
    default:
        return false;
    }
}

/* Plain words: what is stored is what is loaded. */
static uint32_t *plain_word(struct cpu *cpu, uint32_t offset, uint32_t *writable)
{
    struct scb *scb = &cpu->system->scb;

    *writable = UINT32_MAX;
    switch (offset) {
    case ACTLR:
        *writable = processor_actlr_writable(cpu);
        return &scb->actlr;
    case VTOR:
        *writable = 0xFFFFFF80;
        return &scb->vtor;
    case SCR:
        *writable = SCR_WRITABLE;
        return &scb->scr;
    case CCR:
        *writable = processor_ccr_writable(cpu);
        return &scb->ccr;
    case MMFAR:
        return &scb->mmfar;
    case BFAR:
        return &scb->bfar;
    case AFSR:
        return &scb->afsr;
    case CPACR:
        *writable = CPACR_WRITABLE;
        return &scb->cpacr;
    case CFSR:
        return &scb->cfsr;
    case HFSR:
        return &scb->hfsr;
    case DFSR:
        return &scb->dfsr;
    default:
        return NULL;
    }
}

bool scb_load(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    struct system *system = cpu->system;
    uint32_t writable;
    const uint32_t *plain = plain_word(cpu, offset, &writable);

    if (plain != NULL) {
        *value = *plain;
        return true;
    }
    if (offset >= MPU_TYPE && offset <= MPU_LAST) {
        return mpu_load(cpu, offset, value);
    }
    switch (offset) {
    case ICSR:
        *value = load_icsr(cpu);
        return true;
    case AIRCR:
        *value = VECTKEYSTAT | system->scb.aircr_prigroup << 8;
        return true;
    case SHPR1:
    case SHPR1 + 4:
    case SHPR3:
        *value = load_priorities(system, offset);
        return true;
    case SHCSR:
        *value = load_shcsr(system);
        return true;
    case DEMCR:
        *value = system->scb.demcr
                 | (set_has(&system->pending, EXCEPTION_DEBUG_MONITOR) ? DEMCR_MON_PEND : 0);
        return true;
    case DHCSR: /* no debugger is attached */
        *value = 0;
        return true;
    default:
        return processor_load(cpu, offset, value) || load_fp(cpu, offset, value)
               || cache_load(cpu, offset, value);
    }
}

/* ---- stores ---- */

static void store_icsr(struct cpu *cpu, uint32_t value)
{
    if (value & ICSR_NMIPENDSET) {
        exception_pend(cpu, EXCEPTION_NMI, true);
    }
    if (value & (ICSR_PENDSVSET | ICSR_PENDSVCLR)) {
        exception_pend(cpu, EXCEPTION_PENDSV, value & ICSR_PENDSVSET);
    }
    if (value & (ICSR_PENDSTSET | ICSR_PENDSTCLR)) {
        exception_pend(cpu, EXCEPTION_SYSTICK, value & ICSR_PENDSTSET);
    }
}

/* No exception is active, and the code that runs is no handler. What is pending stays so. */
static void clear_active(struct cpu *cpu)
{
    cpu->system->active = (struct exception_set){{0}};
    cpu->ipsr = 0; /* CONTROL.SPSEL is 0 in a handler: SP stays the main one */
    exception_update(cpu);
    exception_fp_state_changed(cpu);
}

static void store_aircr(struct cpu *cpu, uint32_t value, uint32_t lanes)
{
    struct system *system = cpu->system;

    if ((value & lanes) >> 16 != VECTKEY) {
        return;
    }
    if (lanes & 0x700u) {
        system->scb.aircr_prigroup = value >> 8 & 7u;
        exception_update(cpu);
    }
    if (value & lanes & AIRCR_VECTCLRACTIVE) {
        clear_active(cpu);
    }
    if (value & lanes & (AIRCR_SYSRESETREQ | AIRCR_VECTRESET)) {
        system->reset_requested = true;
        cpu->attention = true;
    }
}

static void store_priorities(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct system *system = cpu->system;

    for (unsigned byte = 0; byte < 4; byte++) {
        const unsigned number = SYSTEM_PRIORITY_FIRST + (offset - SHPR1) + byte;
        const bool exists = number <= EXCEPTION_USAGE_FAULT || number == EXCEPTION_SVCALL
                            || number == EXCEPTION_DEBUG_MONITOR || number >= EXCEPTION_PENDSV;
        if (exists && (lanes >> (8 * byte) & 0xFFu)) {
            system->priority[number] =
                (uint8_t)(value >> (8 * byte)) & system->options.priority_mask;
        }
    }
    exception_update(cpu);
}

static void store_shcsr(struct cpu *cpu, uint32_t value, uint32_t lanes)
{
    struct system *system = cpu->system;

    value = (load_shcsr(system) & ~lanes) | (value & lanes);
    system->scb.shcsr_enables = value & SHCSR_ENABLES;
    for (unsigned n = 0; n < HANDLER_STATE_COUNT; n++) {
        set_put(HANDLER_STATES[n].is_pending ? &system->pending : &system->active,
                HANDLER_STATES[n].exception, value >> HANDLER_STATES[n].bit & 1u);
    }
    exception_update(cpu);
}

static bool store_fp(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct scb *scb = &cpu->system->scb;
    uint32_t *word = offset == FPCCR    ? &scb->fpccr
                     : offset == FPCAR  ? &scb->fpcar
                     : offset == FPDSCR ? &scb->fpdscr
                                        : NULL;
    uint32_t writable = offset == FPCCR   ? FPCCR_WRITABLE
                        : offset == FPCAR ? 0xFFFFFFF8
                                          : FPDSCR_WRITABLE;

    if (word == NULL) {
        return false;
    }
    if (cpu->fpu_present) {
        writable &= lanes;
        *word = (*word & ~writable) | (value & writable);
        exception_fp_state_changed(cpu);
    }
    return true;
}

/* What else a plain word's new value means. */
static void plain_word_changed(struct cpu *cpu, uint32_t offset)
{
    struct scb *scb = &cpu->system->scb;

    switch (offset) {
    case CCR:
        cpu->unaligned_trap = scb->ccr & CCR_UNALIGN_TRP;
        cpu->divide_trap = scb->ccr & CCR_DIV_0_TRP;
        cpu->attention = true;
        break;
    case CPACR:
        if (!cpu->fpu_present) {
            scb->cpacr = 0;
        }
        exception_fp_state_changed(cpu);
        break;
    default:
        break;
    }
}

/* MON_PEND is DebugMonitor's pending bit. MON_STEP is kept and does nothing. */
static void store_demcr(struct cpu *cpu, uint32_t value, uint32_t lanes)
{
    struct scb *scb = &cpu->system->scb;

    dwt_catch_up(cpu); /* under the old TRCENA */
    if (lanes & DEMCR_MON_PEND) {
        exception_pend(cpu, EXCEPTION_DEBUG_MONITOR, value & DEMCR_MON_PEND);
    }
    lanes &= DEMCR_WRITABLE & ~(uint32_t)DEMCR_MON_PEND;
    scb->demcr = (scb->demcr & ~lanes) | (value & lanes);
    exception_update(cpu);
}

bool scb_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint32_t writable;
    uint32_t *plain = plain_word(cpu, offset, &writable);

    if (offset == CFSR || offset == HFSR || offset == DFSR || offset == AFSR) {
        *plain &= ~(value & lanes); /* write one to clear */
        return true;
    }
    if (plain != NULL) {
        writable &= lanes;
        *plain = (*plain & ~writable) | (value & writable);
        plain_word_changed(cpu, offset);
        return true;
    }
    if (processor_load(cpu, offset, &writable)) {
        return true; /* read-only */
    }
    if (offset >= MPU_TYPE && offset <= MPU_LAST) {
        return mpu_store(cpu, offset, value, lanes);
    }
    switch (offset) {
    case ICSR:
        store_icsr(cpu, value & lanes);
        return true;
    case AIRCR:
        store_aircr(cpu, value, lanes);
        return true;
    case SHPR1:
    case SHPR1 + 4:
    case SHPR3:
        store_priorities(cpu, offset, value, lanes);
        return true;
    case SHCSR:
        store_shcsr(cpu, value, lanes);
        return true;
    case DEMCR:
        store_demcr(cpu, value, lanes);
        return true;
    default:
        return store_fp(cpu, offset, value, lanes) || cache_store(cpu, offset, value, lanes);
    }
}
