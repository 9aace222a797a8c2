"""A watchdog that bites: the run ends where the firmware was, and the chip begins anew."""

from __future__ import annotations

import pytest

from simgate.core import StopKind
from simgate.result import FaultKind, StopReason

SOURCE = """
    #define IWDG ((volatile unsigned *)0x40003000)
    unsigned flags;
    void wait_for_ever(void) __attribute__((noinline));
    void wait_for_ever(void) { for (;;) { } }
    int main(void) {
        flags = *(volatile unsigned *)0x40023874;
        *(volatile unsigned *)0x40023874 = 1u << 24;
        IWDG[0] = 0xCCCC; IWDG[0] = 0x5555; IWDG[2] = 79; while (IWDG[3]) { }
        IWDG[0] = 0xAAAA;
        wait_for_ever();
    }
"""


@pytest.fixture
def bitten(compile_c, machine_of):
    return machine_of(compile_c(SOURCE))


def flags(machine) -> int:
    return int.from_bytes(machine.read_memory(machine.image.symbol("flags").address, 4), "little")


def test_the_run_ends_where_the_firmware_was(bitten):
    halt = bitten.run_for(1.0)
    assert halt.reason is StopReason.FAULT
    result = bitten.result()
    assert result.fault is not None and not result.passed
    assert result.fault.kind is FaultKind.WATCHDOG
    assert result.fault.where.function == "wait_for_ever"
    assert "it was last fed 10.000 ms ago; at 0x0800" in result.fault.message
    assert result.time_s == pytest.approx(0.0102, abs=0.0001)  # 5 periods of LSI, then 10 ms
    assert result.resets == 1
    assert flags(bitten) == 0x0E000000


def test_a_reset_by_the_watchdog_leaves_its_flag(bitten):
    port = bitten.engine.debug_port()
    assert port.run(168_000_000) is StopKind.FAULT
    assert port.fault().kind is FaultKind.WATCHDOG
    assert port.run(port.core.ticks + 1000) is StopKind.RESET
    port.run(port.core.ticks + 1000)
    assert flags(bitten) == 1 << 29 | 1 << 26  # IWDGRSTF and PINRSTF; RMVF had cleared the others
    assert port.run(168_000_000) is StopKind.FAULT
    assert port.fault().kind is FaultKind.WATCHDOG  # it was started again
    assert port.restarts == 1  # the second one comes with the next run


def test_a_run_that_lives_on_is_reset_again_and_again(compile_c, machine_of):
    machine = machine_of(compile_c(SOURCE), on_fault="live")
    assert machine.run_for(0.025).reason is StopReason.TIME
    result = machine.result()
    assert result.resets == 2  # each life lasts 10.2 ms
    assert flags(machine) == 1 << 29 | 1 << 26
    assert result.fault is not None and not result.passed  # the first bite
    assert result.fault.kind is FaultKind.WATCHDOG
    assert "10.000 ms" in result.fault.message


WINDOW = """
    #define WWDG ((volatile unsigned *)0x40002C00)
    unsigned flags;
    int main(void) {
        flags = *(volatile unsigned *)0x40023874;
        *(volatile unsigned *)0x40023874 = 1u << 24;
        *(volatile unsigned *)0x40023840 |= 1u << 11;
        WWDG[0] = 0xFF;
        for (;;) { }
    }
"""


def test_the_window_watchdog_leaves_its_own_flag(compile_c, machine_of):
    machine = machine_of(compile_c(WINDOW), on_fault="live")
    machine.run_for(0.010)  # 6.24 ms at the most
    assert flags(machine) == 1 << 30 | 1 << 26
