"""What the engine keeps of a fault, and how it goes on: stop, follow, live; runs made again."""

from __future__ import annotations

import pytest

from simgate.engine.base import ProcessStack
from simgate.machine import Machine
from simgate.result import BranchKind, FaultKind, StopReason, from_json, to_json

FAULTS_ONCE = """
    #define CFSR (*(volatile unsigned *)0xE000ED28)
    volatile unsigned handled;
    __attribute__((noinline)) void guilty(void) { *(volatile unsigned *)0x60000000; }
    void fault_handler(unsigned *frame) { handled++; frame[6] += 2; CFSR = CFSR; }
    __attribute__((naked)) void HardFault_Handler(void) {
        __asm volatile("mov r0, sp\\n b fault_handler");
    }
    int main(void) { guilty(); for (;;) { } }
"""
FAULTS_TWICE = """
    __attribute__((noinline)) void guilty(void) { *(volatile unsigned *)0x60000000; }
    void HardFault_Handler(void) { *(volatile unsigned *)0x60000000; }
    int main(void) { guilty(); for (;;) { } }
"""
RESETS = """
    __attribute__((noinline)) void guilty(void) { __asm volatile("udf #0"); }
    void HardFault_Handler(void) { *(volatile unsigned *)0xE000ED0C = 0x05FA0004; for (;;) { } }
    int main(void) { guilty(); for (;;) { } }
"""


@pytest.fixture
def run(compile_c, machine_of):
    def made(source: str, seconds: float = 0.02, **options) -> Machine:
        machine = machine_of(compile_c(source), **options)
        machine.run_for(seconds)
        return machine

    return made


def test_stop_ends_before_the_exception_is_taken(run) -> None:
    result = run(FAULTS_ONCE).result()
    assert result.reason is StopReason.FAULT
    assert result.fault is not None and result.post_mortem is not None
    assert (result.fault.kind, result.fault.exception) == (FaultKind.UNMAPPED, 3)
    assert result.fault.escalated
    assert result.instructions == result.fault.instruction
    assert result.post_mortem.registers["pc"] == result.fault.where.address
    assert result.post_mortem.status["cfsr"] == 0x8200
    assert result.post_mortem.status["bfar"] == 0x6000_0000
    assert result.post_mortem.entry is None
    last = result.post_mortem.branches[-1]
    assert last.kind is BranchKind.BRANCH
    assert last.target == result.fault.where.address - (result.fault.where.offset or 0)


def test_follow_tells_what_came_of_it(run) -> None:
    machine = run(FAULTS_ONCE, on_fault="follow")
    found = machine.result().post_mortem
    assert found is not None and found.entry is not None and found.aftermath is not None
    assert found.entry.number == 3
    assert found.entry.handler == machine.image.symbol("HardFault_Handler").address
    assert found.entry.frame == found.registers["sp"] - 32
    assert found.aftermath.outcome.startswith("it stays in a loop at")
    assert found.aftermath.outcome.endswith("the handler returned")
    assert machine.read_memory(machine.image.symbol("handled").address, 1) == b"\1"


def test_follow_sees_a_lockup(run) -> None:
    found = run(FAULTS_TWICE, on_fault="follow").result().post_mortem
    assert found is not None and found.aftermath is not None
    assert found.aftermath.fault is not None
    assert found.aftermath.fault.kind is FaultKind.LOCKUP
    assert found.aftermath.outcome.startswith("the processor locked up after")


def test_follow_sees_a_reset(run) -> None:
    found = run(RESETS, on_fault="follow").result().post_mortem
    assert found is not None and found.aftermath is not None
    assert found.aftermath.outcome.startswith("the firmware reset the chip after")


def test_follow_sees_what_a_peripheral_refuses(run) -> None:
    source = """
        __attribute__((noinline)) void guilty(void) { __asm volatile("udf #0"); }
        void HardFault_Handler(void) { *(volatile unsigned *)0x40013800 = 3; for (;;) { } }
        int main(void) { *(volatile unsigned *)0x40023844 = 1 << 14; guilty(); for (;;) { } }
    """
    result = run(source, on_fault="follow").result()
    assert result.fault is not None and result.fault.kind is FaultKind.UNDEFINED
    found = result.post_mortem
    assert found is not None and found.entry is not None and found.aftermath is not None
    assert found.aftermath.fault is not None
    assert found.aftermath.fault.kind is FaultKind.PERIPHERAL
    assert "HardFault_Handler" in found.aftermath.outcome


