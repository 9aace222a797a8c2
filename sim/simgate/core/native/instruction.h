/* instruction.h - one decoded Thumb-2 instruction, before it is bound to a handler.
 *
 * Decoding knows encodings and nothing of how instructions run; binding (execute_*.c) knows handlers
 * and nothing of encodings. Names and pseudocode: DDI 0403, chapter A7.
 */
#ifndef SIMGATE_INSTRUCTION_H
#define SIMGATE_INSTRUCTION_H

#include <stdbool.h>
#include <stdint.h>

enum kind {
    K_UNDEFINED,   /* UNDEFINED in the architecture, or on this core */
    K_UNSUPPORTED, /* UNPREDICTABLE, or unknown to this core */
    K_NO_COPROCESSOR,
    K_FP_UNDEFINED, /* UNDEFINED; while access to the FPU is not granted, K_NO_COPROCESSOR */

    /* Data processing with a flexible second operand. Tests have rd = NO_REGISTER. */
    K_AND, K_BIC, K_ORR, K_ORN, K_EOR, K_ADD, K_ADC, K_SBC, K_SUB, K_RSB, K_MOV, K_MVN,
    K_TST, K_TEQ, K_CMP, K_CMN,
    K_SHIFT_REGISTER, /* rd = rn shifted by rm, shift_type */

    K_MOVT, K_BFI, K_BFC, K_SBFX, K_UBFX, /* amount = lsb, sub = width */
    K_SSAT, K_USAT,     /* saturate to sub bits; shift_type, amount */
    K_SSAT16, K_USAT16, /* saturate to sub bits */
    K_CLZ, K_RBIT, K_REV, K_REV16, K_REVSH,
    K_EXTEND,           /* sub: enum extension; amount = rotation; rn = NO_REGISTER: nothing added */
    K_PKHBT, K_PKHTB,   /* shift_type, amount */
    K_SEL,
    K_PARALLEL,         /* sub = enum parallel_op << 3 | enum parallel_prefix */
    K_QADD, K_QDADD, K_QSUB, K_QDSUB,
    K_USAD8,            /* ra = NO_REGISTER: nothing added */

    K_MUL, K_MLA, K_MLS,
    K_SMUL_HALVES,      /* sub bit 0: top of rm, bit 1: top of rn; ra may be NO_REGISTER */
    K_SMUL_WIDE,        /* SMULWy, SMLAWy: sub bit 0: top of rm; ra may be NO_REGISTER */
    K_SMUAD, K_SMUSD,   /* sub bit 0: exchange; ra may be NO_REGISTER (SMLAD, SMLSD else) */
    K_SMMUL, K_SMMLS,   /* sub bit 0: round; SMMUL: ra may be NO_REGISTER (SMMLA else) */
    K_SMULL, K_UMULL, K_SMLAL, K_UMLAL, K_UMAAL, /* ra = RdLo, rd = RdHi */
    K_SMLAL_HALVES,     /* sub as K_SMUL_HALVES */
    K_SMLALD, K_SMLSLD, /* sub bit 0: exchange */
    K_SDIV, K_UDIV,

    K_LOAD, K_STORE,    /* rd = Rt; sub = enum width; mode; rm = NO_REGISTER: imm is the offset */
    K_LOAD_LITERAL,     /* rd = Rt; sub = enum width; imm = address */
    K_LOAD_DUAL, K_STORE_DUAL,          /* rd = Rt, ra = Rt2; mode, imm */
    K_LOAD_DUAL_LITERAL,                /* imm = address */
    K_LOAD_MULTIPLE, K_STORE_MULTIPLE,  /* rn, imm = register list, sub: 0 = IA, 1 = DB, writeback */
    K_LOAD_EXCLUSIVE, K_STORE_EXCLUSIVE,/* sub = enum width; rd = Rt, ra = Rd of STREX; imm */
    K_CLREX,
    K_TABLE_BRANCH,     /* rn, rm; sub = 1: halfwords; imm = PC + 4 */

    K_B,                /* imm = target */
    K_B_COND,           /* cond, imm = target */
    K_BL, K_BX, K_BLX,  /* BL: imm = target; rm; BX of PC: imm = target */
    K_CBZ, K_CBNZ,      /* rn, imm = target */
    K_MOV_PC,           /* rm */
    K_ADD_PC,           /* rm, imm = PC + 4 */
    K_IT,               /* imm = ITSTATE */

