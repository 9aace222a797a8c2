/* core.h - the registers of the Cortex-M that this firmware touches, as a core header names them. */
#ifndef HAL_BOOT_CORE_H
#define HAL_BOOT_CORE_H

#include <stdint.h>

#define REG volatile uint32_t

typedef struct {
    REG CTRL, LOAD, VAL, CALIB;
} systick_registers;

typedef struct {
    REG CPUID, ICSR, VTOR, AIRCR, SCR, CCR;
    volatile uint8_t SHPR[12];
    REG SHCSR, CFSR, HFSR, DFSR, MMFAR, BFAR, AFSR;
} scb_registers;

#define SYSTICK ((systick_registers *)0xE000E010u)
#define SCB ((scb_registers *)0xE000ED00u)
#define CPACR (*(REG *)0xE000ED88u)
#define NVIC_ISER ((REG *)0xE000E100u)
#define NVIC_IPR ((volatile uint8_t *)0xE000E400u)
#define DEMCR (*(REG *)0xE000EDFCu)
#define DWT_CTRL (*(REG *)0xE0001000u)
#define DWT_CYCCNT (*(REG *)0xE0001004u)
#define DWT_LAR (*(REG *)0xE0001FB0u) /* of a Cortex-M7: the key opens the others */

/* The caches of a Cortex-M7. */
#define CCSIDR (*(REG *)0xE000ED80u)
#define CSSELR (*(REG *)0xE000ED84u)
#define ICIALLU (*(REG *)0xE000EF50u)
#define DCISW (*(REG *)0xE000EF60u)
#define CCR_DC (1u << 16)
#define CCR_IC (1u << 17)

enum { USART2_IRQ = 38 };

extern uint32_t SystemCoreClock;
void SystemInit(void);
void SystemCoreClockUpdate(void);
void SysTick_Handler(void);
void USART2_IRQHandler(void);
int main(void);

#endif
