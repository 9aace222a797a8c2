/* decode.h - from encodings to struct instruction. */
#ifndef SIMGATE_DECODE_H
#define SIMGATE_DECODE_H

#include "cpu.h"
#include "instruction.h"

/* 4 when `first` opens a 32-bit instruction, else 2 (A5.1). */
static inline uint32_t instruction_size(uint16_t first)
{
    return (first & 0xF800u) >= 0xE800u ? 4 : 2;
}

/* Decodes the instruction at `pc`. in_it: within an IT block, where 16-bit data processing leaves
 * the flags alone. `second` is ignored for 16-bit instructions. `fpu`: what the core has. */
void decode(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second, bool in_it,
            enum fpu fpu);

/* By encoding group; `out` comes cleared, with kind = K_UNDEFINED, registers NO_REGISTER. */
void decode_t16(struct instruction *out, uint32_t pc, uint16_t code, bool in_it);
void decode_t32_data(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second);
void decode_t32_register(struct instruction *out, uint16_t first, uint16_t second);
void decode_t32_control(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second);
void decode_t32_memory(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second);
void decode_t32_multiply(struct instruction *out, uint16_t first, uint16_t second);
void decode_t32_fp(struct instruction *out, uint32_t pc, uint16_t first, uint16_t second,
                   enum fpu fpu);

/* Bits high..low of a word. */
static inline uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
    return (word >> low) & ((2u << (high - low)) - 1u);
}

static inline int32_t sign_extend(uint32_t value, unsigned width)
{
    return (int32_t)(value << (32 - width)) >> (32 - width);
}

static inline bool is_sp_or_pc(unsigned reg)
{
    return reg == 13 || reg == 15;
}

/* DecodeImmShift (A7.4.2). */
static inline void set_shift(struct instruction *out, unsigned type, unsigned imm5)
{
    out->shift_type = (uint8_t)type;
    out->amount = (uint8_t)imm5;
    if (imm5 == 0) {
        if (type == SHIFT_LSR || type == SHIFT_ASR) {
            out->amount = 32;
        } else if (type == SHIFT_ROR) {
            out->shift_type = SHIFT_RRX;
            out->amount = 1;
        }
    }
    out->form = out->amount == 0 ? FORM_REGISTER : FORM_SHIFTED;
}

#endif
