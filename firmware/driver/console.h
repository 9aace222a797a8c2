#ifndef DRIVER_CONSOLE_H
#define DRIVER_CONSOLE_H

/* Text and integers on the console, without printf (which would cost 8 KiB of Flash). */

#include <stdint.h>

void console_text(const char *text);
void console_unsigned(uint32_t value);
void console_signed(int32_t value);
void console_hex_byte(uint8_t value);

#endif
