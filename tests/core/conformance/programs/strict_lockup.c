/* strict_lockup.c - the ways into lockup, chosen by `way` from outside (DDI 0403, B1.5.15). */
#include "exceptions.h"

volatile uint32_t way;

static void again(void)
{
    __asm__ volatile(".global fault_again\nfault_again: udf #1");
}

static void load(void)
{
    __asm__ volatile("ldr r0, =0x30000010\n.global load_again\nload_again: ldr r1, [r0]"
                     : : : "r0", "r1");
}

static void call(void)
{
    __asm__ volatile(".global call_again\ncall_again: svc #0" : : : "memory");
}

static void stop(void)
{
    __asm__ volatile(".global stop_again\nstop_again: bkpt #1" : : : "memory");
}

static void fetch(void)
{
    __asm__ volatile("ldr r0, =0x30000101\n bx r0" : : : "r0");
}

static code *const faults[] = {again, load, call, stop, fetch};

static void fault_in_handler(struct exception *exception)
{
    (void)exception;
    faults[way % 8]();
}

static void on_bad_stack(void)
{
    __asm__ volatile("mov sp, %0\n udf #2" : : "r"(NOWHERE + 0x400));
}

static uint32_t table[64] __attribute__((aligned(256)));

static void move_table(uint32_t hard_fault)
{
    for (unsigned n = 0; n < 48; n++) {
        table[n] = WORD(4 * n);
    }
    table[HARD_FAULT] = hard_fault;
    VTOR = ADDRESS(table);
}

__attribute__((naked)) static void pushing_handler(void)
{
    __asm__ volatile(".global push_again\npush_again: push {r4, lr}\n pop {r4, pc}");
}

int main(void)
{
    handlers[HARD_FAULT] = fault_in_handler;
    handlers[NMI] = fault_in_handler;
    switch (way / 8) {
    case 0: /* in HardFault */
        __asm__ volatile("udf #0");
        break;
    case 1: /* in NMI */
        ICSR = NMIPENDSET;
        barrier();
        break;
    case 2: /* behind FAULTMASK, whatever is enabled */
        SHCSR |= SHCSR_ENABLES;
        __asm__ volatile("cpsid f\n isb");
        faults[way % 8]();
        break;
    case 3: /* HardFault has no stack: its first push */
        move_table(ADDRESS(pushing_handler));
        on_bad_stack();
        break;
    case 4: /* HardFault has no vector */
        VTOR = NOWHERE;
        __asm__ volatile("udf #0");
        break;
    case 5: /* no code where its vector points */
        move_table(NOWHERE + 0x101);
        __asm__ volatile("udf #0");
        break;
    case 6: /* a vector without the Thumb bit */
        move_table(ADDRESS(any_exception) & ~1u);
        __asm__ volatile("udf #0");
        break;
    case 7: /* the MPU forbids everything, but not to HardFault */
        MPU_CTRL = 1;
        barrier();
        break;
    default:
        break;
    }
    note("unreached", way);
    return 0;
}
