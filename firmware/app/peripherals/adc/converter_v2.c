#include "converter.h"

#include "memory_map.h"

#ifdef ADC12_COMMON_BASE /* STM32G4 and H7 */

#include "clock_gates.h"
#include "driver/pin.h"
#include "driver/tick.h"
#include "register/adc_v2.h"

#define MICROPHONE 5u
#define EXTSEL_TIM2_TRGO 11u
#define SAMPLING_SHORT 4u   /* G4: 47.5 cycles; H7: 32.5 */
#define SAMPLING_LONGEST 7u /* for the sensors inside */

#ifdef ADC345_COMMON_BASE /* STM32G474: data sheet DS12288, sections 3.17 and 5.3.22 */
#define RESOLUTION_12 0u
#define INSIDE ADC1
#define INSIDE_COMMON ADC12_COMMON
#define TEMPERATURE 16u
#define REFERENCE 18u
#define FACTORY(address) (*(const volatile uint16_t *)(address))
#define CALIBRATION {3000, FACTORY(0x1FFF75AAu), FACTORY(0x1FFF75A8u), FACTORY(0x1FFF75CAu), 30, 130}
#else /* STM32H743: data sheet DS12110, sections 3.18 and 6.3.26; measured with 16 bits */
#define RESOLUTION_12 (6u << 2)
#define INSIDE ADC3
#define INSIDE_COMMON ((struct adc_common_registers *)ADC3_COMMON_BASE)
#define TEMPERATURE 18u
#define REFERENCE 19u
#define FACTORY(address) ((*(const volatile uint16_t *)(address) + 8u) / 16u)
#define CALIBRATION {3300, FACTORY(0x1FF1E860u), FACTORY(0x1FF1E820u), FACTORY(0x1FF1E840u), 30, 110}
#endif

struct converter_calibration converter_calibration(void)
{
    return (struct converter_calibration)CALIBRATION;
}

static void power(struct adc_registers *adc)
{
    adc->CR = ADC_CR_ADVREGEN; /* leaves deep power-down */
    const uint32_t begun_ms = tick_ms();
    while (tick_ms() - begun_ms < 2u) { /* at least 20 us */
    }
    adc->CR = ADC_CR_ADVREGEN | ADC_CR_ADCAL;
    while ((adc->CR & ADC_CR_ADCAL) != 0u) {
    }
    adc->ISR = ADC_ISR_ADRDY;
    adc->CR = ADC_CR_ADVREGEN | ADC_CR_ADEN;
    while ((adc->ISR & ADC_ISR_ADRDY) == 0u) {
    }
    adc->CFGR = ADC_CFGR_JQDIS | RESOLUTION_12;
}

static void set_sampling(struct adc_registers *adc, uint32_t channel, uint32_t time)
{
    volatile uint32_t *const word = &adc->SMPR[channel / 10u];
    *word |= time << (3u * (channel % 10u)); /* 0 after reset */
#ifndef ADC345_COMMON_BASE
    adc->PCSEL |= 1u << channel;
#endif
}

void converter_start(void)
{
    clock_gate_open(CLOCK_GPIOB);
    clock_gate_open(CLOCK_ADC12);
#ifdef ADC345_COMMON_BASE
    pin_mode(GPIOB, 14, GPIO_MODER_ANALOG); /* ADC1_IN5 */
#else
    clock_gate_open(CLOCK_ADC3);
    pin_mode(GPIOB, 1, GPIO_MODER_ANALOG); /* ADC1_INP5 */
#endif
    ADC12_COMMON->CCR = ADC_CCR_CKMODE_AHB_4;
    INSIDE_COMMON->CCR = ADC_CCR_CKMODE_AHB_4 | ADC_CCR_VREFEN | ADC_CCR_VSENSEEN;
    power(ADC1);
    if (INSIDE != ADC1) {
        power(INSIDE);
    }
    set_sampling(ADC1, MICROPHONE, SAMPLING_SHORT);
    set_sampling(INSIDE, TEMPERATURE, SAMPLING_LONGEST);
    set_sampling(INSIDE, REFERENCE, SAMPLING_LONGEST);
}

