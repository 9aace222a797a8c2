/* hal.h - a hardware abstraction layer in the vendor's style: ticks, time-outs, status codes. */
#ifndef HAL_BOOT_HAL_H
#define HAL_BOOT_HAL_H

#include <stdint.h>

typedef enum { HAL_OK, HAL_ERROR, HAL_BUSY, HAL_TIMEOUT } hal_status;

hal_status hal_init(void);
uint32_t hal_get_tick(void);
void hal_delay(uint32_t milliseconds);
hal_status hal_power_scale_1(void);
hal_status hal_oscillator_config(void);
hal_status hal_clock_config(void);
void hal_gpio_alternate(uint32_t pin, uint32_t function);
void hal_uart_init(uint32_t baud);
hal_status hal_uart_transmit(const uint8_t *bytes, uint32_t count, uint32_t timeout_ms);
void hal_uart_receive_interrupt(void);
int hal_uart_received(void); /* a byte, or -1 */

#endif
