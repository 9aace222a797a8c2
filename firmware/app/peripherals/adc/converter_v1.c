#include "converter.h"

#include "memory_map.h"

#ifdef ADC123_COMMON_BASE /* STM32F4 and F7 */

#include "clock_gates.h"
#include "driver/pin.h"
#include "register/adc_v1.h"

#define MICROPHONE 5u /* PA5 */
#define REFERENCE 17u
#ifdef FSMC_R_BASE /* STM32F407: data sheet DS8626, section 5.3.21; RM0090, table of EXTSEL */
#define TEMPERATURE 16u
#define FACTORY_REFERENCE 0x1FFF7A2Au
#define EXTSEL_TIM2_TRGO 6u
#else /* STM32F746: data sheet DS10916, section 6.3.25; RM0385, table of EXTSEL */
#define TEMPERATURE 18u
#define FACTORY_REFERENCE 0x1FF0F44Au
#define EXTSEL_TIM2_TRGO 11u
#endif

#define SAMPLING_84_CYCLES 4u
#define SAMPLING_480_CYCLES 7u /* 10 us for the sensors inside: 18 us at 27 MHz */

struct converter_calibration converter_calibration(void)
{
    const volatile uint16_t *const factory = (const volatile uint16_t *)FACTORY_REFERENCE;
    return (struct converter_calibration){3300, factory[0], factory[1], factory[2], 30, 110};
}

void converter_start(void)
{
    clock_gate_open(CLOCK_GPIOA);
    clock_gate_open(CLOCK_ADC1);
    pin_mode(GPIOA, MICROPHONE, GPIO_MODER_ANALOG);
    ADC123_COMMON->CCR = ADC_CCR_ADCPRE_4 | ADC_CCR_TSVREFE;
    ADC1->SMPR[0] = SAMPLING_480_CYCLES << (3u * (TEMPERATURE - 10u))
                    | SAMPLING_480_CYCLES << (3u * (REFERENCE - 10u));
    ADC1->SMPR[1] = SAMPLING_84_CYCLES << (3u * MICROPHONE);
    ADC1->CR2 = ADC_CR2_ADON;
}

static uint32_t channel_of(enum converter_input input)
{
    return input == INPUT_MICROPHONE ? MICROPHONE
           : input == INPUT_TEMPERATURE ? TEMPERATURE : REFERENCE;
}

uint32_t converter_poll(enum converter_input input)
{
    ADC1->SQR[2] = channel_of(input);
    ADC1->SR = 0;
    ADC1->CR2 = ADC_CR2_ADON | ADC_CR2_SWSTART;
    while ((ADC1->SR & ADC_SR_EOC) == 0u) {
    }
    return ADC1->DR;
}

void converter_begin(void)
{
    ADC1->SQR[2] = MICROPHONE;
    ADC1->CR1 |= ADC_CR1_EOCIE;
    ADC1->CR2 = ADC_CR2_ADON | ADC_CR2_SWSTART;
}

enum converter_event converter_event(uint32_t *result)
{
    const uint32_t status = ADC1->SR;
    if ((status & ADC_SR_AWD) != 0u) {
        ADC1->SR = ~ADC_SR_AWD;
        return CONVERTER_OUTSIDE;
    }
    if ((status & ADC_SR_EOC) != 0u) {
        *result = ADC1->DR;
        return CONVERTER_RESULT;
    }
    return CONVERTER_NOTHING;
}

void converter_watch(uint32_t low, uint32_t high)
{
    ADC1->LTR = low;
    ADC1->HTR = high;
    ADC1->CR1 = ADC_CR1_AWDEN | ADC_CR1_AWDSGL | ADC_CR1_AWDIE | ADC_CR1_AWDCH(MICROPHONE);
}

bool converter_overrun(void)
{
    ADC1->CR1 = 0;
    ADC1->SQR[2] = MICROPHONE;
    ADC1->CR2 = ADC_CR2_ADON | ADC_CR2_CONT | ADC_CR2_EOCS;
    ADC1->CR2 = ADC_CR2_ADON | ADC_CR2_CONT | ADC_CR2_EOCS | ADC_CR2_SWSTART;
    for (uint32_t polls = 0; polls < 10000u && (ADC1->SR & ADC_SR_OVR) == 0u; polls++) {
    }
    const bool seen = (ADC1->SR & ADC_SR_OVR) != 0u;
    ADC1->CR2 = 0;
    (void)ADC1->DR;
    ADC1->SR = 0;
    return seen;
}

void converter_follow_timer(void)
{
    ADC1->CR1 = 0;
    ADC1->SQR[2] = MICROPHONE;
    ADC1->SR = 0;
    ADC1->CR2 = ADC_CR2_ADON | ADC_CR2_DMA | ADC_CR2_DDS | ADC_CR2_EXTSEL(EXTSEL_TIM2_TRGO)
                | ADC_CR2_EXTEN_RISING;
}

bool converter_lost(void)
{
    return (ADC1->SR & ADC_SR_OVR) != 0u;
}

volatile uint32_t *converter_data(void)
{
    return &ADC1->DR;
}

void ADC_IRQHandler(void);
void converter_interrupt(void);

void ADC_IRQHandler(void)
{
    converter_interrupt();
}

#endif
