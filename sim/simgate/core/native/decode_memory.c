/* decode_memory.c - 32-bit loads and stores (DDI 0403, A5.3.5 to A5.3.10). */
#include "decode.h"

static void decode_multiple(struct instruction *out, uint16_t first, uint16_t second)
{
    bool load = (first & 0x10u) != 0, writeback = (first & 0x20u) != 0;
    unsigned op = bits(first, 8, 7), rn = bits(first, 3, 0);
    uint32_t list = second;

    if (op == 0 || op == 3)
        return;
    out->kind = load ? K_LOAD_MULTIPLE : K_STORE_MULTIPLE;
    out->rn = (uint8_t)rn;
    out->imm = list;
    out->sub = op == 2;
    out->writeback = writeback;
    bool bad = rn == 15 || (list & (list - 1)) == 0 || (list & 0x2000u) ||
               (writeback && (list >> rn & 1u));
    bad |= load ? (list & 0xC000u) == 0xC000u : (list & 0x8000u) != 0;
    if (bad)
        out->kind = K_UNSUPPORTED;
}

static void decode_exclusive(struct instruction *out, bool load, enum width width, unsigned rt,
                             unsigned rd, unsigned rn, uint32_t offset)
{
    out->kind = load ? K_LOAD_EXCLUSIVE : K_STORE_EXCLUSIVE;
    out->sub = (uint8_t)width;
    out->rd = (uint8_t)rt;
    out->rn = (uint8_t)rn;
    out->imm = offset;
    bool bad = is_sp_or_pc(rt) || rn == 15;
    if (!load) {
        out->ra = (uint8_t)rd;
        bad |= is_sp_or_pc(rd) || rd == rn || rd == rt;
    }
    if (bad)
        out->kind = K_UNSUPPORTED;
}

static void decode_exclusive_or_table(struct instruction *out, uint32_t pc, uint16_t first,
                                      uint16_t second)
{
    bool load = (first & 0x10u) != 0;
    unsigned rn = bits(first, 3, 0), rt = bits(second, 15, 12), op = bits(second, 7, 4);

    if (!(first & 0x80u)) {
        decode_exclusive(out, load, WIDTH_WORD, rt, bits(second, 11, 8), rn,
                         bits(second, 7, 0) * 4);
    } else if (op == 4 || op == 5) {
        decode_exclusive(out, load, op == 4 ? WIDTH_BYTE : WIDTH_HALF, rt, bits(second, 3, 0), rn,
                         0);
    } else if (load && op < 2) {
        out->kind = K_TABLE_BRANCH;
        out->rn = (uint8_t)rn;
        out->rm = (uint8_t)bits(second, 3, 0);
        out->sub = (uint8_t)op;
        out->imm = pc + 4;
        if (rn == 13 || is_sp_or_pc(out->rm))
            out->kind = K_UNSUPPORTED;
    }
}

static void decode_dual(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second)
{
    bool index = (first & 0x100u) != 0, add = (first & 0x80u) != 0;
    bool writeback = (first & 0x20u) != 0, load = (first & 0x10u) != 0;
    uint32_t offset = bits(second, 7, 0) * 4;
    unsigned rn = bits(first, 3, 0);

    out->kind = load ? K_LOAD_DUAL : K_STORE_DUAL;
    out->rd = (uint8_t)bits(second, 15, 12);
    out->ra = (uint8_t)bits(second, 11, 8);
    out->rn = (uint8_t)rn;
    out->imm = add ? offset : 0u - offset;
    out->mode = !index ? MODE_POST : writeback ? MODE_PRE : MODE_OFFSET;
    bool bad = is_sp_or_pc(out->rd) || is_sp_or_pc(out->ra) || (load && out->rd == out->ra);
    bad |= writeback && (rn == 15 || rn == out->rd || rn == out->ra);
    bad |= rn == 15 && !load;
    if (rn == 15) {
        out->kind = K_LOAD_DUAL_LITERAL;
        out->rn = NO_REGISTER;
        out->imm += (pc + 4) & ~3u;
    }
    if (bad)
        out->kind = K_UNSUPPORTED;
}

/* Addressing of a single access by the second halfword; false: undefined or UNPREDICTABLE, with
 * out->kind set. */
static bool decode_addressing(struct instruction *out, uint16_t first, uint16_t second)
{
    if (first & 0x80u) {
        out->imm = bits(second, 11, 0);
        return true;
    }
    if (!(second & 0x800u)) {
        if (bits(second, 10, 6) != 0) {
            out->kind = K_UNDEFINED;
            return false;
        }
        out->rm = (uint8_t)bits(second, 3, 0);
        out->amount = (uint8_t)bits(second, 5, 4);
        if (is_sp_or_pc(out->rm))
            out->kind = K_UNSUPPORTED;
        return out->kind != K_UNSUPPORTED;
    }
    bool index = (second & 0x400u) != 0, add = (second & 0x200u) != 0;
    bool writeback = (second & 0x100u) != 0;
    uint32_t offset = bits(second, 7, 0);

    if (!index && !writeback) {
        out->kind = K_UNDEFINED;
        return false;
    }
    out->imm = add ? offset : 0u - offset;
    out->mode = !index ? MODE_POST : writeback ? MODE_PRE : add ? MODE_UNPRIVILEGED : MODE_OFFSET;
    out->writeback = writeback;
    if (writeback && out->rn == out->rd)
        out->kind = K_UNSUPPORTED;
    return out->kind != K_UNSUPPORTED;
}

static void decode_single(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second)
{
    static const uint8_t widths[8] = {WIDTH_BYTE, WIDTH_HALF, WIDTH_WORD, 0xFF,
                                      WIDTH_SIGNED_BYTE, WIDTH_SIGNED_HALF, 0xFF, 0xFF};
    bool load = (first & 0x10u) != 0;
    unsigned size = bits(first, 6, 5) | (first & 0x100u ? 4u : 0u);
    unsigned rn = bits(first, 3, 0), rt = bits(second, 15, 12);
    bool hint = load && rt == 15 && size != 2;

    if (widths[size] == 0xFF || (!load && (size & 4u || rn == 15)))
        return;
    out->kind = load ? K_LOAD : K_STORE;
    out->sub = widths[size];
    out->rd = (uint8_t)rt;
    out->rn = (uint8_t)rn;
    if (load && rn == 15) {
        uint32_t base = (pc + 4) & ~3u, imm12 = bits(second, 11, 0);

        out->kind = K_LOAD_LITERAL;
        out->rn = NO_REGISTER;
        out->imm = first & 0x80u ? base + imm12 : base - imm12;
    } else if (!decode_addressing(out, first, second))
        return;
    if (hint) /* PLD, PLI and unallocated hints */
        out->kind = out->writeback || out->mode == MODE_UNPRIVILEGED ? K_UNSUPPORTED : K_NOP;
    else if ((rt == 15 && !load) || (rt == 13 && size != 2) ||
             (is_sp_or_pc(rt) && out->mode == MODE_UNPRIVILEGED))
        out->kind = K_UNSUPPORTED;
}

void decode_t32_memory(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second)
{
    if (first & 0x1000u)
        decode_single(out, pc, first, second);
    else if (!(first & 0x40u))
        decode_multiple(out, first, second);
    else if (!(first & 0x120u))
        decode_exclusive_or_table(out, pc, first, second);
    else
        decode_dual(out, pc, first, second);
}
