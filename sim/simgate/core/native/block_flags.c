/* block_flags.c - flags that nothing sees: they need not be computed. */
#include "block.h"

enum { FLAG_NZ = 1, FLAG_C = 2, FLAG_V = 4 };

static unsigned flags_written(const struct instruction *in)
{
    switch (in->kind) {
    case K_ADD: case K_ADC: case K_SBC: case K_SUB: case K_RSB: case K_CMP: case K_CMN:
        return FLAG_NZ | FLAG_C | FLAG_V;
    case K_AND: case K_BIC: case K_ORR: case K_ORN: case K_EOR: case K_MOV: case K_MVN:
    case K_TST: case K_TEQ:
        return FLAG_NZ | (in->form == FORM_SHIFTED || in->carry != CARRY_KEPT ? FLAG_C : 0);
    default:
        return FLAG_NZ; /* MUL; shifts by register keep C for an amount of 0 */
    }
}

/* Plain arithmetic: neither leaves the block nor looks at flags that it does not write. */
static bool is_transparent(const struct entry *entry)
{
    const struct instruction *in = &entry->instruction;

    if (entry->condition != 14 || in->rd == 13 || in->kind < K_AND)
        return false;
    if (in->kind <= K_SHIFT_REGISTER)
        return in->kind != K_ADC && in->kind != K_SBC &&
               !(in->form == FORM_SHIFTED && in->shift_type == SHIFT_RRX);
    return in->kind <= K_SMLSLD && in->kind != K_SEL;
}

void block_find_dead_flags(struct builder *builder)
{
    unsigned i, j;

    for (i = 0; i + 1 < builder->count; i++) {
        struct entry *entry = &builder->entries[i];
        unsigned seen = 0;

        if (!entry->instruction.set_flags || entry->condition != 14)
            continue;
        unsigned wanted = flags_written(&entry->instruction);
        if (entry->instruction.kind == K_SHIFT_REGISTER)
            wanted |= FLAG_C;
        for (j = i + 1; j < builder->count; j++) {
            const struct entry *later = &builder->entries[j];

            if (!is_transparent(later))
                break;
            if (later->instruction.set_flags)
                seen |= flags_written(&later->instruction);
            if ((seen & wanted) == wanted) {
                entry->flags_dead = true;
                break;
            }
        }
    }
}
