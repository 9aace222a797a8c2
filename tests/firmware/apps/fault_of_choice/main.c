/* One of many faults: the test writes its number over `choice` in Flash before the run. */

#include "board.h"
#include "driver/console.h"

#define WORD(address) (*(volatile uint32_t *)(address))
#define CALL(address) (((void (*)(void))(address))())

enum act {
    NOTHING,
    CAN_WITHOUT_MODEL,
    WORD_WITH_UNALIGN_TRP,
    BRANCH_TO_EVEN,
    CODE_ON_THE_STACK,
    CODE_IN_A_PERIPHERAL,
    NULL_TABLE,
    VECTOR_TABLE_IN_NOWHERE,
    STACK_IN_NOWHERE,
    SEMIHOSTING,
    UNPRIVILEGED,
    LOCKED_REGISTER,
    TRAP,
    TEXT_AS_POINTER,
    ASLEEP,
};

extern const uint32_t choice;
const uint32_t choice = NOTHING;
static uint8_t bytes[8];

__attribute__((noipa)) static void guilty(uint32_t act)
{
    volatile uint16_t code[2] = {0xDE01u, 0xDE01u};
    switch (act) {
    case CAN_WITHOUT_MODEL:
        WORD(0x40006404u) = 1u;
        break;
    case WORD_WITH_UNALIGN_TRP:
        WORD(0xE000ED14u) |= 1u << 3;
        (void)WORD(bytes + 1);
        break;
    case BRANCH_TO_EVEN:
        __asm volatile("bic r0, %0, #1\n\tbx r0" ::"r"(guilty) : "r0", "memory");
        break;
    case CODE_ON_THE_STACK:
        CALL((uintptr_t)code | 1u);
        break;
    case CODE_IN_A_PERIPHERAL:
        CALL(0x40020001u);
        break;
    case NULL_TABLE:
        CALL(0x10u);
        break;
    case VECTOR_TABLE_IN_NOWHERE:
        WORD(0xE000ED08u) = 0x60000000u;
        __asm volatile("dsb\n\tisb\n\tsvc #0" ::: "memory");
        break;
    case STACK_IN_NOWHERE:
        __asm volatile("mov sp, %0\n\tsvc #0" ::"r"(0x60000000u) : "memory");
        break;
    case SEMIHOSTING:
        __asm volatile("movs r0, #4\n\tbkpt #0xab" ::: "r0", "memory");
        break;
    case UNPRIVILEGED:
        __asm volatile("msr control, %0\n\tisb" ::"r"(1u) : "memory");
        (void)WORD(0xE000ED00u);
        break;
    case LOCKED_REGISTER:
        WORD(0x40023C04u) = 5u;
        break;
    case TRAP:
        __builtin_trap();
        break;
    case TEXT_AS_POINTER:
        (void)WORD(0x64636261u & ~3u);
        break;
    case ASLEEP:
        __asm volatile("cpsid i\n\twfi\n\twfi\n\twfi\n\twfi" ::: "memory");
        for (;;) {
            __asm volatile("wfi");
        }
    default:
        break;
    }
}

int main(void)
{
    (void)board_start();
    console_text("choosing\n");
    guilty(*(const volatile uint32_t *)&choice);
    for (;;) {
    }
}
