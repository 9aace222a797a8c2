#ifndef REGISTER_ADC_V2_H
#define REGISTER_ADC_V2_H

/* ADC of the STM32G4 and H7 (RM0440 section 21.7, RM0433 section 25.6). */

#include <stdint.h>

#include "memory_map.h"

struct adc_registers {
    volatile uint32_t ISR;       /* 0x00 */
    volatile uint32_t IER;       /* 0x04 */
    volatile uint32_t CR;        /* 0x08 */
    volatile uint32_t CFGR;      /* 0x0C */
    volatile uint32_t CFGR2;     /* 0x10 */
    volatile uint32_t SMPR[2];   /* 0x14: channels 0 to 9, then 10 to 19 */
    volatile uint32_t PCSEL;     /* 0x1C: H7 */
    volatile uint32_t TR1;       /* 0x20: H7: LTR1 */
    volatile uint32_t TR2;       /* 0x24: H7: HTR1 */
    volatile uint32_t TR3;       /* 0x28: G4 */
    uint32_t reserved_2c;
    volatile uint32_t SQR[4];    /* 0x30 */
    volatile uint32_t DR;        /* 0x40 */
};

struct adc_common_registers {
    volatile uint32_t CSR; /* 0x00 */
    uint32_t reserved_04;
    volatile uint32_t CCR; /* 0x08 */
    volatile uint32_t CDR; /* 0x0C */
};

_Static_assert(sizeof(struct adc_registers) == 0x44, "ADC layout");

#define ADC1 ((struct adc_registers *)ADC1_BASE)
#define ADC3 ((struct adc_registers *)ADC3_BASE)
#define ADC12_COMMON ((struct adc_common_registers *)ADC12_COMMON_BASE)

/* ADC_ISR and ADC_IER */
#define ADC_ISR_ADRDY (1u << 0)
#define ADC_ISR_EOC (1u << 2)
#define ADC_ISR_OVR (1u << 4)
#define ADC_ISR_AWD1 (1u << 7)

/* ADC_CR */
#define ADC_CR_ADEN (1u << 0)
#define ADC_CR_ADSTART (1u << 2)
#define ADC_CR_ADSTP (1u << 4)
#define ADC_CR_ADVREGEN (1u << 28)
#define ADC_CR_ADCAL (1u << 31)

/* ADC_CFGR: DMA in circular mode is both of the lowest bits in both families */
#define ADC_CFGR_DMA_CIRCULAR (3u << 0)
#define ADC_CFGR_EXTSEL(line) ((uint32_t)(line) << 5)
#define ADC_CFGR_EXTEN_RISING (1u << 10)
#define ADC_CFGR_CONT (1u << 13)
#define ADC_CFGR_AWD1SGL (1u << 22)
#define ADC_CFGR_AWD1EN (1u << 23)
#define ADC_CFGR_AWD1CH(channel) ((uint32_t)(channel) << 26)
#define ADC_CFGR_JQDIS (1u << 31)

/* ADC_CCR */
#define ADC_CCR_CKMODE_AHB_4 (3u << 16)
#define ADC_CCR_VREFEN (1u << 22)
#define ADC_CCR_VSENSEEN (1u << 23)

#endif
