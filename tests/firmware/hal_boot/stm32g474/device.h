/* device.h - the registers of an STM32G474 that this firmware touches, as a device header lays them out. */
#ifndef HAL_BOOT_DEVICE_H
#define HAL_BOOT_DEVICE_H

#include "core.h"

typedef struct {
    REG CR, ICSCR, CFGR, PLLCFGR, reserved0[2], CIER, CIFR, CICR, reserved1;
    REG AHB1RSTR, AHB2RSTR, AHB3RSTR, reserved2, APB1RSTR1, APB1RSTR2, APB2RSTR, reserved3;
    REG AHB1ENR, AHB2ENR, AHB3ENR, reserved4, APB1ENR1, APB1ENR2, APB2ENR, reserved5;
    REG AHB1SMENR, AHB2SMENR, AHB3SMENR, reserved6, APB1SMENR1, APB1SMENR2, APB2SMENR, reserved7;
    REG CCIPR, reserved8, BDCR, CSR, CRRCR, CCIPR2;
} rcc_registers;

typedef struct {
    REG MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2], BRR;
} gpio_registers;

typedef struct {
    REG CR1, CR2, CR3, BRR, GTPR, RTOR, RQR, ISR, ICR, RDR, TDR, PRESC;
} usart_registers;

typedef struct {
    REG CR1, CR2, CR3, CR4, SR1, SR2, SCR, reserved, PULLS[24], CR5;
} pwr_registers;

typedef struct {
    REG ACR, PDKEYR, KEYR, OPTKEYR, SR, CR;
} flash_registers;

#define RCC ((rcc_registers *)0x40021000u)
#define GPIOA ((gpio_registers *)0x48000000u)
#define USART2 ((usart_registers *)0x40004400u)
#define PWR ((pwr_registers *)0x40007000u)
#define FLASH ((flash_registers *)0x40022000u)
#define USART_ACKNOWLEDGED (3u << 21) /* TEACK, REACK */
#define DWT_HAS_LOCK 0
#define DBGMCU_IDCODE (*(REG *)0xE0042000u)

/* One word in the bit-band alias for each bit of the peripherals' first megabyte. */
#define PERIPHERAL_BIT(register, bit) \
    (*(REG *)(0x42000000u + ((uint32_t)&(register) - 0x40000000u) * 32u + (bit) * 4u))

enum { HSI_HZ = 16000000, HSE_HZ = 24000000 };

#endif
