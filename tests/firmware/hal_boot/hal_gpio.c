/* hal_gpio.c - pins of port A to an alternate function. */
#include "device.h"
#include "hal.h"

void hal_gpio_alternate(uint32_t pin, uint32_t function)
{
    hal_gpio_clock();
    for (uint32_t position = 0; position < 16u; position++) {
        if (position != pin) {
            continue;
        }
        const uint32_t shift = position * 2u, half = (position & 7u) * 4u;
        GPIOA->OSPEEDR = (GPIOA->OSPEEDR & ~(3u << shift)) | 3u << shift;
        GPIOA->OTYPER &= ~(1u << position);
        GPIOA->PUPDR = (GPIOA->PUPDR & ~(3u << shift)) | 1u << shift;
        GPIOA->AFR[position >> 3] = (GPIOA->AFR[position >> 3] & ~(15u << half)) | function << half;
        GPIOA->MODER = (GPIOA->MODER & ~(3u << shift)) | 2u << shift;
    }
}
