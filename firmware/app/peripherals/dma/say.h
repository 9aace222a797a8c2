#ifndef APP_SAY_H
#define APP_SAY_H

/* Facts on the console, one a line: key=value. */

#include <stdint.h>

#include "driver/console.h"

static inline void say(const char *key, uint32_t value)
{
    console_text(key);
    console_text("=");
    console_unsigned(value);
    console_text("\n");
}

static inline void say_bytes(const char *key, const volatile uint8_t *bytes, uint32_t count)
{
    console_text(key);
    console_text("=");
    for (uint32_t i = 0; i < count; i++) {
        const char text[2] = {(char)bytes[i], '\0'};
        console_text(text);
    }
    console_text("\n");
}

#endif
