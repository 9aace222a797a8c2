/* nvic.c - the registers of the interrupt controller and the interrupt lines (DDI 0403, B3.4).
 *
 * A line that is up pends its interrupt when it rises, and again when the handler returns while
 * it is still up; clearing the pending bit of a line that is up has no effect.
 */
#include "system.h"

enum {
    ICTR = 0x004,
    ISER = 0x100,
    ICER = 0x180,
    ISPR = 0x200,
    ICPR = 0x280,
    IABR = 0x300,
    IPR = 0x400,
    IPR_END = 0x4F0,
    STIR = 0xF00,
    BANK = 0x80,
    BANK_WORDS = 8,
};

void nvic_set_line(struct cpu *cpu, unsigned interrupt, bool level)
{
    struct system *system = cpu->system;
    const unsigned number = EXCEPTION_EXTERNAL + interrupt;
    const bool before = set_has(&system->lines, number);

    if (level == before) {
        return;
    }
    set_put(&system->lines, number, level);
    if (level) {
        exception_pend(cpu, number, true);
    }
}

void nvic_pend(struct cpu *cpu, unsigned interrupt)
{
    exception_pend(cpu, EXCEPTION_EXTERNAL + interrupt, true);
}

/* Bits of interrupts 32n..32n+31 that are wired. */
static uint32_t wired(const struct system *system, unsigned n)
{
    const unsigned count = system->options.interrupts;

    if (32 * n >= count) {
        return 0;
    }
    return count - 32 * n >= 32 ? UINT32_MAX : (UINT32_C(1) << (count - 32 * n)) - 1u;
}

/* Exception numbers begin 16 above interrupt numbers: words of 32 lie across the set's words. */
static uint32_t bits_of(const struct exception_set *set, unsigned n)
{
    uint32_t bits = 0;

    for (unsigned bit = 0; bit < 32; bit++) {
        const unsigned number = EXCEPTION_EXTERNAL + 32 * n + bit;
        if (number < EXCEPTION_COUNT && set_has(set, number)) {
            bits |= UINT32_C(1) << bit;
        }
    }
    return bits;
}

bool nvic_load(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    const struct system *system = cpu->system;
    const unsigned n = (offset % BANK) / 4;

    if (offset == ICTR) {
        *value = (system->options.interrupts - 1u) / 32u;
        return true;
    }
    if (offset >= IPR && offset < IPR_END) {
        const uint8_t *priority = &system->priority[EXCEPTION_EXTERNAL + (offset - IPR)];
        *value = priority[0] | (uint32_t)priority[1] << 8 | (uint32_t)priority[2] << 16
                 | (uint32_t)priority[3] << 24;
        return true;
    }
    if (offset == STIR) {
        *value = 0;
        return true;
    }
    if (offset < ISER || offset >= IABR + BANK || n >= BANK_WORDS) {
        return false;
    }
    switch (offset - offset % BANK) {
    case ISER:
    case ICER:
        *value = bits_of(&system->enabled, n);
        return true;
    case ISPR:
    case ICPR:
        *value = bits_of(&system->pending, n);
        return true;
    default:
        *value = bits_of(&system->active, n);
        return true;
    }
}

static void change(struct cpu *cpu, uint32_t bank, unsigned number)
{
    struct system *system = cpu->system;

    switch (bank) {
    case ISER:
    case ICER:
        set_put(&system->enabled, number, bank == ISER);
        break;
    case ISPR:
        exception_pend(cpu, number, true);
        break;
    case ICPR:
        if (!set_has(&system->lines, number) || set_has(&system->active, number)) {
            set_put(&system->pending, number, false);
        }
        break;
    default: /* IABR is read-only */
        break;
    }
}

bool nvic_store(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct system *system = cpu->system;
    const unsigned n = (offset % BANK) / 4;

    if (offset == ICTR) {
        return true; /* read-only */
    }
    if (offset >= IPR && offset < IPR_END) {
        for (unsigned byte = 0; byte < 4; byte++) {
            const unsigned interrupt = offset - IPR + byte;
            if ((lanes >> (8 * byte) & 0xFFu) && interrupt < system->options.interrupts) {
                system->priority[EXCEPTION_EXTERNAL + interrupt] =
                    (uint8_t)(value >> (8 * byte)) & system->options.priority_mask;
            }
        }
        exception_update(cpu);
        return true;
    }
    if (offset == STIR) {
        if ((value & 0x1FFu) < system->options.interrupts) {
            nvic_pend(cpu, value & 0x1FFu);
        }
        return true;
    }
    if (offset < ISER || offset >= IABR + BANK || n >= BANK_WORDS) {
        return false;
    }
    for (uint32_t left = value & lanes & wired(system, n); left != 0; left &= left - 1) {
        change(cpu, offset - offset % BANK,
               EXCEPTION_EXTERNAL + 32 * n + (unsigned)__builtin_ctz(left));
    }
    exception_update(cpu);
    return true;
}
