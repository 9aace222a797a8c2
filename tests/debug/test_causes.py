"""The cause in words, of acts that are chosen one by one in one firmware."""

from __future__ import annotations

import re

import pytest

from simgate.board import find_board
from simgate.debug import FaultReport, examine
from simgate.image import Image
from simgate.machine import Machine

ACTS = (
    "CAN_WITHOUT_MODEL", "WORD_WITH_UNALIGN_TRP", "BRANCH_TO_EVEN", "CODE_ON_THE_STACK",
    "CODE_IN_A_PERIPHERAL", "NULL_TABLE", "VECTOR_TABLE_IN_NOWHERE", "STACK_IN_NOWHERE",
    "SEMIHOSTING", "UNPRIVILEGED", "LOCKED_REGISTER", "TRAP", "TEXT_AS_POINTER", "ASLEEP",
)  # fmt: skip
CAUSES = {
    "CAN_WITHOUT_MODEL": r"STR to 0x40006404, which is CAN1 \(\+0x4\), a peripheral not modelled",
    "WORD_WITH_UNALIGN_TRP": r"LDR from 0x\w+, which is not a multiple of 4 while CCR.UNALIGN_TRP",
    "BRANCH_TO_EVEN": r"branch to 0x0800\w+ guilty \(.*\) without the Thumb bit: INVSTATE",
    "CODE_ON_THE_STACK": r"jump into data: called 0x2\w+ \(main stack, \d+ B below its top\) from",
    "CODE_IN_A_PERIPHERAL": r"called 0x40020000 \(gpioPortA, .*\) from .* guilty.*: IACCVIOL",
    "NULL_TABLE": r"called 0x00000010 from .* guilty.*: an entry of a table whose pointer is null",
    "VECTOR_TABLE_IN_NOWHERE": r"while the vector was read from the table at VTOR 0x60000000.*"
    r"VECTTBL HardFault",
    "STACK_IN_NOWHERE": r"while the frame of an exception was pushed at SP 0x60000000.*STKERR",
    "SEMIHOSTING": r"semihosting call SYS_WRITE0 \(BKPT #0xab\), which needs a debugger",
    "UNPRIVILEGED": r"LDR from 0xe000ed00 in the system space by unprivileged code: PRECISERR",
    "LOCKED_REGISTER": r"STR to 0x40023c04 \(flash_controller\+0x4, .*\) was refused: "
    r"flash_controller\+0x4: .* is not the key",
    "TRAP": r"UDF #\d+ executed: UNDEFINSTR",
    "TEXT_AS_POINTER": r"LDR from 0x64636260, in no memory of the board",
    "ASLEEP": r"no UART said 'PASS': the firmware sleeps \(WFI\) at .* guilty",
}


@pytest.fixture(scope="module")
def act(apps):
    image = Image.read(apps["fault_of_choice"])
    board = find_board("stm32f407")
    seen: dict[str, FaultReport] = {}

    def report(name: str) -> FaultReport:
        if name not in seen:
            with Machine(board, image, on_fault="follow") as machine:
                number = ACTS.index(name) + 1
                machine.write_memory(image.symbol("choice").address, number.to_bytes(4, "little"))
                machine.run_for(0.02)
                seen[name] = examine(machine, failure="no UART said 'PASS'")
        return seen[name]

    return report


@pytest.mark.parametrize("name", ACTS)
def test_the_act_is_named(name: str, act) -> None:
    report = act(name)
    assert re.search(CAUSES[name], report.cause.sentence), report.cause.sentence
    assert report.blame is not None
    assert report.blame.function == "guilty"


@pytest.mark.parametrize("name", ["CODE_ON_THE_STACK", "CODE_IN_A_PERIPHERAL", "NULL_TABLE"])
def test_who_called_is_in_the_chain(name: str, act) -> None:
    functions = [frame.where.function for frame in act(name).backtrace.frames]
    assert functions[-3:] == ["guilty", "main", "Reset_Handler"]


def test_a_pointer_that_is_text_is_told(act) -> None:
    assert 'is the text "`bcd"' in " ".join(act("TEXT_AS_POINTER").cause.details)


def test_a_frame_that_could_not_be_pushed(act) -> None:
    report = act("STACK_IN_NOWHERE")
    assert report.address is not None
    assert report.address.kind == "in no memory"
    assert "SP is 0x60000000: in no memory of the board." in report.cause.details


def test_a_loop_that_sleeps_is_sampled(act) -> None:
    assert any("samples it was in: guilty" in detail for detail in act("ASLEEP").cause.details)
