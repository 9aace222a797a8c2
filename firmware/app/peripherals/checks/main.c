/*
 * What watches over a firmware and its data: the CRC unit against values that anybody can compute,
 * random numbers, and the window watchdog, which is fed in its early wake-up interrupt five times
 * and then left alone.
 */

#include <stdbool.h>

#include "board.h"
#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "driver/cycle_counter.h"
#include "driver/report.h"
#include "interrupts.h"
#include "memory_map.h"

#define FEEDINGS 5u

#define CRC_DR (*(volatile uint32_t *)CRC_BASE)
#define CRC_DR_BYTE (*(volatile uint8_t *)CRC_BASE)
#define CRC_CR (*(volatile uint32_t *)(CRC_BASE + 0x08u))
#define CRC_INIT (*(volatile uint32_t *)(CRC_BASE + 0x10u))
#define CRC_POL (*(volatile uint32_t *)(CRC_BASE + 0x14u))
#define CRC_CR_RESET (1u << 0)
#define CRC_CR_POLYSIZE_16 (1u << 3)
#define CRC_CR_REV_IN_BYTES (1u << 5)
#define CRC_CR_REV_OUT (1u << 7)

#define RNG_CR (*(volatile uint32_t *)RNG_BASE)
#define RNG_SR (*(volatile uint32_t *)(RNG_BASE + 0x04u))
#define RNG_DR (*(volatile uint32_t *)(RNG_BASE + 0x08u))
#define RNG_CR_RNGEN (1u << 2)
#define RNG_CR_IE (1u << 3)
#define RNG_SR_DRDY (1u << 0)
#define RNG_SR_CEIS (1u << 5)
#define RNG_SR_SEIS (1u << 6)

#ifdef WWDG1_BASE
#define WATCHDOG_BASE WWDG1_BASE
#define CLOCK_WATCHDOG CLOCK_WWDG1
#else
#define WATCHDOG_BASE WWDG_BASE
#define CLOCK_WATCHDOG CLOCK_WWDG
#endif
#define WWDG_CR (*(volatile uint32_t *)WATCHDOG_BASE)
#define WWDG_CFR (*(volatile uint32_t *)(WATCHDOG_BASE + 0x04u))
#define WWDG_SR (*(volatile uint32_t *)(WATCHDOG_BASE + 0x08u))
#define WWDG_CR_WDGA (1u << 7)
#define WWDG_CR_COUNT 0x50u /* 16 counts above 0x40 */
#define WWDG_CFR_WINDOW_OPEN 0x7Fu
#define WWDG_CFR_EWI (1u << 9)

/* By how the chip is made: RM0090 and RM0385, or RM0440 and RM0433. */
#ifdef ADC12_COMMON_BASE
#define WWDG_CFR_PRESCALER_8 (3u << 11)
#else
#define WWDG_CFR_PRESCALER_8 (3u << 7)
#endif
#ifdef FSMC_R_BASE /* STM32F407 */
#define CRC_TAKES_BYTES false
#else
#define CRC_TAKES_BYTES true
#endif
#ifdef ADC123_COMMON_BASE
#ifdef FSMC_R_BASE
#define RNG_INTERRUPT INTERRUPT_HASH_RNG
#define RNG_HANDLER HASH_RNG_IRQHandler
#endif
#endif
#ifndef RNG_HANDLER
#define RNG_INTERRUPT INTERRUPT_RNG
#define RNG_HANDLER RNG_IRQHandler
#endif

static volatile uint32_t random_by_interrupt;
static volatile uint32_t wake_ups, wake_up_cycle;

/* The 48 MHz of the random number generator; on F4 and F7 they come from the PLL already. */
static void start_rng_clock(void)
{
#ifdef ADC345_COMMON_BASE /* RM0440 section 7.4.26: HSI48ON, HSI48RDY */
    volatile uint32_t *const crrcr = (volatile uint32_t *)(RCC_BASE + 0x98u);
    *crrcr |= 1u << 0;
    while ((*crrcr & 1u << 1) == 0u) {
    }
#elif defined(ADC12_COMMON_BASE) /* RM0433 section 8.7.2 */
    volatile uint32_t *const cr = (volatile uint32_t *)RCC_BASE;
    *cr |= 1u << 12;
    while ((*cr & 1u << 13) == 0u) {
    }
#endif
    clock_gate_open(CLOCK_RNG);
}

