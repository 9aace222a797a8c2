/* Runs the generated network on the host: input from standard input; at each boundary between
 * layers all of the arena goes to standard output.
 */
#include <stdint.h>
#include <stdio.h>

static void dump(const char *label);
#define BOUNDARY(label) dump(label)

#include "network.c"

static void dump(const char *label)
{
    (void)label;
    fwrite(network_arena, 1, sizeof network_arena, stdout);
}

int main(void)
{
    if (fread(network_input(), 1, NETWORK_INPUT_SIZE, stdin) != NETWORK_INPUT_SIZE) {
        return 1;
    }
    network_invoke();
    return network_output() == NULL;
}
