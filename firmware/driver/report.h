#ifndef DRIVER_REPORT_H
#define DRIVER_REPORT_H

/* Facts on the console for whoever reads along, a person or a test: key=value, one a line. */

#include <stdint.h>

void report(const char *key, uint32_t value);
void report_signed(const char *key, int32_t value);

/* The value's lowest bytes in hexadecimal, the highest of them first. */
void report_hex(const char *key, uint32_t value, uint32_t bytes);

/* Bytes in hexadecimal, in their order, and bytes as the characters that they are. */
void report_bytes(const char *key, const uint8_t *bytes, uint32_t size);
void report_text(const char *key, const volatile uint8_t *bytes, uint32_t size);

/* wait=what, and goes on when a byte has come. */
void report_wait(const char *what);

/* The last line, done; then the core sleeps between interrupts for ever. */
__attribute__((noreturn)) void report_done(void);

#endif
