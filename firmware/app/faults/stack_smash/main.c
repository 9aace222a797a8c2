/*
 * What is wrong: a name of any length is copied into 16 bytes on the stack; the rest of it replaces
 * the saved registers and the return address.
 * Silicon: the function returns to an address made of letters, where nothing can be executed: a
 * BusFault (IBUSERR) or UsageFault (INVSTATE) far from the cause, here a HardFault.
 */

#include "board.h"
#include "driver/console.h"

static const char reply[] = "name=measuring mouse moves in Moscow's sunny museum; unit=mm";

__attribute__((noipa)) static void copy_until(char *to, const char *from, char end)
{
    while (*from != end) {
        *to++ = *from++;
    }
    *to = '\0';
}

__attribute__((noipa)) static void show_name(const char *text)
{
    char name[16];
    copy_until(name, text + 5, ';');
    console_text(name);
} /* faults here */

int main(void)
{
    (void)board_start();
    console_text("reading the reply\n");
    show_name(reply);
    console_text("\nPASS\n");
    for (;;) {
    }
}
