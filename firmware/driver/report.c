#include "report.h"

#include "board/armv7m/system_control.h"
#include "console.h"
#include "usart.h"

static void begin(const char *key)
{
    console_text(key);
    console_text("=");
}

void report(const char *key, uint32_t value)
{
    begin(key);
    console_unsigned(value);
    console_text("\n");
}

void report_signed(const char *key, int32_t value)
{
    begin(key);
    console_signed(value);
    console_text("\n");
}

void report_hex(const char *key, uint32_t value, uint32_t bytes)
{
    begin(key);
    while (bytes-- != 0u) {
        console_hex_byte((uint8_t)(value >> 8u * bytes));
    }
    console_text("\n");
}

void report_bytes(const char *key, const uint8_t *bytes, uint32_t size)
{
    begin(key);
    for (uint32_t i = 0; i < size; i++) {
        console_hex_byte(bytes[i]);
    }
    console_text("\n");
}

void report_text(const char *key, const volatile uint8_t *bytes, uint32_t size)
{
    begin(key);
    for (uint32_t i = 0; i < size; i++) {
        const char character = (char)bytes[i];
        (void)usart_write(&character, 1);
    }
    console_text("\n");
}

void report_wait(const char *what)
{
    uint8_t byte;
    begin("wait");
    console_text(what);
    console_text("\n");
    while (usart_receive(&byte) == USART_NOTHING) {
    }
}

void report_done(void)
{
    console_text("done\n");
    for (;;) {
        wait_for_interrupt();
    }
}
