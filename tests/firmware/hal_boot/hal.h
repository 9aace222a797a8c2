/* hal.h - a hardware abstraction layer in the vendor's style: ticks, time-outs, status codes. */
#ifndef HAL_BOOT_HAL_H
#define HAL_BOOT_HAL_H

#include <stdint.h>

typedef enum { HAL_OK, HAL_ERROR, HAL_BUSY, HAL_TIMEOUT } hal_status;

/* The same on every board */
hal_status hal_init(void);
hal_status hal_init_tick(void);
uint32_t hal_get_tick(void);
void hal_delay(uint32_t milliseconds);
hal_status hal_wait_for(const volatile uint32_t *reg, uint32_t mask, uint32_t value);
void hal_gpio_alternate(uint32_t pin, uint32_t function);
void hal_uart_init(uint32_t baud);
hal_status hal_uart_transmit(const uint8_t *bytes, uint32_t count, uint32_t timeout_ms);
void hal_uart_receive_interrupt(void);
int hal_uart_received(void); /* a byte, or -1 */
void report(const char *name, uint32_t value, uint32_t base);

/* The board's */
void board_caches(void);
hal_status hal_power_config(void);
hal_status hal_oscillator_config(void);
hal_status hal_clock_config(void);
void hal_flash_accelerate(void);
void hal_gpio_clock(void);
void hal_uart_clock(void);
uint32_t hal_uart_clock_hz(void);
void board_report(void);

#endif
