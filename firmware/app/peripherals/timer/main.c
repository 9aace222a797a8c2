/*
 * Timers at work: a 1 kHz interrupt beside SysTick, PWM on PA5, one timer that clocks another, one
 * that measures the PWM, a compare interrupt, a single pulse, and how long it takes into a handler.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "driver/cycle_counter.h"
#include "driver/pin.h"
#include "driver/report.h"
#include "driver/tick.h"
#include "interrupts.h"
#include "register/gpio.h"
#include "register/tim.h"

#define MICROSECONDS_A_MILLISECOND 1000u
#define LED_PIN 5u
#define MEASURED_PIN 0u
#define AF1_TIM2 1u /* alternate function tables of DS8626, DS12288, DS10916 and DS12110 */
#define AF2_TIM5 2u

static volatile uint32_t updates, first_update_at, last_update_at;
static volatile uint32_t updated_at, compared_at;
static volatile uint32_t clocks_to_handler;

void TIM6_DAC_IRQHandler(void);
void TIM3_IRQHandler(void);
void TIM4_IRQHandler(void);

void TIM6_DAC_IRQHandler(void)
{
    last_update_at = cycle_counter_read();
    if (updates == 0) {
        first_update_at = last_update_at;
    }
    TIM6->SR = ~TIM_SR_UIF;
    updates++;
}

void TIM3_IRQHandler(void)
{
    const uint32_t now = cycle_counter_read();
    const uint32_t status = TIM3->SR;
    TIM3->SR = ~status;
    if (status & TIM_SR_UIF) {
        updated_at = now;
    }
    if (status & TIM_SR_CC1IF) {
        compared_at = now;
    }
}

void TIM4_IRQHandler(void)
{
    const uint32_t count = TIM4->CNT;
    TIM4->SR = ~TIM_SR_UIF;
    clocks_to_handler = count;
}

/* A period in microseconds, with the prescaler in force. */
static void set_period(struct tim_registers *tim, uint32_t timer_hz, uint32_t period_us)
{
    tim->CR1 = TIM_CR1_URS;
    tim->PSC = timer_hz / 1000000u - 1u;
    tim->ARR = period_us - 1u;
    tim->EGR = TIM_EGR_UG;
}

static void count_updates(uint32_t timer_hz)
{
    set_period(TIM6, timer_hz, MICROSECONDS_A_MILLISECOND);
    nvic_enable(INTERRUPT_TIM6_DAC);
    TIM6->DIER = TIM_DIER_UIE;
    TIM6->CR1 |= TIM_CR1_CEN;
    tick_wait_ms(51); /* 50 to 51 ms: the first one has begun */
    TIM6->CR1 &= ~TIM_CR1_CEN;
    report("updates", updates);
    report("cycles_an_update", (last_update_at - first_update_at) / (updates - 1u));
}

static void show_duty(uint32_t timer_hz, uint32_t clock_hz)
{
    set_period(TIM2, timer_hz, MICROSECONDS_A_MILLISECOND);
    TIM2->CCMR[0] = TIM_CCMR_OC1_PWM1;
    TIM2->CCR[0] = 250;
    TIM2->CCER = TIM_CCER_CC1E;
    TIM2->CR2 = TIM_CR2_MMS_UPDATE;
    TIM2->EGR = TIM_EGR_UG;
    pin_connect(GPIOA, LED_PIN, AF1_TIM2);
    TIM2->CR1 |= TIM_CR1_CEN;

    const uint32_t start = cycle_counter_read();
    uint32_t high = 0, samples = 0;
    while (cycle_counter_read() - start < 4u * (clock_hz / MICROSECONDS_A_MILLISECOND)) {
        high += (GPIOA->IDR >> LED_PIN) & 1u;
        samples++;
    }
    report("percent_high", (100u * high + samples / 2u) / samples);
}

static void count_triggers(void)
{
    TIM3->CR1 = 0;
    TIM3->PSC = 0;
    TIM3->EGR = TIM_EGR_UG;
    TIM3->SMCR = TIM_SMCR_TS_ITR1 | TIM_SMCR_SMS_CLOCK; /* ITR1 of TIM3 is TIM2 in all families */
    TIM3->CNT = 0;
    TIM3->CR1 = TIM_CR1_CEN;
    tick_wait_ms(20);
    report("triggers", TIM3->CNT);
    TIM3->CR1 = 0;
    TIM3->SMCR = 0;
}

