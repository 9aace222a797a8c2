#ifndef REGISTER_RTC_H
#define REGISTER_RTC_H

/*
 * Real-time clock in both layouts: with ISR and own backup registers (RM0090 26.6, RM0385 29.6,
 * RM0433 46.6), and with ICSR, SR and SCR, backup registers in TAMP (RM0440 35.6 and 36.6).
 */

#include <stdint.h>

#include "memory_map.h"
#include "rtc_lines.h"

#if RTC_GENERATION == 3u
struct rtc_registers {
    volatile uint32_t TR;         /* 0x00 */
    volatile uint32_t DR;         /* 0x04 */
    volatile uint32_t SSR;        /* 0x08 */
    volatile uint32_t STATUS;     /* 0x0C, ICSR */
    volatile uint32_t PRER;       /* 0x10 */
    volatile uint32_t WUTR;       /* 0x14 */
    volatile uint32_t CR;         /* 0x18 */
    uint32_t reserved_1C[2];
    volatile uint32_t WPR;        /* 0x24 */
    uint32_t reserved_28[6];
    volatile uint32_t ALRMAR;     /* 0x40 */
    volatile uint32_t ALRMASSR;   /* 0x44 */
    uint32_t reserved_48[2];
    volatile uint32_t SR;         /* 0x50 */
    volatile uint32_t MISR;       /* 0x54 */
    uint32_t reserved_58;
    volatile uint32_t SCR;        /* 0x5C */
};
#define RTC_BACKUP ((volatile uint32_t *)(TAMP_BASE + 0x100u))
#else
struct rtc_registers {
    volatile uint32_t TR;         /* 0x00 */
    volatile uint32_t DR;         /* 0x04 */
    volatile uint32_t CR;         /* 0x08 */
    volatile uint32_t STATUS;     /* 0x0C, ISR */
    volatile uint32_t PRER;       /* 0x10 */
    volatile uint32_t WUTR;       /* 0x14 */
    uint32_t reserved_18;
    volatile uint32_t ALRMAR;     /* 0x1C */
    volatile uint32_t ALRMBR;     /* 0x20 */
    volatile uint32_t WPR;        /* 0x24 */
    volatile uint32_t SSR;        /* 0x28 */
};
#define RTC_BACKUP ((volatile uint32_t *)(RTC_BASE + 0x50u))
#endif

#define RTC ((struct rtc_registers *)RTC_BASE)

#define RTC_STATUS_ALRAWF (1u << 0)
#define RTC_STATUS_WUTWF (1u << 2)
#define RTC_STATUS_RSF (1u << 5)
#define RTC_STATUS_INITF (1u << 6)
#define RTC_STATUS_INIT (1u << 7)
#define RTC_CR_ALRAE (1u << 8)
#define RTC_CR_WUTE (1u << 10)
#define RTC_CR_ALRAIE (1u << 12)
#define RTC_CR_WUTIE (1u << 14)
#define RTC_ALRMAR_ANY_DAY (1u << 31)
#define RTC_FLAG_ALRA (1u << 0)
#define RTC_FLAG_WUT (1u << 2)

/* Lowers flags (RTC_FLAG_...). */
static inline void rtc_lower(uint32_t flags)
{
#if RTC_GENERATION == 3u
    RTC->SCR = flags;
#else
    RTC->STATUS = ~((flags << 8) | RTC_STATUS_INIT); /* INIT stays 0 */
#endif
}

#define RCC_BDCR_LSEON (1u << 0)
#define RCC_BDCR_LSERDY (1u << 1)
#define RCC_BDCR_RTCSEL_LSE (1u << 8)
#define RCC_BDCR_RTCEN (1u << 15)
#define PWR_FIRST_REGISTER (*(volatile uint32_t *)PWR_BASE) /* CR or CR1: DBP is its bit 8 everywhere */
#define PWR_DBP (1u << 8)

#endif
