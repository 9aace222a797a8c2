"""What no exception tells: a heap that grows into the stack, a handler that nothing called for."""

from __future__ import annotations

import pytest

from simgate.result import FaultKind

HEAP = """
    extern char __heap_start[];
    void *_sbrk(int increment) __attribute__((noinline, noclone));
    void *_sbrk(int increment) {
        static char *end = __heap_start;
        char *previous = end;
        if (increment > REFUSE) { return (void *)-1; }
        end += increment;
        return previous;
    }
    volatile void *given;
    __attribute__((noinline)) void take(int size) { given = _sbrk(size); }
    int main(void) { take(0x1000); take(-0x800); take(SIZE); for (;;) { } }
"""
BELOW = "-Wl,--defsym=__heap_start=0x20010000"  # the stack is 0x2001fc00 to 0x20020000
BEHIND = "-Wl,--defsym=__heap_start=0x20020000"


@pytest.mark.parametrize(
    ("size", "place", "refuse", "overflows"),
    [
        (0xF400, BELOW, "0x100000", False),  # up to the limit exactly
        (0xF401, BELOW, "0x100000", True),
        (0x40000, BELOW, "0x10000", False),  # refused
        (0x100, BEHIND, "0x100000", False),  # a heap that cannot meet the stack
    ],
)
def test_a_heap_against_the_stack(compile_c, machine_of, size, place, refuse, overflows):
    elf = compile_c(HEAP, place, f"-DSIZE={size}", f"-DREFUSE={refuse}")
    fault = machine_of(elf).run_for(0.001).fault
    assert (fault is not None) == overflows
    if fault is not None:
        assert fault.kind is FaultKind.HEAP_OVERFLOW
        assert fault.where.function == "_sbrk"
        assert fault.address == 0x2001FC01
        assert "the heap's end became 0x2001fc01, 1 B above the main stack's limit" in fault.message
        assert "called from 0x0800" in fault.message and " take+0x" in fault.message


HANDLER = """
    void HardFault_Handler(void) { for (;;) { } }
    __attribute__((noinline)) void guilty(void) {
        ((void (*)(void))*(unsigned *)0x0800000c)();
        __asm volatile("");
    }
    int main(void) { guilty(); for (;;) { } }
"""


def test_a_handler_that_is_called_is_no_handler(compile_c, machine_of):
    fault = machine_of(compile_c(HANDLER)).run_for(0.001).fault
    assert fault is not None
    assert fault.kind is FaultKind.FALSE_HANDLER
    assert fault.where.function == "HardFault_Handler"
    assert "entered with IPSR = 0" in fault.message and "guilty+0x" in fault.message


def test_a_handler_that_an_exception_calls_is_left_alone(compile_c, machine_of):
    source = """
        void HardFault_Handler(void) { for (;;) { } }
        int main(void) { __asm volatile("cpsid i\\n svc #1"); for (;;) { } }
    """
    machine = machine_of(compile_c(source), on_fault="live")
    machine.run_for(0.01)  # the handler's loop begins at its first instruction
    result = machine.result()
    assert result.fault is not None and result.fault.kind is FaultKind.ESCALATION
    assert result.where.function == "HardFault_Handler"
    assert result.instructions > 1_600_000
