/* system.h - registers of the system control space (DDI 0403, B3) and special registers. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#define WORD(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define HALF(address) (*(volatile uint16_t *)(uintptr_t)(address))
#define BYTE(address) (*(volatile uint8_t *)(uintptr_t)(address))
#define ADDRESS(object) ((uint32_t)(uintptr_t)(object))

#define ICTR WORD(0xE000E004)
#define ACTLR WORD(0xE000E008)
#define SYST_CSR WORD(0xE000E010)
#define SYST_RVR WORD(0xE000E014)
#define SYST_CVR WORD(0xE000E018)
#define SYST_CALIB WORD(0xE000E01C)
#define ISER WORD(0xE000E100)
#define ICER WORD(0xE000E180)
#define ISPR WORD(0xE000E200)
#define ICPR WORD(0xE000E280)
#define IABR WORD(0xE000E300)
#define IPR(n) BYTE(0xE000E400 + (n))
#define CPUID WORD(0xE000ED00)
#define ICSR WORD(0xE000ED04)
#define VTOR WORD(0xE000ED08)
#define AIRCR WORD(0xE000ED0C)
#define SCR WORD(0xE000ED10)
#define CCR WORD(0xE000ED14)
#define SHPR(exception) BYTE(0xE000ED14 + (exception))
#define SHCSR WORD(0xE000ED24)
#define CFSR WORD(0xE000ED28)
#define HFSR WORD(0xE000ED2C)
#define DFSR WORD(0xE000ED30)
#define MMFAR WORD(0xE000ED34)
#define BFAR WORD(0xE000ED38)
#define AFSR WORD(0xE000ED3C)
#define CPACR WORD(0xE000ED88)
#define MPU_TYPE WORD(0xE000ED90)
#define MPU_CTRL WORD(0xE000ED94)
#define MPU_RNR WORD(0xE000ED98)
#define MPU_RBAR WORD(0xE000ED9C)
#define MPU_RASR WORD(0xE000EDA0)
#define DEMCR WORD(0xE000EDFC)
#define STIR WORD(0xE000EF00)
#define FPCCR WORD(0xE000EF34)
#define FPCAR WORD(0xE000EF38)
#define FPDSCR WORD(0xE000EF3C)

enum {
    NMI = 2, HARD_FAULT, MEM_MANAGE, BUS_FAULT, USAGE_FAULT, SVCALL = 11, DEBUG_MONITOR,
    PENDSV = 14, SYSTICK, IRQ0,
};

#define NMIPENDSET (1u << 31)
#define PENDSVSET (1u << 28)
#define PENDSVCLR (1u << 27)
#define PENDSTSET (1u << 26)
#define PENDSTCLR (1u << 25)
#define ICSR_RETTOBASE (1u << 11)
#define AIRCR_KEY 0x05FA0000u
#define CCR_NONBASETHRDENA (1u << 0)
#define CCR_USERSETMPEND (1u << 1)
#define CCR_UNALIGN_TRP (1u << 3)
#define CCR_DIV_0_TRP (1u << 4)
#define CCR_BFHFNMIGN (1u << 8)
#define CCR_STKALIGN (1u << 9)
#define SHCSR_ENABLES (7u << 16)
#define CFSR_MMARVALID (1u << 7)
#define CFSR_BFARVALID (1u << 15)
#define FPCCR_ASPEN (1u << 31)
#define FPCCR_LSPEN (1u << 30)
#define FPCCR_LSPACT (1u << 0)
#define FP_ACCESS (0xFu << 20)

#define EXCEPTION_RETURN_HANDLER 0xFFFFFFF1u
#define EXCEPTION_RETURN_MAIN 0xFFFFFFF9u
#define EXCEPTION_RETURN_PROCESS 0xFFFFFFFDu
#define XPSR_T (1u << 24)

/* Nothing is mapped here on any of the machines. */
#define NOWHERE 0x30000000u

#define READ_SPECIAL(name)                                                                        \
    ({                                                                                            \
        uint32_t value_;                                                                          \
        __asm__ volatile("mrs %0, " #name : "=r"(value_) : : "memory");                           \
        value_;                                                                                   \
    })
#define WRITE_SPECIAL(name, value)                                                                \
    __asm__ volatile("msr " #name ", %0\n isb" : : "r"((uint32_t)(value)) : "memory")

/* What is pending and may preempt has done so when this is over. */
static inline void barrier(void)
{
    __asm__ volatile("dsb\n isb" : : : "memory");
}

#endif
