/* A fault in a function that is called by assembly without call frame information. */

#include "board.h"
#include "driver/console.h"

uint32_t read_from(const volatile uint32_t *address);
uint32_t through_assembly(uint32_t address);

__attribute__((noipa)) uint32_t read_from(const volatile uint32_t *address)
{
    return *address + 1u; /* faults here */
}

__asm(".pushsection .text.through_assembly, \"ax\", %progbits\n"
      ".global through_assembly\n"
      ".type through_assembly, %function\n"
      ".thumb_func\n"
      "through_assembly:\n"
      "    push {r4, r5, r6, lr}\n"
      "    sub sp, #24\n"
      "    bl read_from\n"
      "    add sp, #24\n"
      "    pop {r4, r5, r6, pc}\n"
      ".size through_assembly, . - through_assembly\n"
      ".popsection\n");

int main(void)
{
    (void)board_start();
    console_text("reading\n");
    (void)through_assembly(0x60000000u);
    for (;;) {
    }
}
