#ifndef REGISTER_TIM_H
#define REGISTER_TIM_H

/*
 * Timers: what they have in common in all four families (RM0090 18.4, RM0385 23.4, RM0440 29.6,
 * RM0433 39.4). Basic timers lack the channels, general-purpose ones RCR and BDTR.
 */

#include <stdint.h>

#include "memory_map.h"

struct tim_registers {
    volatile uint32_t CR1;        /* 0x00 */
    volatile uint32_t CR2;        /* 0x04 */
    volatile uint32_t SMCR;       /* 0x08 */
    volatile uint32_t DIER;       /* 0x0C */
    volatile uint32_t SR;         /* 0x10 */
    volatile uint32_t EGR;        /* 0x14 */
    volatile uint32_t CCMR[2];    /* 0x18 */
    volatile uint32_t CCER;       /* 0x20 */
    volatile uint32_t CNT;        /* 0x24 */
    volatile uint32_t PSC;        /* 0x28 */
    volatile uint32_t ARR;        /* 0x2C */
    volatile uint32_t RCR;        /* 0x30 */
    volatile uint32_t CCR[4];     /* 0x34 */
    volatile uint32_t BDTR;       /* 0x44 */
};

_Static_assert(sizeof(struct tim_registers) == 0x48, "TIM layout");

#define TIM1 ((struct tim_registers *)TIM1_BASE)
#define TIM2 ((struct tim_registers *)TIM2_BASE)
#define TIM3 ((struct tim_registers *)TIM3_BASE)
#define TIM4 ((struct tim_registers *)TIM4_BASE)
#define TIM5 ((struct tim_registers *)TIM5_BASE)
#define TIM6 ((struct tim_registers *)TIM6_BASE)

#define TIM_CR1_CEN (1u << 0)
#define TIM_CR1_URS (1u << 2)             /* only overflows set UIF, UG does not */
#define TIM_CR1_OPM (1u << 3)             /* stop at the next update */
#define TIM_CR1_ARPE (1u << 7)
#define TIM_CR2_MMS_UPDATE (2u << 4)      /* TRGO at each update */
#define TIM_SMCR_SMS_CLOCK (7u << 0)      /* the trigger input clocks the counter */
#define TIM_SMCR_SMS_RESET (4u << 0)      /* the trigger input resets it */
#define TIM_SMCR_TS_TI1FP1 (5u << 4)
#define TIM_SMCR_TS_ITR1 (1u << 4)
#define TIM_DIER_UIE (1u << 0)
#define TIM_DIER_CC1IE (1u << 1)
#define TIM_DIER_UDE (1u << 8)             /* a DMA request at each update */
#define TIM_SR_UIF (1u << 0)
#define TIM_SR_CC1IF (1u << 1)
#define TIM_EGR_UG (1u << 0)
#define TIM_CCMR_OC1_PWM1 ((6u << 4) | (1u << 3)) /* with the compare value preloaded */
#define TIM_CCMR_CC1_TI1 (1u << 0)        /* captures: channel 1 from its own input, */
#define TIM_CCMR_CC2_TI1 (2u << 8)        /* channel 2 from the same one */
#define TIM_CCER_CC1E (1u << 0)
#define TIM_CCER_CC2E (1u << 4)
#define TIM_CCER_CC2P (1u << 5)           /* falling edges */

#endif
