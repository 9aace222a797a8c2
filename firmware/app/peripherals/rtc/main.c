/*
 * The real-time clock: over midnight into a leap day, periodic wake-ups from WFI, an alarm, and a
 * reset that the calendar and a backup register outlive.
 */

#include "board.h"
#include "board/armv7m/system_control.h"
#include "board/armv7m/systick.h"
#include "clock_gates.h"
#include "driver/console.h"
#include "driver/report.h"
#include "interrupts.h"
#include "register/exti.h"
#include "register/rtc.h"

#define FIVE_SECONDS_PAST_MIDNIGHT 0x000005u
#define WAKE_UPS 4u

static volatile uint32_t wake_ups, alarms;

void RTC_WKUP_IRQHandler(void);
void RTC_Alarm_IRQHandler(void);

void RTC_WKUP_IRQHandler(void)
{
    rtc_lower(RTC_FLAG_WUT);
    EXTI->PR = 1u << RTC_EXTI_WAKEUP;
    wake_ups++;
}

void RTC_Alarm_IRQHandler(void)
{
    rtc_lower(RTC_FLAG_ALRA);
    EXTI->PR = 1u << RTC_EXTI_ALARM;
    alarms++;
}

/* Date and time as read, the way the manual asks for: the time locks the date. */
static void report_now(const char *key)
{
    const uint32_t time = RTC->TR;
    const uint32_t date = RTC->DR;
    console_text(key);
    console_text("=");
    console_hex_byte((uint8_t)(date >> 16));
    console_hex_byte((uint8_t)(date >> 8 & 0x1Fu));
    console_hex_byte((uint8_t)date);
    console_text(" ");
    console_hex_byte((uint8_t)(time >> 16));
    console_hex_byte((uint8_t)(time >> 8));
    console_hex_byte((uint8_t)time);
    console_text("\n");
}

static void open_backup_domain(void)
{
    RTC_OPEN_GATES();
    PWR_FIRST_REGISTER |= PWR_DBP;
    while ((PWR_FIRST_REGISTER & PWR_DBP) == 0u) {
    }
}

static void unlock(void)
{
    RTC->WPR = 0xCA;
    RTC->WPR = 0x53;
}

static void set_calendar(uint32_t date, uint32_t time)
{
    RTC_RCC_BDCR |= RCC_BDCR_LSEON;
    while ((RTC_RCC_BDCR & RCC_BDCR_LSERDY) == 0u) {
    }
    RTC_RCC_BDCR |= RCC_BDCR_RTCSEL_LSE | RCC_BDCR_RTCEN;
    unlock();
    RTC->STATUS = ~0u; /* flags stay, INIT is set */
    while ((RTC->STATUS & RTC_STATUS_INITF) == 0u) {
    }
    RTC->PRER = 255u;
    RTC->PRER |= 127u << 16;
    RTC->TR = time;
    RTC->DR = date;
    RTC->STATUS = ~RTC_STATUS_INIT;
    RTC->STATUS = ~(RTC_STATUS_INIT | RTC_STATUS_RSF);
    while ((RTC->STATUS & RTC_STATUS_RSF) == 0u) {
    }
}

static void listen_to_line(uint32_t line, uint32_t interrupt)
{
    EXTI->RTSR |= 1u << line;
    EXTI->IMR |= 1u << line;
    nvic_enable(interrupt);
}

static void sleep_until(const volatile uint32_t *count, uint32_t wanted)
{
    SYSTICK->CSR &= ~SYSTICK_CSR_TICKINT; /* nothing else shall wake the core */
    uint32_t times = 0;
    while (*count < wanted) {
        wait_for_interrupt();
        times++;
    }
    report("sleeps", times);
    SYSTICK->CSR |= SYSTICK_CSR_TICKINT;
}

int main(void)
{
    (void)board_start();
    open_backup_domain();
    const uint32_t boots = RTC_BACKUP[0];
    report("boots", boots);
    if (boots != 0u) {
        report_now("now");
        report_done();
    }

    set_calendar(0x240000u | (3u << 13) | 0x0228u, 0x235958u); /* a Wednesday */
    report_now("set");

    /* RTCCLK / 16 is 2048 Hz: a wake-up each half second */
    while ((RTC->STATUS & RTC_STATUS_WUTWF) == 0u) {
    }
    RTC->WUTR = 1023u;
    listen_to_line(RTC_EXTI_WAKEUP, INTERRUPT_RTC_WKUP);
    RTC->CR |= RTC_CR_WUTE | RTC_CR_WUTIE;
    sleep_until(&wake_ups, WAKE_UPS);
    RTC->CR &= ~(RTC_CR_WUTE | RTC_CR_WUTIE);
    report("wake_ups", wake_ups);
    report_now("midnight");

    RTC->ALRMAR = RTC_ALRMAR_ANY_DAY | FIVE_SECONDS_PAST_MIDNIGHT;
    listen_to_line(RTC_EXTI_ALARM, INTERRUPT_RTC_Alarm);
    RTC->CR |= RTC_CR_ALRAE | RTC_CR_ALRAIE;
    sleep_until(&alarms, 1);
    report_now("alarm");

    RTC_BACKUP[0] = boots + 1u;
    system_reset();
}