static void start(struct adc_registers *adc)
{
    adc->CR = ADC_CR_ADVREGEN | ADC_CR_ADEN | ADC_CR_ADSTART;
}

static void stop(struct adc_registers *adc)
{
    if ((adc->CR & ADC_CR_ADSTART) != 0u) {
        adc->CR = ADC_CR_ADVREGEN | ADC_CR_ADEN | ADC_CR_ADSTART | ADC_CR_ADSTP;
        while ((adc->CR & ADC_CR_ADSTP) != 0u) {
        }
    }
}

static void select(struct adc_registers *adc, uint32_t channel)
{
    adc->SQR[0] = channel << 6;
}

uint32_t converter_poll(enum converter_input input)
{
    struct adc_registers *const adc = input == INPUT_MICROPHONE ? ADC1 : INSIDE;
    select(adc, input == INPUT_MICROPHONE ? MICROPHONE
                : input == INPUT_TEMPERATURE ? TEMPERATURE : REFERENCE);
    start(adc);
    while ((adc->ISR & ADC_ISR_EOC) == 0u) {
    }
    return adc->DR;
}

void converter_begin(void)
{
    select(ADC1, MICROPHONE);
    ADC1->IER |= ADC_ISR_EOC;
    start(ADC1);
}

enum converter_event converter_event(uint32_t *result)
{
    const uint32_t status = ADC1->ISR;
    if ((status & ADC_ISR_AWD1) != 0u) {
        ADC1->ISR = ADC_ISR_AWD1;
        return CONVERTER_OUTSIDE;
    }
    if ((status & ADC_ISR_EOC) != 0u) {
        *result = ADC1->DR;
        return CONVERTER_RESULT;
    }
    return CONVERTER_NOTHING;
}

void converter_watch(uint32_t low, uint32_t high)
{
#ifdef ADC345_COMMON_BASE
    ADC1->TR1 = high << 16 | low;
#else
    ADC1->TR1 = low << 4; /* LTR1, of 16 bits */
    ADC1->TR2 = high << 4;
#endif
    ADC1->IER = ADC_ISR_AWD1;
    ADC1->CFGR = ADC_CFGR_JQDIS | RESOLUTION_12 | ADC_CFGR_AWD1EN | ADC_CFGR_AWD1SGL
                 | ADC_CFGR_AWD1CH(MICROPHONE);
}

bool converter_overrun(void)
{
    ADC1->IER = 0;
    ADC1->CFGR = ADC_CFGR_JQDIS | RESOLUTION_12 | ADC_CFGR_CONT;
    select(ADC1, MICROPHONE);
    start(ADC1);
    for (uint32_t polls = 0; polls < 10000u && (ADC1->ISR & ADC_ISR_OVR) == 0u; polls++) {
    }
    const bool seen = (ADC1->ISR & ADC_ISR_OVR) != 0u;
    stop(ADC1);
    (void)ADC1->DR;
    ADC1->ISR = ADC_ISR_OVR;
    return seen;
}

void converter_follow_timer(void)
{
    ADC1->IER = 0;
    ADC1->CFGR = ADC_CFGR_JQDIS | RESOLUTION_12 | ADC_CFGR_DMA_CIRCULAR
                 | ADC_CFGR_EXTSEL(EXTSEL_TIM2_TRGO) | ADC_CFGR_EXTEN_RISING;
    select(ADC1, MICROPHONE);
    start(ADC1);
}

bool converter_lost(void)
{
    return (ADC1->ISR & ADC_ISR_OVR) != 0u;
}

volatile uint32_t *converter_data(void)
{
    return &ADC1->DR;
}

void converter_interrupt(void);
#ifdef ADC345_COMMON_BASE
void ADC1_2_IRQHandler(void);

void ADC1_2_IRQHandler(void)
{
    converter_interrupt();
}
#else
void ADC_IRQHandler(void);

void ADC_IRQHandler(void)
{
    converter_interrupt();
}
#endif

#endif
