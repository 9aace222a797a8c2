/* exceptions.h - every exception comes to one place, which a program can bend; attempts at faults.
 *
 * A fault within attempt() is noted in full, cleared, and ends the attempt: whatever became of the
 * stacks, of CONTROL and of the FP context.
 */
#ifndef EXCEPTIONS_H
#define EXCEPTIONS_H

#include "log.h"
#include "system.h"

struct exception {
    uint32_t number;
    uint32_t msp, psp; /* as they were on entry */
    uint32_t exc_return;
    uint32_t *frame;   /* NULL where it lies outside of memory */
    uint32_t lr_to_use, msp_to_use; /* how to return, 0: as it came */
};

typedef void handler(struct exception *exception);

extern handler *handlers[48]; /* at reset: faults and SVC note_and_recover, others note_number */

void note_number(struct exception *exception);
void note_fault(const struct exception *exception); /* masks, CONTROL, HFSR, DFSR unless zero */
void recover(struct exception *exception); /* back to the caller of attempt() */
extern bool keep_status; /* recover() leaves CFSR, HFSR and DFSR as they are */
void note_and_recover(struct exception *exception);

typedef void code(void);

/* Calls it; true: it ended by recover(). What addresses are noted against is kept in `origin`. */
bool attempt(code *run);

/* The same in Thread mode with this CONTROL (1 unprivileged, 2 process stack). Ends by SVC. */
bool attempt_with_control(code *run, uint32_t control);

/* The same within the handler of an external interrupt of that priority. */
bool attempt_in_interrupt(code *run, unsigned interrupt, uint32_t priority);

extern uint32_t process_stack[256];
#define PROCESS_TOP ADDRESS(&process_stack[240])
extern uint32_t main_stack_top[], main_stack_bottom[];

/* A piece of assembly to attempt; it may use r0 to r4 and r12. */
#define SNIPPET(name, text)                                                                       \
    __attribute__((naked)) static void name(void)                                                 \
    {                                                                                             \
        __asm__ volatile("push {r4, lr}\n" text "\n pop {r4, pc}\n .ltorg\n");                    \
    }

struct attempt_at {
    const char *name;
    code *run;
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What is behind every vector: the handler in handlers[]. */
extern void any_exception(void);

/* No masks, nothing pending, all enables off, priorities 0, groups 0, CCR as after a reset. */
void calm(void);

int main(void);

#endif
