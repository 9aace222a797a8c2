"""A fault report as text and as JSON, of a report that is made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simgate.debug.cause import Cause
from simgate.debug.disassembly import CodeLine
from simgate.debug.fault_report import (
    BranchStep,
    Chain,
    ExceptionCount,
    FaultReport,
    NamedValue,
    Taken,
)
from simgate.debug.fault_status import decode_status
from simgate.debug.frame import StackedFrame
from simgate.debug.places import Place, PlaceKind
from simgate.debug.unwinder import Frame, Origin
from simgate.report.fault_json import from_json, to_json
from simgate.report.fault_text import plain
from simgate.result import (
    BranchKind,
    Fault,
    FaultKind,
    SourceLocation,
    StackUse,
    UartInput,
    UartLine,
)

WHERE = SourceLocation(0x0800047A, "dot_product", 0x16, "dsp/filter.c", 29)
CALLER = SourceLocation(0x080004AE, "filter", 0x1A, "dsp/filter.c", 51)
CODE = Place(0x0800047A, PlaceKind.CODE, "dot_product+0x16", "dot_product", 22, ".text", WHERE)
DATA = Place(0x20000C02, PlaceKind.DATA, "samples+0x2 in .bss", "samples", 2, ".bss")
REPORT = FaultReport(
    outcome="unaligned access",
    cause=Cause(
        "LDRD from 0x20000c02, which is not a multiple of 4: UNALIGNED UsageFault, escalated to "
        "HardFault because SHCSR does not enable UsageFault",
        ("A detail.",),
        ("Align it.",),
    ),
    engine="strict 0.2.0",
    board="stm32f407",
    image="filter.elf",
    image_sha256="0123456789abcdef" * 4,
    instructions=7187,
    time_s=0.25,
    where=CODE,
    blame=WHERE,
    registers=(
        NamedValue("r0", 0),
        NamedValue("r3", 0x20000C02, "samples+0x2 in .bss"),
        NamedValue("xpsr", 0x21000000),
        NamedValue("s0", 0x3F800000),
    ),
    backtrace=Chain(
        (
            Frame(WHERE, 0x20000BB0, Origin.PC),
            Frame(CALLER, 0x20000BC0, Origin.DWARF, 0x20000BBC),
        ),
        "the outermost function",
    ),
    code=(
        CodeLine(0x08000476, "4620", "mov r0, r4", "dsp/filter.c", 28, "int sum = 0;"),
        CodeLine(0x0800047A, "e9d3 0100", "ldrd r0, r1, [r3]", "dsp/filter.c", 29, None, True),
    ),
    replay="simgate debug filter.elf --board stm32f407 --at 7187 --gdb :3333",
    fault=Fault(FaultKind.UNALIGNED, "unaligned access: ...", WHERE, 7187, 0x20000C02),
    exception=Taken(3, "HardFault", True, True, CODE, 0xFFFFFFF9, "to Thread mode"),
    status=decode_status({"cfsr": 1 << 24, "hfsr": 1 << 30}),
    address=DATA,
    frame=StackedFrame(
        0x20000B90,
        dict.fromkeys(("r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr"), 0),
        extended=False,
        process_stack=False,
        sp=0x20000BB0,
    ),
    branches=(
        BranchStep(CODE, CODE, BranchKind.BRANCH, 12),
        BranchStep(CODE, CODE, BranchKind.EXCEPTION_ENTRY),
    ),
    stack=StackUse(0x20000000, 0x20000C00, 0x20000B00, 3200),
    uart=(UartLine("usart2", "fil\x1b[2Jtering", 0.2),),
    exception_counts=(ExceptionCount(15, "SysTick", 250),),
    aftermath="the firmware loops in HardFault_Handler",
    remarks=("SysTick was running.",),
    missing=("source lines: none",),
    inputs=(UartInput("usart2", 1000, b"\x00\xffgo"),),
)


def test_every_part_is_in_the_text() -> None:
    text = plain(REPORT, 120)
    assert text.index("LDRD from 0x20000c02") < text.index("Call chain") < text.index("Registers")
    for part in (
        "unaligned access in dot_product",
        "#1   0x080004ae filter+0x1a at dsp/filter.c:51  [dwarf]",
        "UNALIGNED (bit 24)",
        "FORCED (bit 30)",
        "HardFault (exception 3), escalated",
        "handler entered: 0x0800047a dot_product+0x16",
        "Stacked frame (0x20000b90)",
        "r3 -> samples+0x2 in .bss",
        "filter.c:28  int sum = 0;",
        "=> 0800047a  e9d3 0100  ldrd r0, r1, [r3]",
        "x12",
        "(exception entry)",
        "needs at least 3,200 B (3.1 KiB)",
        "[0.200000 s usart2] fil\\x1b[2Jtering",  # no control sequence reaches a terminal
        "250  SysTick",
        "The firmware loops in HardFault_Handler",
        "- SysTick was running.",
        "- source lines: none",
        REPORT.replay,
    ):
        assert part in text, part


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_it_fits_but_for_the_command_that_is_to_be_pasted(width: int) -> None:
    lines = plain(REPORT, width).splitlines()
    assert max(len(line) for line in lines if line != REPORT.replay) <= width
    assert REPORT.replay in lines
    assert "".join(lines).isascii()


def test_of_a_line_without_an_end_its_last_is_shown() -> None:
    """The JSON keeps all of it."""
    line = UartLine("usart2", "a" + 100_000 * "b" + "last words", 0.2)
    text = plain(replace(REPORT, uart=(line,)))
    assert "last words" in text
    assert "(99,611 before)" in text
    assert len(text) < len(plain(REPORT)) + 600


def test_equal_frames_are_folded_across_the_gap() -> None:
    same = Frame(CALLER, 0, Origin.DWARF)
    chain = Chain((REPORT.backtrace.frames[0], *[same] * 47, same), "", 100, 24)
    text = plain(replace(REPORT, backtrace=chain))
    assert "#1   0x080004ae" in text
    assert "... 147 times more, to #148" in text


def test_json_goes_both_ways() -> None:
    assert from_json(to_json(REPORT)) == REPORT
    bare = replace(REPORT, fault=None, exception=None, frame=None, address=None, blame=None)
    assert from_json(to_json(bare)) == bare
    plain(bare)