    K_NOP,              /* hints that do nothing, barriers */
    K_SVC, K_BKPT, K_WFI, K_WFE, K_SEV,
    K_CPS,              /* sub: bit 0 FAULTMASK, bit 1 PRIMASK, bit 4 disable */
    K_MRS, K_MSR,       /* imm = SYSm, sub = mask of MSR */

    /* Floating point; is_double: registers are D registers, but for integers and halves. */
    K_FP_FIRST,
    K_VADD = K_FP_FIRST, K_VSUB, K_VMUL, K_VNMUL, K_VDIV, K_VMLA, K_VMLS, K_VNMLA, K_VNMLS,
    K_VFMA, K_VFMS, K_VFNMA, K_VFNMS, K_VSQRT, K_VABS, K_VNEG, K_VMOV,
    K_VMAXNM, K_VMINNM,
    K_VMOV_IMM,         /* imm = bits of the float, the upper 32 of a double */
    K_VSEL,             /* cond: rn when it holds, else rm */
    K_VRINT,            /* amount: enum fp_rounding; sub bit 0: exact */
    K_VCVT_PRECISION,   /* is_double: of rm, the source */
    K_VCMP,             /* sub bit 0: E; rm = NO_REGISTER: with zero */
    K_VCVT_FROM_INT,    /* sub bit 0: signed */
    K_VCVT_TO_INT,      /* sub bit 0: signed; amount: enum fp_rounding */
    K_VCVT_FROM_FIXED, K_VCVT_TO_FIXED, /* sub bit 0: signed, bit 1: 32 bits; amount: fraction */
    K_VCVT_FROM_HALF, K_VCVT_TO_HALF,   /* sub bit 0: top */
    K_VMOV_TO_CORE, K_VMOV_FROM_CORE,   /* rn = S register, rd = Rt */
    K_VMOV_PAIR_TO_CORE, K_VMOV_PAIR_FROM_CORE, /* rd = Rt, ra = Rt2, rm = first S register */
    K_VMRS, K_VMSR,     /* rd = Rt, 15: APSR */
    K_VLDR, K_VSTR,     /* rd = first S register, sub = number of words, rn, imm = offset */
    K_VLDR_LITERAL,     /* imm = address */
    K_VLDM, K_VSTM,     /* rd = first S register, amount = number of words, sub: 1 = DB */
    K_COUNT
};

enum { NO_REGISTER = 0xFF };

enum form { FORM_IMMEDIATE, FORM_REGISTER, FORM_SHIFTED };
enum shift { SHIFT_LSL, SHIFT_LSR, SHIFT_ASR, SHIFT_ROR, SHIFT_RRX };
enum carry { CARRY_KEPT, CARRY_CLEAR, CARRY_SET }; /* what ThumbExpandImm_C makes of C */
enum mode { MODE_OFFSET, MODE_PRE, MODE_POST, MODE_UNPRIVILEGED /* LDRT, STRT: as an offset */ };
enum width { WIDTH_WORD, WIDTH_HALF, WIDTH_BYTE, WIDTH_SIGNED_HALF, WIDTH_SIGNED_BYTE };
enum extension { EXTEND_SXTB, EXTEND_SXTH, EXTEND_UXTB, EXTEND_UXTH, EXTEND_SXTB16, EXTEND_UXTB16 };
enum parallel_op { PARALLEL_ADD8 = 0, PARALLEL_ADD16 = 1, PARALLEL_ASX = 2, PARALLEL_SUB8 = 4,
                   PARALLEL_SUB16 = 5, PARALLEL_SAX = 6 };
enum parallel_prefix { PREFIX_S, PREFIX_Q, PREFIX_SH, PREFIX_U, PREFIX_UQ, PREFIX_UH };

struct instruction {
    uint8_t kind;
    uint8_t size; /* bytes: 2 or 4 */
    uint8_t rd, rn, rm, ra; /* NO_REGISTER where there is none */
    uint8_t sub;
    uint8_t form;
    uint8_t shift_type;
    uint8_t amount; /* of a shift: 0 to 32 */
    uint8_t carry;
    uint8_t cond;
    uint8_t mode;
    bool set_flags;
    bool writeback;
    bool is_double; /* arithmetic in double precision */
    uint32_t imm;
    uint32_t encoding;
};

#endif
