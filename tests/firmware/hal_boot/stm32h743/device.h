/* device.h - the registers of an STM32H743 that this firmware touches, as a device header lays them out. */
#ifndef HAL_BOOT_DEVICE_H
#define HAL_BOOT_DEVICE_H

#include "core.h"

typedef struct {
    REG CR, HSICFGR, CRRCR, CSICFGR, CFGR, reserved0, D1CFGR, D2CFGR, D3CFGR, reserved1;
    REG PLLCKSELR, PLLCFGR, PLL1DIVR, PLL1FRACR, PLL2DIVR, PLL2FRACR, PLL3DIVR, PLL3FRACR;
    REG reserved2, D1CCIPR, D2CCIP1R, D2CCIP2R, D3CCIPR, reserved3, CIER, CIFR, CICR, reserved4;
    REG BDCR, CSR, reserved5, AHB3RSTR, AHB1RSTR, AHB2RSTR, AHB4RSTR, APB3RSTR, APB1LRSTR;
    REG APB1HRSTR, APB2RSTR, APB4RSTR, GCR, reserved6, D3AMR, reserved7[9], RSR;
    REG AHB3ENR, AHB1ENR, AHB2ENR, AHB4ENR, APB3ENR, APB1LENR, APB1HENR, APB2ENR, APB4ENR;
} rcc_registers;

typedef struct {
    REG MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2];
} gpio_registers;

typedef struct {
    REG CR1, CR2, CR3, BRR, GTPR, RTOR, RQR, ISR, ICR, RDR, TDR, PRESC;
} usart_registers;

typedef struct {
    REG CR1, CSR1, CR2, CR3, CPUCR, reserved, D3CR;
} pwr_registers;

typedef struct {
    REG ACR, KEYR1, OPTKEYR, CR1, SR1;
} flash_registers;

_Static_assert(__builtin_offsetof(rcc_registers, RSR) == 0xD0, "RCC layout");
_Static_assert(__builtin_offsetof(rcc_registers, APB4ENR) == 0xF4, "RCC layout");

#define RCC ((rcc_registers *)0x58024400u)
#define GPIOA ((gpio_registers *)0x58020000u)
#define USART2 ((usart_registers *)0x40004400u)
#define PWR ((pwr_registers *)0x58024800u)
#define FLASH ((flash_registers *)0x52002000u)
#define SYSCFG_PWRCR (*(REG *)0x5800042Cu)
#define SYSCFG_CCCSR (*(REG *)0x58000420u)
#define USART_ACKNOWLEDGED (3u << 21) /* TEACK, REACK */
#define DWT_HAS_LOCK 1
#define DBGMCU_IDCODE (*(REG *)0x5C001000u)
#define AXI_TARGET_7_FN_MOD (*(REG *)0x51008108u)
#define FMC_BCR1 (*(REG *)0x52004000u)

enum { HSI_HZ = 64000000, CSI_HZ = 4000000, HSE_HZ = 8000000 };

#endif
