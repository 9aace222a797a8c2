#include "board.h"

#include "driver/cycle_counter.h"
#include "driver/tick.h"
#include "driver/usart.h"
#include "register/gpio.h"
#include "register/rcc.h"

#define CONSOLE_BAUD 921600u
#define AF7_USART2 7u /* DS8626 table 9 */
#define TX_PIN 2u
#define RX_PIN 3u

static uint32_t replace(uint32_t word, uint32_t pin, uint32_t bits, uint32_t value)
{
    const uint32_t mask = (1u << bits) - 1u;
    return (word & ~(mask << (pin * bits))) | (value << (pin * bits));
}

static void connect_pin(uint32_t pin)
{
    GPIOA->AFR[0] = replace(GPIOA->AFR[0], pin, 4, AF7_USART2);
    GPIOA->OSPEEDR = replace(GPIOA->OSPEEDR, pin, 2, GPIO_OSPEEDR_MEDIUM);
    GPIOA->MODER = replace(GPIOA->MODER, pin, 2, GPIO_MODER_ALTERNATE);
}

static void start_console(uint32_t apb1_hz)
{
    RCC->AHB1ENR |= RCC_AHB1ENR_GPIOAEN;
    RCC->APB1ENR |= RCC_APB1ENR_USART2EN;
    (void)RCC->APB1ENR; /* the peripheral answers two bus clocks after its enabling (ES0182) */

    /* An open receive line must read as idle, not as noise. */
    GPIOA->PUPDR = replace(GPIOA->PUPDR, RX_PIN, 2, GPIO_PUPDR_UP);
    usart_start(apb1_hz, CONSOLE_BAUD); /* before the pins: TX rests high when it is connected */
    connect_pin(TX_PIN);
    connect_pin(RX_PIN);
}

struct clock_tree board_start(void)
{
    const struct clock_tree clock = clock_start();
    cycle_counter_start();
    tick_start(clock.core_hz);
    start_console(clock.apb1_hz);
    return clock;
}
