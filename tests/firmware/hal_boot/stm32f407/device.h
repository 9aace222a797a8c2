/* device.h - the registers of an STM32F407 that this firmware touches, as a device header lays them out. */
#ifndef HAL_BOOT_DEVICE_H
#define HAL_BOOT_DEVICE_H

#include "core.h"

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

#define RCC ((rcc_registers *)0x40023800u)
#define GPIOA ((gpio_registers *)0x40020000u)
#define USART2 ((usart_registers *)0x40004400u)
#define PWR ((pwr_registers *)0x40007000u)
#define FLASH ((flash_registers *)0x40023C00u)
#define DWT_HAS_LOCK 0
#define DBGMCU_IDCODE (*(REG *)0xE0042000u)

/* One word in the bit-band alias for each bit of the peripherals' first megabyte. */
#define PERIPHERAL_BIT(register, bit) \
    (*(REG *)(0x42000000u + ((uint32_t)&(register) - 0x40000000u) * 32u + (bit) * 4u))

enum { HSI_HZ = 16000000, HSE_HZ = 8000000 };

#endif
