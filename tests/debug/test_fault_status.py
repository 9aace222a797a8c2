"""Each bit of the fault status registers has its name, its words and its section."""

from __future__ import annotations

import pytest

from simgate.debug.exceptions import configurable_fault, exception_name, why_escalated
from simgate.debug.fault_status import decode_status

THUMB = 1 << 24


@pytest.mark.parametrize(
    ("register", "bit", "name"),
    [
        ("cfsr", 0, "IACCVIOL"),
        ("cfsr", 1, "DACCVIOL"),
        ("cfsr", 3, "MUNSTKERR"),
        ("cfsr", 4, "MSTKERR"),
        ("cfsr", 5, "MLSPERR"),
        ("cfsr", 7, "MMARVALID"),
        ("cfsr", 8, "IBUSERR"),
        ("cfsr", 9, "PRECISERR"),
        ("cfsr", 10, "IMPRECISERR"),
        ("cfsr", 11, "UNSTKERR"),
        ("cfsr", 12, "STKERR"),
        ("cfsr", 13, "LSPERR"),
        ("cfsr", 15, "BFARVALID"),
        ("cfsr", 16, "UNDEFINSTR"),
        ("cfsr", 17, "INVSTATE"),
        ("cfsr", 18, "INVPC"),
        ("cfsr", 19, "NOCP"),
        ("cfsr", 24, "UNALIGNED"),
        ("cfsr", 25, "DIVBYZERO"),
        ("hfsr", 1, "VECTTBL"),
        ("hfsr", 30, "FORCED"),
        ("hfsr", 31, "DEBUGEVT"),
        ("dfsr", 1, "BKPT"),
        ("cfsr", 31, "bit 31"),
    ],
)
def test_a_bit_is_named(register: str, bit: int, name: str) -> None:
    found = decode_status({register: 1 << bit})[0]
    assert found.name == register.upper()
    assert [one.name for one in found.bits] == [name]
    assert found.bits[0].meaning
    assert found.bits[0].section[0] in "BC"


def test_the_address_registers_are_shown_where_they_are_valid() -> None:
    status = {"cfsr": 0x8200, "hfsr": 1 << 30, "bfar": 0x60000000, "mmfar": 0x1234}
    names = {one.name: one.value for one in decode_status(status)}
    assert names == {"CFSR": 0x8200, "HFSR": 1 << 30, "BFAR": 0x60000000}


def test_the_bits_tell_the_configurable_fault() -> None:
    assert [configurable_fault(bits) for bits in (0, 0x82, 0x8200, 1 << 24)] == [None, 4, 5, 6]


@pytest.mark.parametrize(
    ("status", "registers", "reason"),
    [
        ({"shcsr": 0}, {}, "because SHCSR does not enable UsageFault"),
        ({"shcsr": 1 << 18}, {"xpsr": THUMB | 15}, "because SysTick was running"),
        ({"shcsr": 1 << 18}, {"primask": 1}, "because PRIMASK keeps UsageFault out"),
        ({"shcsr": 1 << 18}, {"basepri": 0x40}, "because BASEPRI (0x40) keeps UsageFault out"),
    ],
)
def test_an_escalation_has_its_reason(status, registers, reason) -> None:
    assert why_escalated(6, status, registers).startswith(reason)


def test_exceptions_have_names() -> None:
    assert [exception_name(n) for n in (3, 15, 16, 54, 0, 7)] == [
        "HardFault",
        "SysTick",
        "IRQ 0",
        "IRQ 38",
        "Thread mode",
        "exception 7",
    ]
