/* trail.c - the last branches, found again from the blocks that were entered.
 *
 * Noting a block costs three instructions of the host; what instruction left it, and for where, is
 * worked out only when somebody asks: a block is left by its last instruction, unless the next one
 * begins right behind it.
 */
#include "code_cache.h"

enum { TAKEN_BACK = 4 }; /* so many of the oldest may be what was noted and taken back */

struct collection {
    struct branch *branches;
    unsigned room, count;
};

static void collect(struct collection *to, uint32_t source, uint32_t target, uint8_t kind)
{
    if (to->count == to->room) {
        memmove(to->branches, to->branches + 1, (to->room - 1) * sizeof *to->branches);
        to->count--;
    }
    to->branches[to->count++] =
        (struct branch){.source = source, .target = target, .kind = kind};
}

/* Whether `place` lies right behind the block, or (`left_in_line`) anywhere in it; *last is then or
 * else the instruction before it or the block's last one. */
static bool in_line(struct cpu *cpu, uint64_t block, uint32_t place, bool left_in_line,
                    uint32_t *last)
{
    const uint32_t count = (uint32_t)(block >> 32);
    uint32_t pc = (uint32_t)block;
    unsigned in_it = 0; /* instructions of an IT block still to come */

    *last = pc;
    for (uint32_t n = 0; n < count; n++) {
        struct instruction instruction;

        if (pc == place && left_in_line)
            return true;
        *last = pc;
        if (!code_decode(cpu, pc, in_it != 0, &instruction))
            return false;
        if (instruction.kind == K_IT && in_it == 0)
            in_it = 4u - (unsigned)__builtin_ctz(instruction.imm | 0x10u);
        else if (in_it != 0)
            in_it--;
        pc += instruction.size;
    }
    return pc == place;
}

/* From `block` to `place`: another block, or where an exception was entered or things stand, which
 * may be in the middle of the block (`left_in_line`). */
static void follow(struct cpu *cpu, struct collection *to, uint64_t block, uint32_t place,
                   bool left_in_line, bool returned)
{
    uint32_t last;

    if (!in_line(cpu, block, place, left_in_line, &last) || returned)
        collect(to, last, place, returned ? 2 : 0);
}

unsigned trail_branches(struct cpu *cpu, struct branch *branches, unsigned room)
{
    struct collection to = {.branches = branches, .room = room};
    uint64_t block = 0;       /* the last one seen, 0: none */
    uint32_t interrupted = 0; /* where an exception was entered just now */
    bool entered = false, returned = false, goes_on = false;

    if (room == 0)
        return 0;
    for (unsigned n = TAKEN_BACK; n <= TRAIL_LENGTH; n++) {
        const bool is_last = n == TRAIL_LENGTH; /* where things stand now */
        const uint64_t value = is_last ? cpu->r[15] & ~1u : cpu->trail[(cpu->trail_at + n) % TRAIL_LENGTH];

        if (value == 0 && !is_last)
            continue; /* not filled yet */
        if (value == TRAIL_RETURNED) {
            returned = true;
        } else if (value == TRAIL_GOES_ON) {
            goes_on = true;
        } else if (value & 1u) {
            if (entered)
                collect(&to, interrupted, (uint32_t)value & ~1u, 1);
            else if (block != 0)
                follow(cpu, &to, block, (uint32_t)value & ~1u, value & TRAIL_IN_LINE, returned);
            interrupted = (uint32_t)value & ~1u;
            block = 0;
            entered = true;
            returned = goes_on = false;
        } else {
            if (entered)
                collect(&to, interrupted, (uint32_t)value, 1);
            else if (block != 0 && !goes_on)
                follow(cpu, &to, block, (uint32_t)value, is_last && cpu->r[15] == cpu->left_at,
                       returned);
            block = value;
            entered = returned = goes_on = false;
        }
    }
    return to.count;
}
