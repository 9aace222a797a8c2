"""Who wrote it last: the run is made again with somebody watching."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.debug.replay import last_writer
from simgate.debug.timeline.place import TimelineError
from simgate.image import Image
from simgate.machine import Machine
from simgate.toolchain import build_app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def image() -> Image:
    folder = ROOT / "tests" / "firmware" / "apps" / "debugger"
    return Image.read(build_app(folder, build_directory=ROOT / "build" / "tests" / "debugger"))


@pytest.fixture(scope="module")
def make(image: Image) -> Callable[[], Machine]:
    return lambda: Machine(find_board("stm32f407"), image, on_fault="live")


def test_the_last_write_before_an_instruction(make, image: Image) -> None:
    counted = image.symbol("counted")
    last = last_writer(make, counted.address, 4, 20_000)
    assert image.function_at(last.pc).name == "count"
    assert (last.address, last.width, last.during) == (counted.address, 4, "instruction")

    earlier = last_writer(make, counted.address, 4, last.instruction)
    assert earlier.pc == last.pc
    assert earlier.instruction < last.instruction
    assert last_writer(make, counted.address, 4, last.instruction + 1) == last


def test_one_byte_of_a_wider_write(make, image: Image) -> None:
    counted = image.symbol("counted").address
    last = last_writer(make, counted + 3, 1, 20_000)
    assert (last.address, last.width) == (counted, 4)


def test_nobody_wrote_there(make, image: Image) -> None:
    assert last_writer(make, 0x2001_F000, 4, 20_000) is None
    assert last_writer(make, image.symbol("counted").address, 4, 10) is None


def test_the_entry_of_an_exception_writes_its_frame(make, image: Image) -> None:
    """The frame of a tick that comes while main sleeps lies right below main's stack pointer."""
    from simgate.debug.timeline.place import Points
    from simgate.debug.timeline.timeline import Timeline

    handler = image.symbol("SysTick_Handler").address
    with Timeline(make, fork=False) as timeline:
        timeline.run(Points(breakpoints=frozenset({handler})))
        frame, position = timeline.registers()["msp"], timeline.position
        timeline.reverse_step()
        interrupted = timeline.registers()["pc"]
    last = last_writer(make, frame + 24, 4, position.instructions + 1)
    assert last.during == "stacking"
    assert (last.pc, last.instruction) == (interrupted, position.instructions)


def test_a_run_that_ends_before(image: Image) -> None:
    from simgate.toolchain import apps_under, build_apps

    elf = build_apps(apps_under("faults"), ROOT / "build" / "tests" / "faults")["lockup"]
    locked_up = Image.read(elf)
    with pytest.raises(TimelineError, match="and not to 1,000,000,000"):
        last_writer(
            lambda: Machine(find_board("stm32f407"), locked_up, on_fault="live"),
            0x2000_0000, 4, 1_000_000_000,
        )  # fmt: skip
