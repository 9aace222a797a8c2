"""The frame of an exception: eight words, or twenty-six."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simgate.debug.frame import describe_exc_return, frame_to_be, is_exc_return, read_frame
from simgate.debug.memory import Memory

THUMB, ALIGNED = 1 << 24, 1 << 9


def test_a_basic_frame(chip) -> None:
    chip.words(0x20000100, 10, 11, 12, 13, 22, 0x08000101, 0x08000200, THUMB)
    frame = read_frame(chip.memory(), 0x20000100, 0xFFFFFFF9)
    assert frame is not None
    assert frame.registers == {
        "r0": 10, "r1": 11, "r2": 12, "r3": 13, "r12": 22, "lr": 0x08000101, "pc": 0x08000200,
        "xpsr": THUMB,
    }  # fmt: skip
    assert (frame.extended, frame.process_stack, frame.sp) == (False, False, 0x20000120)


def test_an_extended_frame_on_the_process_stack_that_was_aligned(chip) -> None:
    chip.words(0x20000100, *range(7), THUMB | ALIGNED, *range(100, 118))
    frame = read_frame(chip.memory(), 0x20000100, 0xFFFFFFED)
    assert frame is not None
    assert (frame.extended, frame.process_stack) == (True, True)
    assert frame.registers["s0"] == 100
    assert frame.registers["s15"] == 115
    assert frame.registers["fpscr"] == 116
    assert frame.sp == 0x20000100 + 26 * 4 + 4


def test_a_frame_beyond_memory_is_none(chip) -> None:
    chip.words(0x20000100, 1, 2, 3)
    assert read_frame(chip.memory(), 0x20000100, 0xFFFFFFF9) is None


def test_the_frame_to_be_lies_below_sp_aligned_to_eight() -> None:
    names = ("r0", "r1", "r2", "r3", "r12", "lr", "pc")
    registers = {name: number for number, name in enumerate(names)}
    frame = frame_to_be({**registers, "xpsr": THUMB, "sp": 0x20000104, "control": 0})
    assert frame is not None
    assert frame.address == 0x200000E0
    assert frame.registers["xpsr"] == THUMB | ALIGNED
    assert not frame.read_back
    assert frame_to_be({"pc": 0}) is None


def test_exc_return_in_words() -> None:
    assert describe_exc_return(0xFFFFFFF9) == "to Thread mode, main stack, basic frame"
    assert describe_exc_return(0xFFFFFFED) == "to Thread mode, process stack, extended frame"
    assert describe_exc_return(0xFFFFFFF1) == "to Handler mode, main stack, basic frame"
    assert not is_exc_return(0xFFFFFFFF)  # LR after a reset


@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF), st.binary(max_size=128))
def test_any_address_and_content_is_survived(address: int, exc_return: int, data: bytes) -> None:
    def read(at: int, size: int) -> bytes:
        return (data * 128)[at % 7 : at % 7 + size].ljust(size, b"\0")

    read_frame(Memory(read), address, exc_return)
