/* log.c - the log, printed a line at a time through semihosting. */
#include "log.h"

#include <stdbool.h>

enum { EVENTS = 256, LINE_BYTES = 6000, NEAR = 0x1000, SYS_WRITE0 = 4, SYS_EXIT = 0x18 };

struct event {
    const char *tag;
    const char *base_name;
    uint32_t value;
};

static struct event events[EVENTS];
static unsigned count;
static char line[LINE_BYTES];
static unsigned length;

/* The one place of a semihosting call: a simulator without semihosting stops at its label. */
__attribute__((noinline, noclone)) static void semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile(".global semihosting_call\n"
                     "semihosting_call: bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

static void put(char letter)
{
    if (length < LINE_BYTES - 1) {
        line[length++] = letter;
    }
}

static void put_text(const char *text)
{
    while (*text) {
        put(*text++);
    }
}

static void put_hex(uint32_t value)
{
    bool begun = false;

    for (int shift = 28; shift >= 0; shift -= 4) {
        const uint32_t nibble = value >> shift & 15u;
        begun = begun || nibble != 0 || shift == 0;
        if (begun) {
            put("0123456789abcdef"[nibble]);
        }
    }
}

static void add(const char *tag, uint32_t value, const char *base_name)
{
    if (count < EVENTS) {
        events[count++] = (struct event){tag, base_name, value};
    }
}

void note(const char *tag, uint32_t value)
{
    add(tag, value, 0);
}

void note_place(const char *tag, uint32_t value, uint32_t base, const char *base_name)
{
    const uint32_t offset = value - base;
    const bool is_near = offset + NEAR < 2 * NEAR;

    add(tag, is_near ? offset : value, is_near ? base_name : 0);
}

static void put_event(const struct event *event)
{
    const bool below = event->base_name != 0 && event->value > NEAR;

    put(' ');
    put_text(event->tag);
    put('=');
    if (event->base_name != 0) {
        put_text(event->base_name);
        put(below ? '-' : '+');
    }
    put_hex(below ? -event->value : event->value);
}

void show2(const char *name, const char *part)
{
    length = 0;
    put_text(name);
    if (part != 0) {
        put_text(", ");
        put_text(part);
    }
    put(':');
    for (unsigned n = 0; n < count; n++) {
        put_event(&events[n]);
    }
    put('\n');
    line[length] = 0;
    count = 0;
    semihost(SYS_WRITE0, line);
}

void show(const char *name)
{
    show2(name, 0);
}

void finish(void)
{
    count = 0;
    show("end");
    semihost(SYS_EXIT, (const void *)0x20026);
    for (;;) {
    }
}
