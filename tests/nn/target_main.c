/* Keeps the generated network in the image; the test sets the program counter itself. */
#include "network.h"

void start(void);

void start(void)
{
    network_invoke();
    for (;;) {
        (void)*(volatile const int8_t *)network_output();
        (void)*(volatile const int8_t *)network_input();
    }
}
