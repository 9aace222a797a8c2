/* main.c - boots as generated projects do, then says what it found. */
#include "device.h"
#include "hal.h"

static void print(const char *text)
{
    uint32_t count = 0;
    while (text[count] != 0) {
        count++;
    }
    hal_uart_transmit((const uint8_t *)text, count, 1000);
}

void report(const char *name, uint32_t value, uint32_t base)
{
    char digits[12];
    uint32_t at = sizeof digits;

    digits[--at] = 0;
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    print(name);
    print(base == 16 ? " 0x" : " ");
    print(&digits[at]);
    print("\r\n");
}

static void error_handler(uint32_t step)
{
    for (;;) {
        GPIOA->ODR = step;
    }
}

static uint32_t cycles_of_one_tick(void)
{
    uint32_t tick = hal_get_tick();
    while (hal_get_tick() == tick) {
    }
    const uint32_t start = DWT_CYCCNT;
    tick = hal_get_tick();
    while (hal_get_tick() == tick) {
    }
    return DWT_CYCCNT - start;
}

int main(void)
{
    board_caches();
    if (hal_init() != HAL_OK) {
        error_handler(1);
    }
    if (hal_power_config() != HAL_OK) {
        error_handler(2);
    }
    if (hal_oscillator_config() != HAL_OK) {
        error_handler(3);
    }
    if (hal_clock_config() != HAL_OK) {
        error_handler(4);
    }
    DEMCR |= 1u << 24;
    if (DWT_HAS_LOCK) {
        DWT_LAR = 0xC5ACCE55u;
    }
    DWT_CYCCNT = 0;
    DWT_CTRL |= 1u;
    hal_gpio_alternate(2, 7);
    hal_gpio_alternate(3, 7);
    hal_uart_init(115200);

    report("SystemCoreClock", SystemCoreClock, 10);
    const uint32_t start = hal_get_tick();
    hal_delay(10);
    report("delay of 10 took", hal_get_tick() - start, 10);
    report("cycles a tick", cycles_of_one_tick(), 10);
    report("BRR", USART2->BRR, 16);
    report("ACR", FLASH->ACR, 16);
    report("CFGR", RCC->CFGR, 16);
    report("PRIGROUP", SCB->AIRCR >> 8 & 7u, 10);
    report("SysTick priority", SCB->SHPR[11], 16);
    report("VTOR", SCB->VTOR, 16);
    board_report();
    const volatile float third = 1.0f / 3.0f;
    report("a third in millionths", (uint32_t)(third * 1e6f), 10);

    hal_uart_receive_interrupt();
    print("ready\r\n");
    for (;;) {
        const int byte = hal_uart_received();
        if (byte >= 0) {
            const char text[2] = {(char)(byte >= 'a' && byte <= 'z' ? byte - 32 : byte), 0};
            print(text);
        }
    }
}
