/*
 * The vector table (PM0214 section 2.3.4, PM0253 section 2.4.4): the initial stack pointer, 15
 * system exceptions and the chip's interrupts. Each handler is weak: a driver or an application
 * defines the ones it serves.
 */

#include "interrupts.h"
#include "startup.h"

typedef void (*handler)(void);

/* Stays put, so that a debugger finds the state as it was when the exception was taken. */
void default_handler(void)
{
    for (;;) {
    }
}

#define WEAK __attribute__((weak, alias("default_handler")))

void NMI_Handler(void) WEAK;
void HardFault_Handler(void) WEAK;
void MemManage_Handler(void) WEAK;
void BusFault_Handler(void) WEAK;
void UsageFault_Handler(void) WEAK;
void SVC_Handler(void) WEAK;
void DebugMon_Handler(void) WEAK;
void PendSV_Handler(void) WEAK;
void SysTick_Handler(void) WEAK;

#define DECLARE_HANDLER(name) void name##_IRQHandler(void) WEAK;
#define DECLARE_NOTHING(position)
FOR_EACH_INTERRUPT(DECLARE_HANDLER, DECLARE_NOTHING)

#define HANDLER_ENTRY(name) name##_IRQHandler,
#define EMPTY_ENTRY(position) 0,

struct vectors {
    uint8_t *initial_stack_pointer;
    handler exceptions[15];
    handler interrupts[INTERRUPT_COUNT];
};

extern const struct vectors vector_table;

__attribute__((section(".vectors"), used)) const struct vectors vector_table = {
    __stack_top,
    {
        Reset_Handler, NMI_Handler, HardFault_Handler, MemManage_Handler, BusFault_Handler,
        UsageFault_Handler, 0, 0, 0, 0, SVC_Handler, DebugMon_Handler, 0, PendSV_Handler,
        SysTick_Handler,
    },
    {FOR_EACH_INTERRUPT(HANDLER_ENTRY, EMPTY_ENTRY)},
};

_Static_assert(sizeof(struct vectors) == 4u * (16u + INTERRUPT_COUNT), "one word an exception");
