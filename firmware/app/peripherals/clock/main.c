/*
 * Clocks at work: the tree read back, a switch that hardware refuses, a peripheral before its clock
 * and after its reset, the lock of the backup domain, sleep and what ends it, a reset by software.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "board/armv7m/systick.h"
#include "clock_gates.h"
#include "driver/console.h"
#include "driver/cycle_counter.h"
#include "driver/pin.h"
#include "driver/pin_interrupt.h"
#include "driver/report.h"
#include "driver/tick.h"
#include "rcc_layout.h"
#include "register/tim.h"

#define BUTTON_PIN 13u
#define SLEEP_MS 20u

static volatile uint32_t presses;

void EXTI15_10_IRQHandler(void);

void EXTI15_10_IRQHandler(void)
{
    if (pin_interrupt_take(BUTTON_PIN)) {
        presses++;
    }
}

static void show_tree(const struct clock_tree *clock)
{
    report("core_hz", clock->core_hz);
    report("apb1_hz", clock->apb1_hz);
    report("source", (uint32_t)clock->source);
    report("sws", RCC_REGISTER(RCC_CFGR_OFFSET) >> RCC_SWS_SHIFT & 3u);
    RCC_REGISTER(RCC_CR_OFFSET) &= ~RCC_CR_PLLON;
    report("pll_in_use_stays", (RCC_REGISTER(RCC_CR_OFFSET) & RCC_CR_PLLON) != 0u);
}

static void show_gate_and_reset(void)
{
    TIM2->ARR = 5;
    report("without_clock", TIM2->ARR);
    clock_gate_open(CLOCK_TIM2);
    report("all_ones_after_lost_write", TIM2->ARR == UINT32_MAX);
    TIM2->ARR = 5;
    report("with_clock", TIM2->ARR);
    volatile uint32_t *const reset = &RCC_REGISTER((CLOCK_TIM2 >> 5) - RCC_RESET_BELOW_ENABLE);
    *reset |= 1u << (CLOCK_TIM2 & 31u);
    *reset &= ~(1u << (CLOCK_TIM2 & 31u));
    report("all_ones_after_reset", TIM2->ARR == UINT32_MAX);
}

static void show_backup_domain(void)
{
    PWR_FIRST &= ~PWR_DBP;
    RCC_REGISTER(RCC_BDCR_OFFSET) |= RCC_BDCR_LSEON;
    report("lse_while_protected", RCC_REGISTER(RCC_BDCR_OFFSET) & RCC_BDCR_LSEON);
    PWR_FIRST |= PWR_DBP;
    RCC_REGISTER(RCC_BDCR_OFFSET) |= RCC_BDCR_LSEON;
    report("lse_ready", (RCC_REGISTER(RCC_BDCR_OFFSET) & RCC_BDCR_LSERDY) != 0u);
}

static void sleep_by_ticks(uint32_t core_hz)
{
    uint32_t wakes = 0;
    const uint32_t start = tick_ms(), begun = cycle_counter_read();
    while (tick_ms() - start < SLEEP_MS) {
        wait_for_interrupt();
        wakes++;
    }
    report("wakes", wakes);
    report("cycles_of_10_ticks", (cycle_counter_read() - begun) / (SLEEP_MS / 10u));
    report("expected", core_hz / 100u);
}

/* WFI ends with an interrupt that PRIMASK keeps from its handler (DDI 0403, B1.5.19). */
static void sleep_until_pressed(void)
{
    clock_gate_open(CLOCK_GPIOC);
    clock_gate_open(CLOCK_SYSCFG);
    pin_mode(GPIOC, BUTTON_PIN, GPIO_MODER_INPUT);
    pin_interrupt_start(PIN_PORT_C, BUTTON_PIN);
    console_text("press\n");
    SYSTICK->CSR &= ~SYSTICK_CSR_TICKINT; /* nothing but the button wakes it */
    __asm volatile("cpsid i" ::: "memory");
    uint32_t wakes = 0;
    while ((EXTI->PR >> BUTTON_PIN & 1u) == 0u) {
        wait_for_interrupt();
        wakes++;
    }
    report("wakes_by_button", wakes);
    report("presses_masked", presses);
    __asm volatile("cpsie i\n\tisb" ::: "memory");
    report("presses", presses);
}

int main(void)
{
    const struct clock_tree clock = board_start();
    open_power_clock();
    if ((RCC_REGISTER(RCC_FLAGS_OFFSET) & RCC_FLAG_SOFTWARE) != 0u) {
        console_text("reset by software\n");
        report("lse_after_reset", (RCC_REGISTER(RCC_BDCR_OFFSET) & RCC_BDCR_LSERDY) != 0u);
        RCC_REGISTER(RCC_FLAGS_OFFSET) |= RCC_FLAGS_CLEAR;
        report("flag", (RCC_REGISTER(RCC_FLAGS_OFFSET) & RCC_FLAG_SOFTWARE) != 0u);
        report_done();
    }
    show_tree(&clock);
    show_gate_and_reset();
    show_backup_domain();
    sleep_by_ticks(clock.core_hz);
    sleep_until_pressed();
    system_reset();
}
