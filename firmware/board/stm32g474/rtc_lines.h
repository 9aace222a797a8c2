#ifndef STM32G474_RTC_LINES_H
#define STM32G474_RTC_LINES_H

/* How the RTC is connected here: its registers' generation, EXTI lines (RM0440 section 15.3), RCC_BDCR. */

#define RTC_GENERATION 3u
#define RTC_EXTI_ALARM 17u
#define RTC_EXTI_WAKEUP 20u
#define RTC_RCC_BDCR (*(volatile uint32_t *)(RCC_BASE + 0x90u))
#define RTC_OPEN_GATES() (clock_gate_open(CLOCK_PWR), clock_gate_open(CLOCK_RTCAPB))

#endif
