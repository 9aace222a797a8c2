#ifndef REGISTER_ADC_V1_H
#define REGISTER_ADC_V1_H

/* ADC of the STM32F4 and F7 (RM0090 section 13.13, RM0385 section 15.13). */

#include <stdint.h>

#include "memory_map.h"

struct adc_registers {
    volatile uint32_t SR;      /* 0x00 */
    volatile uint32_t CR1;     /* 0x04 */
    volatile uint32_t CR2;     /* 0x08 */
    volatile uint32_t SMPR[2]; /* 0x0C: channels 18 to 10, then 9 to 0 */
    volatile uint32_t JOFR[4]; /* 0x14 */
    volatile uint32_t HTR;     /* 0x24 */
    volatile uint32_t LTR;     /* 0x28 */
    volatile uint32_t SQR[3];  /* 0x2C: ranks 16 to 13 and the length, 12 to 7, 6 to 1 */
    volatile uint32_t JSQR;    /* 0x38 */
    volatile uint32_t JDR[4];  /* 0x3C */
    volatile uint32_t DR;      /* 0x4C */
};

struct adc_common_registers {
    volatile uint32_t CSR; /* 0x00 */
    volatile uint32_t CCR; /* 0x04 */
    volatile uint32_t CDR; /* 0x08 */
};

_Static_assert(sizeof(struct adc_registers) == 0x50, "ADC layout");

#define ADC1 ((struct adc_registers *)ADC1_BASE)
#define ADC123_COMMON ((struct adc_common_registers *)ADC123_COMMON_BASE)

/* ADC_SR */
#define ADC_SR_AWD (1u << 0)
#define ADC_SR_EOC (1u << 1)
#define ADC_SR_OVR (1u << 5)

/* ADC_CR1 */
#define ADC_CR1_AWDCH(channel) ((uint32_t)(channel))
#define ADC_CR1_EOCIE (1u << 5)
#define ADC_CR1_AWDIE (1u << 6)
#define ADC_CR1_AWDSGL (1u << 9)
#define ADC_CR1_AWDEN (1u << 23)

/* ADC_CR2 */
#define ADC_CR2_ADON (1u << 0)
#define ADC_CR2_CONT (1u << 1)
#define ADC_CR2_DMA (1u << 8)
#define ADC_CR2_DDS (1u << 9)
#define ADC_CR2_EOCS (1u << 10)
#define ADC_CR2_EXTSEL(line) ((uint32_t)(line) << 24)
#define ADC_CR2_EXTEN_RISING (1u << 28)
#define ADC_CR2_SWSTART (1u << 30)

/* ADC_CCR */
#define ADC_CCR_ADCPRE_4 (1u << 16)
#define ADC_CCR_TSVREFE (1u << 23)

#endif
