/* m4_bit_band.c - the bit-band alias of RAM: single bits read and written in all widths. */
#include "exceptions.h"

static uint32_t words[2];

static uint32_t alias(const void *address, unsigned bit)
{
    return 0x22000000u + (ADDRESS(address) - 0x20000000u) * 32 + bit * 4;
}

SNIPPET(load_exclusive, "ldr r0, =0x22020000\n ldr r1, [r0]")

int main(void)
{
    words[0] = 0x80000001;
    for (unsigned bit = 0; bit < 32; bit += 31) {
        note("bit", WORD(alias(words, bit)));
        note("byte", BYTE(alias(words, bit)));
        note("half", HALF(alias(words, bit)));
    }
    note("clear", WORD(alias(words, 5)));
    show("read");
    WORD(alias(words, 7)) = 1;
    note("word", words[0]);
    WORD(alias(words, 8)) = 0xFFFFFFFE;
    note("word", words[0]);
    BYTE(alias(words, 9)) = 0xFF;
    note("word", words[0]);
    HALF(alias(words, 31)) = 0xFFF0;
    note("word", words[0]);
    WORD(alias(&words[1], 31)) = 3;
    note("word", words[1]);
    show("write");
    note("ended", attempt(load_exclusive));
    show("elsewhere");
    return 0;
}
