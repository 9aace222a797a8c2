/* log.h - what a program saw, as lines "name: tag=value tag=value ..." on the semihosting console.
 *
 * Values gather in memory, from any mode and any handler; show() prints them in privileged code.
 */
#ifndef LOG_H
#define LOG_H

#include <stdint.h>

void note(const char *tag, uint32_t value);
/* As an offset, where the value lies near the base; an address is then nobody's business. */
void note_place(const char *tag, uint32_t value, uint32_t base, const char *base_name);
void show(const char *name);
void show2(const char *name, const char *part); /* "name, part: ..." */
__attribute__((noreturn)) void finish(void);

#endif
