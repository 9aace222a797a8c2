/*
 * What is wrong: the tree of settings has a loop (a leaf names its own ancestor), and the walk over
 * it has no limit.
 * Silicon: the stack leaves SRAM at its lowest address: BusFault, stacking fails, lockup. With
 * variables below the stack they are overwritten first.
 */

#include "board.h"
#include "driver/console.h"

struct node {
    const struct node *child;
    const struct node *next;
    uint32_t value;
};

static const struct node root, leaf = {.child = &root, .value = 3};
static const struct node branch = {.child = &leaf, .value = 2};
static const struct node root = {.child = &branch, .value = 1};

__attribute__((noipa)) static uint32_t sum_of(const struct node *node)
{ /* faults here */
    uint32_t sum = 0;
    for (; node; node = node->next) {
        sum += node->value + sum_of(node->child);
    }
    return sum;
}

int main(void)
{
    (void)board_start();
    console_text("adding up\n");
    console_unsigned(sum_of(&root));
    console_text("\nPASS\n");
    for (;;) {
    }
}
