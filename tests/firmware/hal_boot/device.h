/* device.h - the registers that this firmware touches, as a vendor's device header lays them out. */
#ifndef HAL_BOOT_DEVICE_H
#define HAL_BOOT_DEVICE_H

#include <stdint.h>

#define REG volatile uint32_t

typedef struct {
    REG CR, PLLCFGR, CFGR, CIR, AHB1RSTR, AHB2RSTR, AHB3RSTR, reserved0, APB1RSTR, APB2RSTR;
    REG reserved1[2], AHB1ENR, AHB2ENR, AHB3ENR, reserved2, APB1ENR, APB2ENR, reserved3[2];
    REG AHB1LPENR, AHB2LPENR, AHB3LPENR, reserved4, APB1LPENR, APB2LPENR, reserved5[2];
    REG BDCR, CSR;
} rcc_registers;

typedef struct {
    REG MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2];
} gpio_registers;

typedef struct {
    REG SR, DR, BRR, CR1, CR2, CR3, GTPR;
} usart_registers;

typedef struct {
    REG CR, CSR;
} pwr_registers;

typedef struct {
    REG ACR, KEYR, OPTKEYR, SR, CR, OPTCR;
} flash_registers;

typedef struct {
    REG CTRL, LOAD, VAL, CALIB;
} systick_registers;

typedef struct {
    REG CPUID, ICSR, VTOR, AIRCR, SCR, CCR;
    volatile uint8_t SHPR[12];
    REG SHCSR, CFSR, HFSR, DFSR, MMFAR, BFAR, AFSR;
} scb_registers;

#define RCC ((rcc_registers *)0x40023800u)
#define GPIOA ((gpio_registers *)0x40020000u)
#define USART2 ((usart_registers *)0x40004400u)
#define PWR ((pwr_registers *)0x40007000u)
#define FLASH ((flash_registers *)0x40023C00u)
#define SYSTICK ((systick_registers *)0xE000E010u)
#define SCB ((scb_registers *)0xE000ED00u)
#define CPACR (*(REG *)0xE000ED88u)
#define NVIC_ISER ((REG *)0xE000E100u)
#define NVIC_IPR ((volatile uint8_t *)0xE000E400u)
#define DEMCR (*(REG *)0xE000EDFCu)
#define DWT_CTRL (*(REG *)0xE0001000u)
#define DWT_CYCCNT (*(REG *)0xE0001004u)

/* One word in the bit-band alias for each bit of the peripherals' first megabyte. */
#define PERIPHERAL_BIT(register, bit) \
    (*(REG *)(0x42000000u + ((uint32_t)&(register) - 0x40000000u) * 32u + (bit) * 4u))

enum { HSI_HZ = 16000000, HSE_HZ = 8000000, USART2_IRQ = 38 };

extern uint32_t SystemCoreClock;
void SystemInit(void);
void SysTick_Handler(void);
void USART2_IRQHandler(void);
int main(void);

#endif
