#include "console.h"

#include <stddef.h>

#include "usart.h"

void console_text(const char *text)
{
    size_t size = 0;
    while (text[size] != '\0') {
        size++;
    }
    (void)usart_write(text, size);
}

void console_unsigned(uint32_t value)
{
    char digits[10];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0u);
    (void)usart_write(digits + first, sizeof digits - first);
}

void console_signed(int32_t value)
{
    if (value < 0) {
        console_text("-");
    }
    console_unsigned(value < 0 ? 0u - (uint32_t)value : (uint32_t)value);
}

void console_hex_byte(uint8_t value)
{
    static const char digits[16] = "0123456789abcdef";
    const char pair[2] = {digits[value >> 4], digits[value & 15u]};
    (void)usart_write(pair, sizeof pair);
}
