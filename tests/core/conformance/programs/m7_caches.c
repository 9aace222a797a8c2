/* m7_caches.c - cache identification and maintenance as software sees them (DDI 0403, B4.8). */
#include "exceptions.h"

#define CLIDR WORD(0xE000ED78)
#define CTR WORD(0xE000ED7C)
#define CCSIDR WORD(0xE000ED80)
#define CSSELR WORD(0xE000ED84)

static uint32_t data[16] __attribute__((aligned(32)));

int main(void)
{
    note("clidr", CLIDR);
    note("ctr", CTR);
    show("identification");
    for (uint32_t select = 0; select < 2; select++) {
        CSSELR = select;
        note("csselr", CSSELR);
        note("ccsidr", CCSIDR & 7u); /* words in a line; how many sets is the maker's choice */
        show("selected");
    }
    data[0] = 0x55;
    static const uint32_t operations[] = {
        0xE000EF50, 0xE000EF58, 0xE000EF5C, 0xE000EF60, 0xE000EF64, 0xE000EF68, 0xE000EF6C,
        0xE000EF70, 0xE000EF74, 0xE000EF78};
    for (unsigned n = 0; n < COUNT(operations); n++) {
        WORD(operations[n]) = ADDRESS(data);
        barrier();
    }
    note("data", data[0]);
    show("maintenance keeps what memory holds");
    return 0;
}
