/*
 * What is wrong: a checksum runs past the end of the RAM; and the HardFault handler keeps its notes in
 * external RAM, whose controller nobody started.
 * Silicon: a BusFault, escalated to HardFault; the fault inside the HardFault handler cannot be taken
 * by anything: lockup. The processor stops until a reset.
 */

#include "board.h"
#include "driver/console.h"
#include "memory_map.h"

struct notes {
    uint32_t magic;
    uint32_t return_address;
};

#define NOTES ((volatile struct notes *)0x68000000u) /* FSMC bank 1, third chip select */

void HardFault_Handler(void);

__attribute__((noipa)) static void write_notes(uint32_t return_address)
{
    NOTES->magic = 0x4E4F5445u; /* locks up here */
    NOTES->return_address = return_address;
}

void HardFault_Handler(void)
{
    write_notes((uint32_t)(uintptr_t)__builtin_return_address(0));
    for (;;) {
    }
}

__attribute__((noipa)) static uint32_t checksum(const volatile uint32_t *from, uint32_t words)
{
    uint32_t sum = 0;
    while (words-- > 0u) {
        sum += *from++; /* faults here */
    }
    return sum;
}

int main(void)
{
    (void)board_start();
    console_text("checking memory\n");
    console_unsigned(checksum((const volatile uint32_t *)(RAM_END - 256u), 128));
    console_text("\nPASS\n");
    for (;;) {
    }
}
