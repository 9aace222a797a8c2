"""Chains of callers: by call frames, through exception frames, by scanning, and on garbage."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simgate.board import find_board
from simgate.debug.memory import Memory
from simgate.debug.program import Program
from simgate.debug.return_address import called_function, is_return_address
from simgate.debug.unwinder import Origin, Unwinder
from simgate.errors import EngineError
from simgate.image import Image

RAM, RAM_SIZE = 0x20000000, 0x20000


def chain(report) -> list[tuple[str | None, str]]:
    return [(frame.where.function, str(frame.how)) for frame in report.backtrace.frames]


def test_through_an_exception_frame_with_floating_point_on_a_process_stack(apps, report_of) -> None:
    report = report_of(apps["fault_in_interrupt"])
    assert chain(report) == [
        ("sample", "pc"),
        ("EXTI0_IRQHandler", "dwarf"),
        ("add_up", "exception frame"),
        ("main", "dwarf"),
    ]
    assert report.backtrace.frames[2].note == "IRQ 6 was taken here"


def test_a_function_without_call_frames_is_scanned_through(apps, report_of) -> None:
    report = report_of(apps["fault_below_assembly"])
    assert chain(report) == [
        ("read_from", "pc"),
        ("through_assembly", "dwarf"),
        ("main", "scanned"),
        ("Reset_Handler", "dwarf"),
    ]
    assert any("'scanned'" in remark for remark in report.remarks)


@pytest.mark.parametrize(
    ("app", "callers"),
    [
        ("fault_in_interrupt", ["sample", "EXTI0_IRQHandler", "add_up", "main"]),
        ("fault_below_assembly", ["read_from", "through_assembly", "main", "Reset_Handler"]),
    ],
)
def test_without_call_frames_the_chain_is_the_same(app, callers, apps, report_of, without) -> None:
    report = report_of(without(apps[app], "--remove-section=.debug_frame"))
    assert [name for name, _ in chain(report)] == callers
    assert "dwarf" not in {how for _, how in chain(report)}
    assert any(what.startswith("call frames: ") for what in report.missing)


def test_without_anything_the_addresses_are_the_same(apps, report_of, without) -> None:
    app = apps["fault_below_assembly"]
    whole, bare = report_of(app), report_of(without(app, "--strip-all"))
    assert [f.where.address for f in bare.backtrace.frames] == [
        f.where.address for f in whole.backtrace.frames
    ]
    assert all(frame.where.function is None for frame in bare.backtrace.frames)
    assert [what.split(":")[0] for what in bare.missing[:3]] == [
        "symbols",
        "source lines",
        "call frames",
    ]
    assert bare.cause.sentence == whole.cause.sentence
    assert bare.code[0].text == whole.code[0].text


def test_a_long_recursion_is_followed_to_main(apps, report_of) -> None:
    report = report_of(apps["stack_overflow"])
    assert report.backtrace.omitted > 0
    assert chain(report)[-2:] == [("main", "dwarf"), ("Reset_Handler", "dwarf")]
    assert "infinite recursion: recurse calls itself" in report.cause.sentence


# ---- on states that are made up ----


class MadeUp:
    """The code of a real image, and a RAM of any content."""

    def __init__(self, elf) -> None:
        self.image = Image.read(elf)
        self.program = Program(self.image, find_board("stm32f407").memories)
        self.ram = bytes(RAM_SIZE)

    def read(self, address: int, size: int) -> bytes:
        if address >= RAM and address + size <= RAM + RAM_SIZE:
            return self.ram[address - RAM : address - RAM + size]
        for segment in self.image.segments:
            start = address - segment.physical_address
            if start >= 0 and start + size <= len(segment.data):
                return segment.data[start : start + size]
        raise EngineError("nothing there")

    def unwind(self, registers: dict[str, int], **options: bool):
        return Unwinder(self.program, Memory(self.read)).unwind(registers, **options)


@pytest.fixture(scope="module")
def made_up(apps) -> MadeUp:
    return MadeUp(apps["fault_in_interrupt"])


def test_return_addresses_are_behind_calls(made_up) -> None:
    memory = Memory(made_up.read)
    main = made_up.image.symbol("main")
    console_text = made_up.image.symbol("console_text").address
    found = [
        address | 1
        for address in range(main.address, main.end, 2)
        if called_function(address | 1, memory) == console_text
    ]
    assert len(found) == 1
    assert is_return_address(found[0], made_up.program, memory)
    assert not is_return_address(found[0] & ~1, made_up.program, memory)
    assert not is_return_address(main.address | 1, made_up.program, memory)
    assert not is_return_address(0x20000001, made_up.program, memory)


def test_a_circle_of_frames_ends(made_up) -> None:
    """An EXC_RETURN frame that returns into itself."""
    made_up.ram = b"".join(
        value.to_bytes(4, "little")
        for value in (0, 0, 0, 0, 0, 0xFFFFFFFD, made_up.image.symbol("sample").address, 1 << 24)
    ).ljust(RAM_SIZE, b"\0")
    found = made_up.unwind(
        {"pc": made_up.image.symbol("sample").address, "lr": 0xFFFFFFFD, "sp": RAM, "psp": RAM}
    )
    assert len(found.frames) < 10
    assert found.end


WORDS = st.one_of(
    st.integers(0, 0xFFFFFFFF),
    st.integers(RAM - 64, RAM + 4096),
    st.integers(0x080001C0, 0x08000900).map(lambda address: address | 1),
    st.sampled_from([0xFFFFFFF1, 0xFFFFFFF9, 0xFFFFFFFD, 0xFFFFFFE9, 0xFFFFFFED, 0xFFFFFFFF, 0]),
)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    words=st.lists(WORDS, max_size=96),
    pc=st.one_of(WORDS, st.integers(0x080001C0, 0x08000900)),
    lr=WORDS,
    sp=st.one_of(WORDS, st.just(RAM), st.just(RAM + 8)),
    psp=WORDS,
    xpsr=st.integers(0, 0xFFFFFFFF),
    called=st.booleans(),
)
def test_any_stack_is_survived(made_up, words, pc, lr, sp, psp, xpsr, called) -> None:
    made_up.ram = b"".join(word.to_bytes(4, "little") for word in words).ljust(RAM_SIZE, b"\0")
    registers = {"pc": pc, "lr": lr, "sp": sp, "psp": psp, "xpsr": xpsr, "r7": sp}
    found = made_up.unwind(registers, link_is_caller=called)
    assert 1 <= len(found.frames) <= 8192
    assert found.frames[0].how is Origin.PC
    assert found.end