def test_follow_sees_a_watchdog_bite(run) -> None:
    source = """
        #define IWDG ((volatile unsigned *)0x40003000)
        __attribute__((noinline)) void guilty(void) { __asm volatile("udf #0"); }
        void HardFault_Handler(void) { for (;;) { } }
        int main(void) {
            IWDG[0] = 0xCCCC; IWDG[0] = 0x5555; IWDG[2] = 39; while (IWDG[3]) { }
            IWDG[0] = 0xAAAA;
            guilty();
            for (;;) { }
        }
    """
    found = run(source, on_fault="follow").result().post_mortem
    assert found is not None and found.aftermath is not None
    assert found.aftermath.fault is not None
    assert found.aftermath.fault.kind is FaultKind.WATCHDOG
    assert found.aftermath.outcome.startswith("the watchdog reset the chip after")


def test_live_goes_on_to_the_end_and_still_fails(run) -> None:
    machine = run(FAULTS_ONCE, on_fault="live")
    result = machine.result()
    assert result.reason is StopReason.TIME
    assert result.fault is not None and result.fault.kind is FaultKind.UNMAPPED
    assert not result.passed
    assert result.time_s == pytest.approx(0.02)
    assert machine.read_memory(machine.image.symbol("handled").address, 1) == b"\1"


def test_live_ends_at_a_lockup(run) -> None:
    result = run(FAULTS_TWICE, on_fault="live").result()
    assert result.reason is StopReason.FAULT
    assert result.fault is not None and result.fault.kind is FaultKind.UNMAPPED
    assert result.time_s < 0.02


def test_an_overflow_tells_what_it_would_have_needed(run) -> None:
    source = """
        char below[64] __attribute__((section(".below")));
        __attribute__((noinline)) unsigned deep(unsigned n) {
            volatile char used[64];
            used[n % 64] = (char)n;
            return n ? deep(n - 1) + (unsigned)used[n % 64] : 0;
        }
        int main(void) { deep(40); for (;;) { } }
    """
    result = run(source).result()
    fault, stack = result.fault, result.stack
    assert fault is not None and fault.kind is FaultKind.STACK_OVERFLOW
    assert stack is not None and stack.needed is not None
    assert stack.size == 1024
    assert 40 * 72 < stack.needed < 42 * 96  # 41 calls: 64 bytes, r4, lr and what aligns them
    assert f"needs at least {stack.needed:,} bytes, has 1,024" in fault.message


def test_a_process_stack_is_held_against_its_limit(run) -> None:
    source = """
        static struct { unsigned long long neighbour[256], stack[64]; } area;
        __attribute__((noinline)) void task(void) {
            volatile char big[1024];
            big[0] = 1;
        }
        int main(void) {
            __asm volatile("msr psp, %0\\n movs r0, #2\\n msr control, r0\\n isb"
                           :: "r"(area.stack + 64) : "r0");
            task();
            for (;;) { area.neighbour[0]++; }
        }
    """
    machine = run(source)
    assert machine.result().fault is None  # nobody said where the task's stack ends
    area = machine.image.symbol("area")
    tasks = (ProcessStack("worker", area.address + 2048, area.address + area.size),)
    fault = run(source, process_stacks=tasks).result().fault
    assert fault is not None and fault.kind is FaultKind.STACK_OVERFLOW
    assert "stack 'worker' needs at least 1,0" in fault.message
    assert "has 512" in fault.message
    assert fault.where.function == "task"


LISTENS = """
    #define SR (*(volatile unsigned *)0x40004400)
    #define DR (*(volatile unsigned *)0x40004404)
    #define CR1 (*(volatile unsigned *)0x4000440C)
    volatile unsigned sum;
    int main(void) {
        *(volatile unsigned *)0x40023840 |= 1u << 17;
        CR1 = 0x2004;
        for (;;) {
            if (SR & 0x20) { sum = sum * 31 + DR; }
        }
    }
"""


def test_a_run_is_made_again_from_its_inputs(compile_c, machine_of) -> None:
    elf = compile_c(LISTENS)
    first = machine_of(elf)
    first.run_for(0.001)
    first.uart("usart2").write(b"ab")
    first.run_for(0.001)
    first.uart("usart2").write(b"c")
    first.run_for(0.001)
    made = first.result()
    assert [(one.uart, one.data) for one in made.inputs] == [("usart2", b"ab"), ("usart2", b"c")]
    again = machine_of(elf, replay=made.inputs)
    again.run_for(0.003)
    assert again.result().inputs == made.inputs
    assert again.registers() == first.registers()
    assert again.instructions == first.instructions
    total = first.image.symbol("sum").address
    assert again.read_memory(total, 4) == first.read_memory(total, 4) != bytes(4)


def test_the_whole_result_goes_to_json_and_back(run) -> None:
    result = run(FAULTS_ONCE, on_fault="follow").result()
    assert from_json(to_json(result)) == result
