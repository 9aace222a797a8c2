/*
 * ADC1: the sensors inside the chip, a microphone on channel 5 by polling and by interrupt, the
 * analogue watchdog, an overrun; then 16,000 samples a second by TIM2 and circular DMA, of which
 * `recording` keeps the first ones.
 */

#include "board.h"
#include "board/armv7m/cache.h"
#include "board/armv7m/system_control.h"
#include "clock_gates.h"
#include "converter.h"
#include "driver/cycle_counter.h"
#include "driver/report.h"
#include "interrupts.h"
#include "memory_map.h"
#include "placement.h"
#include "register/tim.h"
#include "sampling.h"

#define RATE_HZ 16000u
#define HALF 128u
#define BLOCKS 16u
#ifdef ADC345_COMMON_BASE
#define ADC_INTERRUPT INTERRUPT_ADC1_2
#define CORE_CYCLES_A_TIMER_CYCLE 1u
#else
#define ADC_INTERRUPT INTERRUPT_ADC
#define CORE_CYCLES_A_TIMER_CYCLE 2u
#endif

uint16_t recording[BLOCKS * HALF];
static uint16_t buffer[2u * HALF] DMA_BUFFER;
static volatile uint32_t blocks;

static volatile uint32_t results, outside, result, result_cycle;

void converter_interrupt(void);

void converter_interrupt(void)
{
    uint32_t value;
    const uint32_t cycle = cycle_counter_read();
    switch (converter_event(&value)) {
    case CONVERTER_RESULT:
        result = value;
        result_cycle = cycle;
        results++;
        break;
    case CONVERTER_OUTSIDE:
        outside++;
        break;
    default:
        break;
    }
}

void sampling_half_is_full(const uint16_t *half)
{
    cache_invalidate(half, HALF * sizeof *half);
    if (blocks < BLOCKS) {
        for (uint32_t i = 0; i < HALF; i++) {
            recording[blocks * HALF + i] = half[i];
        }
        blocks++;
    }
}

static void read_sensors_inside(void)
{
    const struct converter_calibration factory = converter_calibration();
    const uint32_t reference = converter_poll(INPUT_REFERENCE);
    const uint32_t supply_mv = factory.supply_mv * factory.reference / reference;
    report_signed("supply_mv", (int32_t)supply_mv);
    const int32_t sensor = (int32_t)(converter_poll(INPUT_TEMPERATURE) * supply_mv / factory.supply_mv);
    const int32_t low = (int32_t)factory.low;
    report_signed("temperature_c", (sensor - low) * (factory.high_c - factory.low_c)
                                 / ((int32_t)factory.high - low) + factory.low_c);
}

static void start_timer(uint32_t core_hz)
{
    clock_gate_open(CLOCK_TIM2);
    TIM2->PSC = 0;
    TIM2->ARR = core_hz / CORE_CYCLES_A_TIMER_CYCLE / RATE_HZ - 1u;
    TIM2->CR2 = TIM_CR2_MMS_UPDATE;
    TIM2->CR1 = TIM_CR1_CEN;
}

int main(void)
{
    const struct clock_tree clock = board_start();
    converter_start();
    read_sensors_inside();

    report_signed("poll", (int32_t)converter_poll(INPUT_MICROPHONE));

    nvic_enable(ADC_INTERRUPT);
    const uint32_t begun = cycle_counter_read();
    converter_begin();
    while (results == 0u) {
    }
    report_signed("interrupt", (int32_t)result);
    report_signed("cycles", (int32_t)(result_cycle - begun));

    converter_watch(0, CONVERTER_FULL_SCALE / 4u);
    (void)converter_poll(INPUT_MICROPHONE);
    report_signed("outside", (int32_t)outside);
    converter_watch(0, CONVERTER_FULL_SCALE - 1u);
    (void)converter_poll(INPUT_MICROPHONE);
    report_signed("outside", (int32_t)outside);

    report_signed("overrun", converter_overrun() ? 1 : 0);

    sampling_start(converter_data(), buffer, 2u * HALF);
    converter_follow_timer();
    start_timer(clock.core_hz);
    while (blocks < BLOCKS) {
        wait_for_interrupt();
    }
    TIM2->CR1 = 0;
    sampling_stop();
    report_signed("blocks", (int32_t)blocks);
    report_signed("lost", converter_lost() ? 1 : 0);
    report_done();
}
