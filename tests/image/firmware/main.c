#include <stdint.h>

extern void parking(void);

const int8_t kws_weights_0[96] = {1, 2, 3};
const int32_t kws_bias_0[4] = {10, 20, 30, 40};
const uint8_t lookup[48] = {7};
int32_t counter = 5;
int32_t history[25];
static int8_t arena[64];

static __attribute__((noinline)) int32_t scale_up(int32_t value) {
    int32_t sum = value;
    for (int i = 0; i < 4; i++) {
        sum += kws_bias_0[i] * value;
    }
    return sum; /* last of scale_up */
}

__attribute__((noinline)) void kws_invoke(void) {
    __asm__ volatile(".global kws_at_0\nkws_at_0:");
    for (int i = 0; i < 64; i++) {
        arena[i] = (int8_t)(kws_weights_0[i] + lookup[i % 48]);
    }
    __asm__ volatile(".global kws_at_1\nkws_at_1:" ::: "memory");
}

__attribute__((weak)) void other_interrupt(void);
void default_handler(void) {
    for (;;) {
    }
}
void other_interrupt(void) __attribute__((weak, alias("default_handler")));

int main(void) {
    kws_invoke();
    history[counter] = scale_up(counter) + arena[3];
    other_interrupt();
    parking();
    return 0;
}

struct layer {
    uint32_t magic, operator_index, tensor_index, address, size, start, end, type, rank;
    int32_t shape[6];
    float scale;
    int32_t zero_point;
    char operator_name[28];
    char name[96];
};
_Static_assert(sizeof(struct layer) == 192, "a row has 192 bytes");
extern char kws_at_0[], kws_at_1[];

__attribute__((used, section(".simgate.layers"))) static const struct layer layers[2] = {
    {0x314C4753u, 0xFFFFFFFFu, 0, (uint32_t)arena, 64, (uint32_t)kws_at_0, (uint32_t)kws_at_0,
     9, 4, {1, 8, 8, 1}, 0.5f, -3, "INPUT", "input"},
    {0x314C4753u, 0, 1, (uint32_t)arena, 64, (uint32_t)kws_at_0, (uint32_t)kws_at_1,
     9, 2, {1, 64}, 0.25f, 4, "CONV_2D", "layer/convolution"},
};
