/* registers.c - the system control space: what registers read after reset, which bits they keep. */
#include "exceptions.h"

struct place {
    const char *name;
    uint32_t address;
};

static const struct place fixed[] = {
    {"CPUID", 0xE000ED00}, {"ICTR", 0xE000E004}, {"MPU_TYPE", 0xE000ED90},
    {"ID_PFR0", 0xE000ED40}, {"ID_PFR1", 0xE000ED44}, {"ID_DFR0", 0xE000ED48},
    {"ID_AFR0", 0xE000ED4C}, {"ID_MMFR0", 0xE000ED50}, {"ID_MMFR1", 0xE000ED54},
    {"ID_MMFR2", 0xE000ED58}, {"ID_MMFR3", 0xE000ED5C}, {"ID_ISAR0", 0xE000ED60},
    {"ID_ISAR1", 0xE000ED64}, {"ID_ISAR2", 0xE000ED68}, {"ID_ISAR3", 0xE000ED6C},
    {"ID_ISAR4", 0xE000ED70}, {"MVFR0", 0xE000EF40}, {"MVFR1", 0xE000EF44},
    {"MVFR2", 0xE000EF48},
};

/* `seen` are the bits that are looked at: others are not there, or are somebody else's business. */
static const struct {
    const char *name;
    uint32_t address, ones, seen;
} changing[] = {
    {"VTOR", 0xE000ED08, 0x3FFFFF80, ~0u},
    {"AIRCR", 0xE000ED0C, AIRCR_KEY | 0x700, ~0u},
    {"SCR", 0xE000ED10, 0x16, ~0u},
    {"CCR", 0xE000ED14, 0x31B, 0x31B},
    {"SHPR1", 0xE000ED18, ~0u, 0x00F0F0F0},
    {"SHPR2", 0xE000ED1C, ~0u, 0xF0FFFFFF},
    {"SHPR3", 0xE000ED20, ~0u, 0xF0F0FFF0},
    {"CPACR", 0xE000ED88, 0x00F00000, 0x00F00000},
    {"MPU_CTRL", 0xE000ED94, 0, 7},
    {"MPU_RNR", 0xE000ED98, 7, 0xFF},
    {"MPU_RBAR", 0xE000ED9C, 0xFFFFFFE0, ~0xFu},
    {"MPU_RASR", 0xE000EDA0, 0x173FFF3E, ~0u},
    {"ISER", 0xE000E100, 0, ~0u},
    {"IPR0", 0xE000E400, ~0u, 0xF0F0F0F0},
    {"IPR7", 0xE000E41C, ~0u, 0xF0F0F0F0},
    {"FPCCR", 0xE000EF34, 0xC0000000, 0xC0000000},
    {"FPCAR", 0xE000EF38, ~0u, ~0u},
    {"FPDSCR", 0xE000EF3C, ~0u, ~0u},
    {"MMFAR", 0xE000ED34, 0x12345678, ~0u},
    {"BFAR", 0xE000ED38, 0x12345678, ~0u},
};

static void narrow_accesses(void)
{
    WORD(0xE000E408) = 0;
    BYTE(0xE000E409) = 0x90;
    HALF(0xE000E40A) = 0xB0A0;
    note("word", WORD(0xE000E408));
    note("byte", BYTE(0xE000E40B));
    note("half", HALF(0xE000E408));
    BYTE(0xE000ED1F) = 0x50;
    HALF(0xE000ED22) = 0xC0D0;
    note("shpr2", WORD(0xE000ED1C));
    note("shpr3", WORD(0xE000ED20));
    note("byte", BYTE(0xE000ED23));
    show("narrow accesses");
    calm();
}

SNIPPET(divide, "movs r0, #5\n movs r1, #0\n udiv r0, r0, r1")
SNIPPET(load, "ldr r0, =0x30000000\n ldr r1, [r0]")
SNIPPET(fetch, "ldr r0, =0x40000001\n bx r0")

/* Recovers without clearing the status. */
static void keep(struct exception *exception)
{
    keep_status = true;
    recover(exception);
    keep_status = false;
}

/* The status registers are sticky, and cleared by ones, byte by byte, too. */
static void status(void)
{
    calm();
    CCR |= CCR_DIV_0_TRP;
    handlers[HARD_FAULT] = keep;
    attempt(divide);
    attempt(load);
    attempt(fetch);
    note("cfsr", CFSR);
    note("hfsr", HFSR);
    note("mmfsr", BYTE(0xE000ED28));
    note("bfsr", BYTE(0xE000ED29));
    note("ufsr", HALF(0xE000ED2A));
    CFSR = 0;
    note("cfsr", CFSR);
    HALF(0xE000ED2A) = 0xFFFF;
    note("cfsr", CFSR);
    BYTE(0xE000ED28) = 1;
    note("cfsr", CFSR);
    BYTE(0xE000ED29) = 2;
    note("cfsr", CFSR);
    CFSR = 0xFFFFFFFF;
    note("cfsr", CFSR);
    HFSR = 0x40000000;
    note("hfsr", HFSR);
    show("status");
    calm();
}

int main(void)
{
    for (unsigned n = 0; n < COUNT(fixed); n++) {
        const uint32_t revision = n == 0 ? 0xF : 0; /* which one it is does not matter */
        note("value", WORD(fixed[n].address) & ~revision);
        show(fixed[n].name);
    }
    for (unsigned n = 0; n < COUNT(changing); n++) {
        const uint32_t before = WORD(changing[n].address);

        WORD(changing[n].address) = changing[n].ones;
        note("ones", WORD(changing[n].address) & changing[n].seen);
        WORD(changing[n].address) = changing[n].address == 0xE000ED0C ? AIRCR_KEY : 0;
        note("zeros", WORD(changing[n].address) & changing[n].seen);
        WORD(changing[n].address) =
            changing[n].address == 0xE000ED0C ? AIRCR_KEY | (before & 0x700) : before;
        show(changing[n].name);
    }
    calm();
    narrow_accesses();
    status();
    return 0;
}
