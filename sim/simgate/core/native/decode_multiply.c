/* decode_multiply.c - 32-bit multiply, multiply-accumulate and divide (DDI 0403, A5.3.16, A5.3.17). */
#include "decode.h"

static void decode_short(struct instruction *out, uint16_t first, uint16_t second)
{
    unsigned op = bits(second, 5, 4);

    out->ra = (uint8_t)bits(second, 15, 12);
    out->sub = (uint8_t)op;
    bool no_accumulator = out->ra == 15;
    if (second & 0xC0u)
        return;
    switch (bits(first, 6, 4)) {
    case 0:
        if (op == 0)
            out->kind = no_accumulator ? K_MUL : K_MLA;
        else if (op == 1)
            out->kind = no_accumulator ? K_UNSUPPORTED : K_MLS;
        break;
    case 1: out->kind = K_SMUL_HALVES; break;
    case 2: out->kind = op < 2 ? K_SMUAD : K_UNDEFINED; break;
    case 3: out->kind = op < 2 ? K_SMUL_WIDE : K_UNDEFINED; break;
    case 4: out->kind = op < 2 ? K_SMUSD : K_UNDEFINED; break;
    case 5: out->kind = op < 2 ? K_SMMUL : K_UNDEFINED; break;
    case 6: out->kind = op >= 2 ? K_UNDEFINED : no_accumulator ? K_UNSUPPORTED : K_SMMLS; break;
    default: out->kind = op == 0 ? K_USAD8 : K_UNDEFINED; break;
    }
    if (no_accumulator)
        out->ra = NO_REGISTER;
    else if (out->ra == 13 && out->kind != K_UNDEFINED)
        out->kind = K_UNSUPPORTED;
}

static void decode_long(struct instruction *out, uint16_t first, uint16_t second)
{
    unsigned op = bits(second, 7, 4);
    bool divide = false;

    out->ra = (uint8_t)bits(second, 15, 12);
    out->sub = (uint8_t)(op & 3u);
    switch (bits(first, 6, 4)) {
    case 0: out->kind = op == 0 ? K_SMULL : K_UNDEFINED; break;
    case 1: divide = true; out->kind = op == 15 ? K_SDIV : K_UNDEFINED; break;
    case 2: out->kind = op == 0 ? K_UMULL : K_UNDEFINED; break;
    case 3: divide = true; out->kind = op == 15 ? K_UDIV : K_UNDEFINED; break;
    case 4:
        out->kind = op == 0 ? K_SMLAL
                    : (op & 12u) == 8u ? K_SMLAL_HALVES
                    : (op & 14u) == 12u ? K_SMLALD : K_UNDEFINED;
        break;
    case 5: out->kind = (op & 14u) == 12u ? K_SMLSLD : K_UNDEFINED; break;
    case 6: out->kind = op == 0 ? K_UMLAL : op == 6 ? K_UMAAL : K_UNDEFINED; break;
    default: break;
    }
    if (out->kind == K_UNDEFINED)
        return;
    if (divide) {
        if (out->ra != 15)
            out->kind = K_UNSUPPORTED;
        out->ra = NO_REGISTER;
    } else if (is_sp_or_pc(out->ra) || out->ra == out->rd)
        out->kind = K_UNSUPPORTED;
}

void decode_t32_multiply(struct instruction *out, uint16_t first, uint16_t second)
{
    out->rn = (uint8_t)bits(first, 3, 0);
    out->rd = (uint8_t)bits(second, 11, 8);
    out->rm = (uint8_t)bits(second, 3, 0);
    if (first & 0x80u)
        decode_long(out, first, second);
    else
        decode_short(out, first, second);
    if (out->kind != K_UNDEFINED &&
        (is_sp_or_pc(out->rn) || is_sp_or_pc(out->rd) || is_sp_or_pc(out->rm)))
        out->kind = K_UNSUPPORTED;
}