static void check_crc(void)
{
    clock_gate_open(CLOCK_CRC);
    CRC_CR = CRC_CR_RESET;
    for (uint32_t i = 1; i <= 16u; i++) {
        CRC_DR = i * 0x01020304u;
    }
    report("crc_words", CRC_DR);
    if (!CRC_TAKES_BYTES) {
        return;
    }
    const char *const text = "123456789";
    CRC_CR = CRC_CR_REV_IN_BYTES | CRC_CR_REV_OUT | CRC_CR_RESET;
    for (uint32_t i = 0; text[i] != '\0'; i++) {
        CRC_DR_BYTE = (uint8_t)text[i];
    }
    report("crc_zip", ~CRC_DR);
    CRC_CR = CRC_CR_POLYSIZE_16;
    CRC_POL = 0x1021u;
    CRC_INIT = 0xFFFFu;
    for (uint32_t i = 0; text[i] != '\0'; i++) {
        CRC_DR_BYTE = (uint8_t)text[i];
    }
    report("crc_16", CRC_DR);
}

static void check_random_numbers(void)
{
    uint32_t words[16];
    uint32_t equal = 0;
    uint32_t ones = 0;
    start_rng_clock();
    RNG_CR = RNG_CR_RNGEN;
    for (uint32_t i = 0; i < 16u; i++) {
        while ((RNG_SR & RNG_SR_DRDY) == 0u) {
        }
        words[i] = RNG_DR;
        ones += (uint32_t)__builtin_popcount(words[i]);
        for (uint32_t j = 0; j < i; j++) {
            equal += words[j] == words[i] ? 1u : 0u;
        }
    }
    report("random_equal", equal);
    report("random_ones", ones);
    report("random_errors", RNG_SR & (RNG_SR_CEIS | RNG_SR_SEIS));
    nvic_enable(RNG_INTERRUPT);
    RNG_CR = RNG_CR_RNGEN | RNG_CR_IE;
    while (random_by_interrupt == 0u) {
    }
    report("random_interrupt", random_by_interrupt);
}

void RNG_HANDLER(void);

void RNG_HANDLER(void)
{
    RNG_CR = RNG_CR_RNGEN;
    if ((RNG_SR & RNG_SR_DRDY) != 0u && RNG_DR != 0u) {
        random_by_interrupt++;
    }
}

void WWDG_IRQHandler(void);

void WWDG_IRQHandler(void)
{
    if (wake_ups < FEEDINGS) {
        WWDG_CR = WWDG_CR_WDGA | WWDG_CR_COUNT;
        wake_up_cycle = cycle_counter_read();
        wake_ups++;
    }
    WWDG_SR = 0;
}

int main(void)
{
    const struct clock_tree clock = board_start();
    check_crc();
    check_random_numbers();

    clock_gate_open(CLOCK_WATCHDOG);
#ifdef WWDG1_BASE
    *(volatile uint32_t *)(RCC_BASE + 0xA0u) |= 1u; /* GCR.WW1RSC: its reset is the chip's */
#endif
    nvic_enable(INTERRUPT_WWDG);
    WWDG_CFR = WWDG_CFR_EWI | WWDG_CFR_PRESCALER_8 | WWDG_CFR_WINDOW_OPEN;
    WWDG_CR = WWDG_CR_WDGA | WWDG_CR_COUNT;
    uint32_t before = cycle_counter_read();
    while (wake_ups == 0u) {
        wait_for_interrupt();
    }
    report("wake_up_us", (wake_up_cycle - before) / (clock.core_hz / 1000000u));
    while (wake_ups < FEEDINGS) {
        wait_for_interrupt();
    }
    report("wake_ups", wake_ups);
    report_done();
}
