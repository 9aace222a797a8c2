#ifndef DRIVER_USART_H
#define DRIVER_USART_H

/*
 * The console on USART2, 8 data bits, no parity, 1 stop bit.
 *
 * Transmission is polled: lines are short and nothing else waits meanwhile.
 * Reception is by interrupt, one byte an interrupt. At 921600 baud a byte lasts 10.8 us, 1822 core
 * clocks at 168 MHz; the handler with a frame parser in it needs under 150, and nothing but SysTick
 * (20 clocks) competes, so no byte is lost while reception is on. While it is off the receiver keeps
 * one byte and raises its overrun flag at the second: the next usart_receive reports that.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum usart_status {
    USART_NOTHING, /* no byte has arrived */
    USART_BYTE,    /* a byte, and none lost before it */
    USART_OVERRUN, /* a byte, after which at least one was lost */
    USART_FRAMING, /* a byte without its stop bit: noise, a break or another baud rate */
};

/* Returns the rate that the divider reaches: 913043 for 921600 from 42 MHz (RM0090 30.3.4). */
uint32_t usart_start(uint32_t clock_hz, uint32_t baud);

/* Sends size bytes; returns false when the transmitter stopped taking them. */
bool usart_write(const char *bytes, size_t size);

/* Takes the byte that waits, if any, and clears its flags. */
enum usart_status usart_receive(uint8_t *byte);

/* Turns the interrupt (USART2_IRQHandler, defined by the application) on or off. */
void usart_receive_interrupt(bool on);

#endif
