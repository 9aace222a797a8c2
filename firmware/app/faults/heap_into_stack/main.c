/*
 * What is wrong: every window's features are kept and none is given back, and _sbrk hands out memory
 * without looking where the stack begins. (The linker script is the common one: variables, heap, and
 * the stack at the end of SRAM.)
 * Silicon: the heap grows into the stack; what is stored there replaces return addresses, or the
 * next call replaces what is stored. Nothing faults at first.
 */

#include <stdlib.h>

#include "board.h"
#include "driver/console.h"

#define FEATURES 1000u

extern char __heap_start[];

void *_sbrk(ptrdiff_t increment);

void *_sbrk(ptrdiff_t increment)
{
    static char *end = __heap_start;
    char *const previous = end; /* grows here */
    end += increment;
    return previous;
}

__attribute__((noipa)) static int8_t *features_of(uint32_t window)
{
    int8_t *features = malloc(FEATURES); /* faults here */
    if (features) {
        for (uint32_t i = 0; i < FEATURES; i++) {
            features[i] = (int8_t)(i * window);
        }
    }
    return features;
}

int main(void)
{
    uint32_t windows = 0;
    (void)board_start();
    console_text("listening\n");
    while (features_of(windows)) {
        windows++;
    }
    console_text("memory for ");
    console_unsigned(windows);
    console_text(" windows\nPASS\n");
    for (;;) {
    }
}
