/* exclusive.c - LDREX and STREX, also across exceptions, which clear the monitor. */
#include "exceptions.h"

static uint32_t cell[4] __attribute__((aligned(16)));

static uint32_t load(void)
{
    uint32_t value;

    __asm__ volatile("ldrex %0, [%1]" : "=r"(value) : "r"(cell) : "memory");
    return value;
}

static uint32_t store(uint32_t value)
{
    uint32_t failed;

    __asm__ volatile("strex %0, %1, [%2]" : "=&r"(failed) : "r"(value), "r"(cell) : "memory");
    return failed;
}

static void clear(void)
{
    __asm__ volatile("clrex" : : : "memory");
}

static void end(const char *name)
{
    note("cell", cell[0]);
    clear();
    cell[0] = 0x40;
    show(name);
}

static void nothing(struct exception *exception)
{
    note("exc", exception->number);
}

static void exclusive_too(struct exception *exception)
{
    (void)exception;
    note("loaded", load());
    note("failed", store(0x55));
}

static void widths(void)
{
    uint32_t value, failed;

    cell[0] = 0x11223344;
    __asm__ volatile("ldrexb %0, [%2]\n strexb %1, %3, [%2]"
                     : "=&r"(value), "=&r"(failed) : "r"(cell), "r"(0xAAAAAAAA) : "memory");
    note("byte", value);
    note("failed", failed);
    __asm__ volatile("ldrexh %0, [%2]\n strexh %1, %3, [%2]"
                     : "=&r"(value), "=&r"(failed) : "r"(cell), "r"(0xBBBBBBBB) : "memory");
    note("half", value);
    note("failed", failed);
    __asm__ volatile("ldrex %0, [%2, #8]\n strex %1, %3, [%2, #8]"
                     : "=&r"(value), "=&r"(failed) : "r"(cell), "r"(0xCCCCCCCC) : "memory");
    note("word", value);
    note("failed", failed);
    note("cell", cell[2]);
    end("widths");
}

int main(void)
{
    cell[0] = 0x40;
    note("failed", store(1));
    end("store without load");
    note("loaded", load());
    note("failed", store(2));
    note("failed", store(3));
    end("once");
    note("loaded", load());
    clear();
    note("failed", store(4));
    end("clrex");
    ISER = 3;
    handlers[IRQ0] = nothing;
    note("loaded", load());
    ISPR = 1;
    barrier();
    note("failed", store(5));
    end("interrupted");
    handlers[IRQ0] = exclusive_too;
    note("loaded", load());
    ISPR = 1;
    barrier();
    note("failed", store(6));
    end("interrupted by its like");
    handlers[SVCALL] = nothing;
    note("loaded", load());
    __asm__ volatile("svc #0" : : : "memory");
    note("failed", store(7));
    end("after SVC");
    widths();
    return 0;
}
