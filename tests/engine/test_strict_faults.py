"""Every illegal act ends the run, with its kind, function and source line."""

from __future__ import annotations

import re

import pytest

from simgate.result import FaultKind, StopReason

# kind, what the function `guilty` does, how the sentence goes on after the kind
ACTS = {
    "load": (
        FaultKind.UNMAPPED,
        "(void)*(volatile unsigned *)0x60000000;",
        r"load of 4 bytes at 0x60000000, where nothing is mapped \(nearest: .*\)",
    ),
    "store": (
        FaultKind.UNMAPPED,
        "*(volatile unsigned char *)0x20020000 = 1;",
        r"store of 1 bytes? at 0x20020000, .*nearest: 1 B after the end of sram, 0x20000000 ",
    ),
    "device gap": (
        FaultKind.UNMAPPED,
        "(void)*(volatile unsigned *)0x40006424;",
        r"load of 4 bytes at 0x40006424, .*\(peripheral not modelled: CAN1\+0x24\)",
    ),
    "fetch": (
        FaultKind.UNMAPPED,
        "((void (*)(void))0x60000001)();",
        r"execution at 0x60000000, .*, reached from 0x080\w+ guilty",
    ),
    "unaligned": (
        FaultKind.UNALIGNED,
        '__asm volatile("ldrd r0, r1, [%0]" : : "r"(0x20000101) : "r0", "r1", "memory");',
        r"unaligned load of \d bytes at 0x20000101",
    ),
    "Flash": (
        FaultKind.FLASH_STORE,
        "*(volatile unsigned *)guilty_address() = 1;",
        r"store of 4 bytes at 0x08000\w\w\w, which is Flash \(in guilty_address\)",
    ),
    "undefined": (FaultKind.UNDEFINED, '__asm volatile("udf #0xa5");', "0xdea5"),
    "even": (
        FaultKind.INVALID_STATE,
        '__asm volatile("bx %0" : : "r"(0x08000100));',
        "branch to 0x08000100 without the Thumb bit",
    ),
    "breakpoint": (FaultKind.BREAKPOINT, '__asm volatile("bkpt #3");', "BKPT 0x03"),
    "semihosting": (FaultKind.BREAKPOINT, '__asm volatile("bkpt #0xab");', "semihosting"),
    "FPU": (
        FaultKind.NO_COPROCESSOR,
        '*(volatile unsigned *)0xE000ED88 = 0; __asm volatile("dsb\\n isb\\n vmov.f32 s0, #1.0");',
        "CPACR",
    ),
    "peripheral": (
        FaultKind.PERIPHERAL,
        "*(volatile unsigned *)0x40023C04 = 5;",
        r"flash_controller\+0x4: 0x00000005 is not the key",
    ),
    "privilege": (
        FaultKind.PRIVILEGE,
        '__asm volatile("msr control, %0\\n isb" : : "r"(1));'
        "(void)*(volatile unsigned *)0xE000ED00;",
        "unprivileged load of 4 bytes at 0xe000ed00",
    ),
    "masked SVC": (
        FaultKind.ESCALATION,
        '__asm volatile("cpsid i\\n svc #1");',
        "SVCall at a priority that does not allow it",
    ),
    "stack": (
        FaultKind.STACK_OVERFLOW,
        'volatile char big[4096]; big[0] = 1; __asm volatile("" : : "r"(big));',
        r"needs at least 4,\d\d\d bytes, has 1,024 "
        r"\(0x2001fc00 to 0x20020000; SP became 0x2001\w+\)",
    ),
}


ENCODED = (FaultKind.UNDEFINED, FaultKind.BREAKPOINT, FaultKind.NO_COPROCESSOR)


@pytest.mark.parametrize("act", ACTS)
def test_a_fault_is_reported_where_it_happens(act, compile_c, machine_of):
    kind, statement, sentence = ACTS[act]
    source = f"""
        __attribute__((noinline)) unsigned guilty_address(void) {{
            return (unsigned)guilty_address & ~3u;
        }}
        #line 776 "crime.c"
        __attribute__((noinline)) void guilty(void) {{
            {statement}
        }}
        int main(void) {{ guilty(); for (;;) {{ }} }}
    """
    machine = machine_of(compile_c(source))
    halt = machine.run_for(0.01)
    assert halt.reason is StopReason.FAULT
    fault = halt.fault
    assert fault is not None
    assert fault.kind is kind
    assert re.search(rf"^{kind}: .*{sentence}", fault.message), fault.message
    if act not in ("fetch", "even"):
        assert fault.where.function == "guilty"
        assert fault.where.file is not None
        assert fault.where.file.endswith("crime.c")
        assert fault.where.line in (776, 777)
    assert "guilty" in fault.message
    assert (fault.encoding is not None) == (kind in ENCODED)
    assert machine.result().fault == fault
    assert not machine.result().passed
    assert machine.run_for(0.01) is halt  # it stays so


def test_an_illegal_return_from_an_exception(compile_c, machine_of):
    source = """
        __attribute__((naked)) void SysTick_Handler(void) {
            __asm volatile("ldr r0, =0xfffffff5\\n bx r0");
        }
        int main(void) {
            *(volatile unsigned *)0xE000E014 = 1000;
            *(volatile unsigned *)0xE000E010 = 7;
            for (;;) { }
        }
    """
    halt = machine_of(compile_c(source)).run_for(0.01)
    assert halt.fault is not None
    assert halt.fault.kind is FaultKind.EXCEPTION_RETURN
    assert halt.fault.address == 0xFFFFFFF5
    assert halt.fault.where.function == "SysTick_Handler"


def test_a_reset_into_an_erased_vector_table(compile_c, machine_of):
    source = """
        int main(void) {
            for (volatile int n = 0; n < 1000; n++) { }
            *(volatile unsigned *)0xE000ED0C = 0x05FA0004;
            for (;;) { }
        }
    """
    machine = machine_of(compile_c(source))
    machine.run_for(1e-6)
    machine.write_memory(0x08000000, b"\xff" * 8)
    halt = machine.run_for(0.001)
    assert halt.reason is StopReason.FAULT
    assert "It has reset itself 1 times." in machine.whereabouts()


def test_a_dead_stack_pointer_is_a_lockup_or_a_fault_and_no_crash(compile_c, machine_of):
    machine = machine_of(
        compile_c(
            """
            int main(void) {
                __asm volatile("mov sp, %0\\n udf #0" : : "r"(0x60000000));
                for (;;) { }
            }
            """
        )
    )
    halt = machine.run_for(0.01)
    assert halt.reason is StopReason.FAULT