/* PWM input: PA0, to which PA5 is connected on the board, gives TIM5 its two channels. */
static void measure_pwm(uint32_t timer_hz)
{
    set_period(TIM5, timer_hz, 0x10000u);
    pin_connect(GPIOA, MEASURED_PIN, AF2_TIM5);
    TIM5->CCMR[0] = TIM_CCMR_CC1_TI1 | TIM_CCMR_CC2_TI1;
    TIM5->CCER = TIM_CCER_CC1E | TIM_CCER_CC2P | TIM_CCER_CC2E;
    TIM5->SMCR = TIM_SMCR_TS_TI1FP1 | TIM_SMCR_SMS_RESET;
    TIM5->CR1 |= TIM_CR1_CEN;
    tick_wait_ms(5);
    report("period_us", TIM5->CCR[0]);
    report("high_us", TIM5->CCR[1]);
    TIM5->CR1 = 0;
    TIM5->SMCR = 0;
    TIM5->CCER = 0;
    TIM5->CCMR[0] = 0;
}

static void compare(uint32_t timer_hz, uint32_t clock_hz)
{
    set_period(TIM3, timer_hz, MICROSECONDS_A_MILLISECOND);
    TIM3->CCR[0] = 300;
    TIM3->SR = 0;
    TIM3->DIER = TIM_DIER_UIE | TIM_DIER_CC1IE;
    nvic_enable(INTERRUPT_TIM3);
    TIM3->CR1 |= TIM_CR1_CEN;
    while (updated_at == 0 || compared_at - updated_at > clock_hz / MICROSECONDS_A_MILLISECOND) {
        wait_for_interrupt();
    }
    TIM3->DIER = 0;
    report("cycles_to_compare", compared_at - updated_at);
}

static void pulse(uint32_t timer_hz)
{
    set_period(TIM5, timer_hz, 5000);
    TIM5->SR = 0;
    TIM5->CR1 |= TIM_CR1_OPM;
    const uint32_t start = cycle_counter_read();
    TIM5->CR1 |= TIM_CR1_CEN;
    while (TIM5->CR1 & TIM_CR1_CEN) {
    }
    report("pulse_cycles", cycle_counter_read() - start);
    report("pulse_updates", TIM5->SR & TIM_SR_UIF);
    tick_wait_ms(6);
    report("pulse_count", TIM5->CNT);
}

static void measure_latency(void)
{
    TIM4->CR1 = TIM_CR1_URS;
    TIM4->PSC = 0;
    TIM4->ARR = 19999;
    TIM4->EGR = TIM_EGR_UG;
    TIM4->DIER = TIM_DIER_UIE;
    nvic_enable(INTERRUPT_TIM4);
    TIM4->CR1 |= TIM_CR1_CEN;
    for (uint32_t before = tick_ms(); tick_ms() - before < 2u;) {
    }
    TIM4->CR1 = 0;
    report("clocks_to_handler", clocks_to_handler);
}

int main(void)
{
    const struct clock_tree clock = board_start();
    /* timers run at twice the bus clock where the bus is divided (RM0090 6.2, RM0440 7.2.15) */
    const uint32_t timer_hz = clock.apb1_hz == clock.core_hz ? clock.core_hz : 2u * clock.apb1_hz;
    clock_gate_open(CLOCK_GPIOA);
    clock_gate_open(CLOCK_TIM2);
    clock_gate_open(CLOCK_TIM3);
    clock_gate_open(CLOCK_TIM4);
    clock_gate_open(CLOCK_TIM5);
    clock_gate_open(CLOCK_TIM6);

    report("core_hz", clock.core_hz);
    report("timer_hz", timer_hz);
    count_updates(timer_hz);
    show_duty(timer_hz, clock.core_hz);
    count_triggers();
    measure_pwm(timer_hz);
    compare(timer_hz, clock.core_hz);
    pulse(timer_hz);
    measure_latency();
    report_done();
}
