/*
 * What is wrong: a message without a payload is summed up all the same. (What is right: an MPU region
 * keeps everyone from the first 256 bytes, where a null pointer would read the vector table.)
 * Silicon: a MemManage fault (DACCVIOL, MMFAR valid), here a HardFault.
 */

#include "board.h"
#include "driver/console.h"

/* DDI 0403E.e, B3.5 */
#define MPU_CTRL (*(volatile uint32_t *)0xE000ED94u)
#define MPU_RBAR (*(volatile uint32_t *)0xE000ED9Cu)
#define MPU_RASR (*(volatile uint32_t *)0xE000EDA0u)
#define MPU_CTRL_ENABLE (1u << 0)
#define MPU_CTRL_PRIVDEFENA (1u << 2)
#define MPU_RBAR_VALID (1u << 4)
#define MPU_RASR_ENABLE (1u << 0)
#define MPU_RASR_SIZE_256 (7u << 1)
#define MPU_RASR_XN (1u << 28) /* and AP = 0: no access */

struct message {
    uint32_t size;
    const uint8_t *payload;
};

static void guard_null(void)
{
    MPU_RBAR = 0u | MPU_RBAR_VALID;
    MPU_RASR = MPU_RASR_XN | MPU_RASR_SIZE_256 | MPU_RASR_ENABLE;
    MPU_CTRL = MPU_CTRL_PRIVDEFENA | MPU_CTRL_ENABLE;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

__attribute__((noipa)) static uint32_t sum_of(const struct message *message)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < message->size; i++) {
        sum += message->payload[i]; /* faults here */
    }
    return sum;
}

int main(void)
{
    const struct message empty = {.size = 4, .payload = 0};
    (void)board_start();
    guard_null();
    console_text("adding up\n");
    console_unsigned(sum_of(&empty));
    console_text("\nPASS\n");
    for (;;) {
    }
}
