/*
 * What is wrong: a plug-in is called at its first byte, where its header lies, not its code.
 * Silicon: SRAM may be executed; the header's first halfword, 0xDE01, is an undefined instruction:
 * a UsageFault (UNDEFINSTR), here a HardFault. Other data would do anything at all before that.
 */

#include "board.h"
#include "driver/console.h"

struct plug_in {
    uint32_t magic;
    uint32_t version;
    uint16_t code[6];
};

/* MOVS R0, #42; BX LR */
static struct plug_in plug_in = {.magic = 0xDEC0DE01u, .version = 3, .code = {0x202A, 0x4770}};

__attribute__((noipa)) static uint32_t start_plug_in(const struct plug_in *loaded)
{
    uint32_t (*entry)(void) = (uint32_t (*)(void))((uintptr_t)loaded | 1u);
    return entry() + 1u; /* faults here */
}

int main(void)
{
    (void)board_start();
    console_text("starting the plug-in\n");
    console_unsigned(start_plug_in(&plug_in));
    console_text("\nPASS\n");
    for (;;) {
    }
}
