#ifndef STM32F4_F7_RTC_LINES_H
#define STM32F4_F7_RTC_LINES_H

/*
 * How the RTC is connected here: its registers' generation, EXTI lines (RM0090 section 12.2.5, RM0385
 * section 11.2.5), RCC_BDCR.
 */

#define RTC_GENERATION 2u
#define RTC_EXTI_ALARM 17u
#define RTC_EXTI_WAKEUP 22u
#define RTC_RCC_BDCR (*(volatile uint32_t *)(RCC_BASE + 0x70u))
#define RTC_OPEN_GATES() clock_gate_open(CLOCK_PWR)

#endif
