"""What QEMU cannot run: the DebugMonitor and CCR.BFHFNMIGN, which it lacks, and lockup, where it
aborts itself. Expectations are the manual's, written by hand."""

from __future__ import annotations

import re

import pytest
from machines import HERE, Build, Strict

from simgate.core import StopKind
from simgate.result import FaultKind

EXPECTED = sorted((HERE / "expected").glob("*.log"))
CPUS = ("cortex-m4f", "cortex-m7")

PRECISERR, BFARVALID, IBUSERR, STKERR = 0x200, 0x8000, 0x100, 0x1000
UNDEFINSTR, INVSTATE, IACCVIOL, MSTKERR = 0x1_0000, 0x2_0000, 1, 0x10
FORCED = 0x4000_0000
THREAD = 0

# How, then: the instruction that cannot be got over, IPSR, CFSR, HFSR.
IN_HARD_FAULT, IN_NMI, BEHIND_FAULTMASK = 0, 8, 16
UDF, LOAD, SVC, BKPT, FETCH = range(5)
NOWHERE = 0x3000_0000
LOCKUPS: dict[str, tuple[int, str | int, int, int, int]] = {
    "udf in HardFault": (IN_HARD_FAULT + UDF, "fault_again", 3, UNDEFINSTR, FORCED),
    "load in HardFault": (
        IN_HARD_FAULT + LOAD, "load_again", 3, UNDEFINSTR | PRECISERR | BFARVALID, FORCED,
    ),
    "svc in HardFault": (IN_HARD_FAULT + SVC, "call_again", 3, UNDEFINSTR, FORCED),
    "bkpt in HardFault": (IN_HARD_FAULT + BKPT, "stop_again", 3, UNDEFINSTR, FORCED),
    "fetch in HardFault": (IN_HARD_FAULT + FETCH, NOWHERE + 0x100, 3, UNDEFINSTR | IBUSERR, FORCED),
    "udf in NMI": (IN_NMI + UDF, "fault_again", 2, UNDEFINSTR, 0),
    "load in NMI": (IN_NMI + LOAD, "load_again", 2, PRECISERR | BFARVALID, 0),
    "svc in NMI": (IN_NMI + SVC, "call_again", 2, 0, 0),
    "udf behind FAULTMASK": (BEHIND_FAULTMASK + UDF, "fault_again", 0, UNDEFINSTR, 0),
    "load behind FAULTMASK": (BEHIND_FAULTMASK + LOAD, "load_again", 0, PRECISERR | BFARVALID, 0),
    "svc behind FAULTMASK": (BEHIND_FAULTMASK + SVC, "call_again", 0, 0, 0),
    "fetch behind FAULTMASK": (BEHIND_FAULTMASK + FETCH, NOWHERE + 0x100, 0, IBUSERR, 0),
    "no stack": (24, "push_again", 3, UNDEFINSTR | STKERR | PRECISERR | BFARVALID, FORCED),
    "no code at the vector": (40, NOWHERE + 0x100, 3, UNDEFINSTR | IBUSERR, FORCED),
    "even vector": (48, "any_exception", 3, UNDEFINSTR | INVSTATE, FORCED),
}  # fmt: skip


@pytest.mark.parametrize("cpu", CPUS)
@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.stem)
def test_program(build: Build, expected, cpu: str) -> None:
    machine = Strict(build.program(expected.stem, cpu), cpu)
    machine.run()
    wanted = expected.read_text().splitlines()
    # What flags the program happened to have is nobody's business.
    seen = [
        re.sub(r"f\.xpsr=\w+", "f.xpsr=X", line) if "f.xpsr=X" in other else line
        for line, other in zip(machine.lines, wanted, strict=False)
    ]
    assert seen == wanted


@pytest.mark.parametrize("cpu", CPUS)
@pytest.mark.parametrize("how", LOCKUPS)
def test_lockup(build: Build, how: str, cpu: str) -> None:
    way, place, ipsr, cfsr, hfsr = LOCKUPS[how]
    machine = Strict(build.program("strict_lockup", cpu), cpu)
    machine.core.write(machine.symbol("way"), way.to_bytes(4, "little"))

    stop = machine.run()

    assert machine.lines == []
    assert stop.kind is StopKind.FAULT
    assert stop.fault is not None
    assert stop.fault.kind is FaultKind.LOCKUP
    assert stop.fault.pc == (machine.symbol(place) if isinstance(place, str) else place)
    assert machine.core.ipsr == ipsr
    status = machine.core.fault_status
    assert (status["cfsr"], status["hfsr"]) == (cfsr, hfsr)
    if cfsr & BFARVALID and how != "no stack":
        assert status["bfar"] == NOWHERE + 0x10
    # It stays so, whatever happens.
    machine.core.pend_nmi()
    again = machine.run()
    assert (again.kind, again.instructions) == (StopKind.FAULT, stop.instructions)
    assert again.fault == stop.fault


@pytest.mark.parametrize("cpu", CPUS)
def test_lockup_without_a_vector(build: Build, cpu: str) -> None:
    """Not even the vector of HardFault can be read: it is never entered."""
    machine = Strict(build.program("strict_lockup", cpu), cpu)
    machine.core.write(machine.symbol("way"), (32).to_bytes(4, "little"))
    stop = machine.run()
    assert stop.fault is not None
    assert (stop.fault.kind, stop.fault.address) == (FaultKind.LOCKUP, NOWHERE + 4 * 3)
    assert machine.core.ipsr == THREAD
    assert machine.core.fault_status["cfsr"] == UNDEFINSTR


@pytest.mark.parametrize("cpu", CPUS)
def test_an_mpu_that_forbids_everything(build: Build, cpu: str) -> None:
    """Neither code nor stack may be used; HardFault runs without the MPU, and faults by itself."""
    machine = Strict(build.program("strict_lockup", cpu), cpu)
    machine.core.write(machine.symbol("way"), (56).to_bytes(4, "little"))
    stop = machine.run()
    assert stop.fault is not None
    assert stop.fault.kind is FaultKind.LOCKUP
    assert stop.fault.pc == machine.symbol("fault_again")
    assert machine.core.fault_status["cfsr"] == IACCVIOL | MSTKERR | UNDEFINSTR
