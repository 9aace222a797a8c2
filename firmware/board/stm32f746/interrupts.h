#ifndef STM32F746_INTERRUPTS_H
#define STM32F746_INTERRUPTS_H

/*
 * The 98 interrupts of the STM32F746 in the order of their positions (RM0385 section 10.1.2).
 * FOR_EACH_INTERRUPT(X, HOLE) calls X(name) once a position, 0 to 97, HOLE(position) for the
 * one that nothing is connected to.
 */
#define FOR_EACH_INTERRUPT(X, HOLE) \
    X(WWDG) X(PVD) X(TAMP_STAMP) X(RTC_WKUP) X(FLASH) X(RCC) X(EXTI0) X(EXTI1) X(EXTI2) X(EXTI3) \
    X(EXTI4) X(DMA1_Stream0) X(DMA1_Stream1) X(DMA1_Stream2) X(DMA1_Stream3) X(DMA1_Stream4) \
    X(DMA1_Stream5) X(DMA1_Stream6) X(ADC) X(CAN1_TX) X(CAN1_RX0) X(CAN1_RX1) X(CAN1_SCE) \
    X(EXTI9_5) X(TIM1_BRK_TIM9) X(TIM1_UP_TIM10) X(TIM1_TRG_COM_TIM11) X(TIM1_CC) X(TIM2) \
    X(TIM3) X(TIM4) X(I2C1_EV) X(I2C1_ER) X(I2C2_EV) X(I2C2_ER) X(SPI1) X(SPI2) X(USART1) \
    X(USART2) X(USART3) X(EXTI15_10) X(RTC_Alarm) X(OTG_FS_WKUP) X(TIM8_BRK_TIM12) \
    X(TIM8_UP_TIM13) X(TIM8_TRG_COM_TIM14) X(TIM8_CC) X(DMA1_Stream7) X(FMC) X(SDMMC1) X(TIM5) \
    X(SPI3) X(UART4) X(UART5) X(TIM6_DAC) X(TIM7) X(DMA2_Stream0) X(DMA2_Stream1) \
    X(DMA2_Stream2) X(DMA2_Stream3) X(DMA2_Stream4) X(ETH) X(ETH_WKUP) X(CAN2_TX) X(CAN2_RX0) \
    X(CAN2_RX1) X(CAN2_SCE) X(OTG_FS) X(DMA2_Stream5) X(DMA2_Stream6) X(DMA2_Stream7) X(USART6) \
    X(I2C3_EV) X(I2C3_ER) X(OTG_HS_EP1_OUT) X(OTG_HS_EP1_IN) X(OTG_HS_WKUP) X(OTG_HS) X(DCMI) \
    HOLE(79) X(RNG) X(FPU) X(UART7) X(UART8) X(SPI4) X(SPI5) X(SPI6) X(SAI1) X(LTDC) X(LTDC_ER) \
    X(DMA2D) X(SAI2) X(QUADSPI) X(LPTIM1) X(CEC) X(I2C4_EV) X(I2C4_ER) X(SPDIF_RX)

#include "interrupt_numbers.h"

_Static_assert(INTERRUPT_USART2 == 38, "RM0385 section 10.1.2");
_Static_assert(INTERRUPT_SPDIF_RX == 97, "RM0385 section 10.1.2");

#endif
