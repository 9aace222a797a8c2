"""A run that is moved along: each moment is the same one, however it was come to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.debug.timeline.place import (
    Access,
    Points,
    Position,
    Reason,
    TimelineError,
    Watch,
)
from simgate.debug.timeline.timeline import Timeline
from simgate.errors import EngineError
from simgate.image import Image
from simgate.machine import Machine
from simgate.toolchain import apps_under, build_app, build_apps

ROOT = Path(__file__).resolve().parents[2]
RAM, RAM_SIZE = 0x2000_0000, 0x2_0000
BYTES_AT_S = 0.5004  # when hello has begun to listen
MakeMachine = Callable[[], Machine]


@pytest.fixture(scope="module")
def images() -> Callable[[str], Image]:
    known: dict[str, Image] = {}

    def image(app: str) -> Image:
        if app not in known:
            zoo = apps_under("faults")
            if any(app == one.name for one in zoo):
                elf = build_apps(zoo, ROOT / "build" / "tests" / "faults")[app]
            else:
                folder = ROOT / "tests" / "firmware" / "apps" / app
                elf = build_app(folder, build_directory=ROOT / "build" / "tests" / app)
            known[app] = Image.read(elf)
        return known[app]

    return image


@pytest.fixture(params=[True, False], ids=["fork", "again"])
def timeline_of(
    images: Callable[[str], Image], request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Timeline]]:
    """Timelines that keep processes, and timelines that execute again."""
    made: list[Timeline] = []

    def make(app: str) -> Timeline:
        made.append(Timeline(lambda: machine(images(app)), fork=request.param))
        return made[-1]

    yield make
    for timeline in made:
        timeline.close()


def machine(image: Image) -> Machine:
    """A machine that receives two bytes when it has begun to listen."""
    made = Machine(find_board("stm32f407"), image, on_fault="live")
    port = made.uart("usart2")
    made.after(BYTES_AT_S, lambda: port.write(b"ab"))
    return made


def breakpoint_at(image: Image, *names: str) -> Points:
    return Points(breakpoints=frozenset(image.symbol(name).address for name in names))


def watch(image: Image, name: str, access: Access = Access.WRITE) -> Points:
    symbol = image.symbol(name)
    return Points(watches=frozenset({Watch(symbol.address, symbol.size, access)}))


Seen = tuple[Position, dict[str, int], bytes]


def look(timeline: Timeline) -> Seen:
    """Where it is, all registers, all RAM."""
    return timeline.position, timeline.registers(), timeline.read(RAM, RAM_SIZE)


def walk(timeline: Timeline, steps: int) -> list[Seen]:
    seen = [look(timeline)]
    for _ in range(steps):
        assert timeline.step().reason is Reason.ARRIVED
        seen.append(look(timeline))
    return seen


def test_each_step_back_undoes_a_step_interrupts_and_input_included(timeline_of, images) -> None:
    image, timeline = images("hello"), timeline_of("hello")
    timeline.run(breakpoint_at(image, "USART2_IRQHandler"))
    handler = image.symbol("USART2_IRQHandler").address
    for _ in range(4):
        timeline.reverse_step()
    assert timeline.registers()["pc"] != handler

    forward = walk(timeline, 24)
    assert handler in [registers["pc"] for _, registers, _ in forward]
    for seen in reversed(forward[:-1]):
        timeline.reverse_step()
        assert look(timeline) == seen
    assert walk(timeline, 24) == forward


def test_entering_an_exception_is_a_step_of_its_own(timeline_of, images) -> None:
    image, timeline = images("hello"), timeline_of("hello")
    timeline.run(breakpoint_at(image, "SysTick_Handler"))
    at_handler = timeline.position
    assert timeline.registers()["pc"] == image.symbol("SysTick_Handler").address

    timeline.reverse_step()
    before = timeline.position
    assert before.instructions == at_handler.instructions
    assert before.events == at_handler.events - 1
    assert timeline.registers()["xpsr"] & 0x1FF == 0
    timeline.step()
    assert timeline.position == at_handler
    timeline.step()
    assert timeline.position.instructions == at_handler.instructions + 1


def test_sleep_is_one_step(timeline_of, images) -> None:
    image, timeline = images("hello"), timeline_of("hello")
    timeline.run(breakpoint_at(image, "SysTick_Handler"))
    timeline.run(breakpoint_at(image, "SysTick_Handler"))  # woken from WFI
    timeline.reverse_step()
    asleep = timeline.position
    timeline.step()
    assert timeline.position.instructions == asleep.instructions
    assert timeline.position.ticks > asleep.ticks + 100_000


def test_to_an_instruction_and_back(timeline_of) -> None:
    timeline = timeline_of("hello")
    seen = {}
    for count in (7000, 100, 8000, 7000, 1, 0, 100, 8000):
        assert timeline.goto_instruction(count).reason is Reason.ARRIVED
        assert timeline.position.instructions == count
        assert seen.setdefault(count, look(timeline)) == look(timeline)


def test_back_to_breakpoints(timeline_of, images) -> None:
    image, timeline = images("hello"), timeline_of("hello")
    points = breakpoint_at(image, "usart_write")
    stops = []
    for _ in range(4):
        assert timeline.run(points).reason is Reason.BREAKPOINT
        stops.append(timeline.position)
    timeline.step()
    for stop in reversed(stops):
        assert timeline.reverse_run(points).reason is Reason.BREAKPOINT
        assert timeline.position == stop
    assert timeline.reverse_run(points).reason is Reason.BEGINNING
    assert timeline.reverse_step().reason is Reason.BEGINNING
    assert timeline.position == timeline.first


def test_back_to_the_handler_that_is_entered(timeline_of, images) -> None:
    image, timeline = images("hello"), timeline_of("hello")
    points = breakpoint_at(image, "SysTick_Handler")
    timeline.run(points)
    first = timeline.position
    timeline.run(points)
    assert timeline.reverse_run(points).reason is Reason.BREAKPOINT
    assert timeline.position == first


def test_watchpoints_in_both_directions(timeline_of, images) -> None:
    image, timeline = images("debugger"), timeline_of("debugger")
    points = watch(image, "counted")
    address = image.symbol("counted").address
    timeline.run(breakpoint_at(image, "main"))
    values = []
    for _ in range(5):
        outcome = timeline.run(points)
        assert outcome.reason is Reason.WATCHPOINT
        assert outcome.access.instruction == timeline.position.instructions - 1
        values.append(int.from_bytes(timeline.read(address, 4), "little"))
    assert values == [10, 20, 30, 40, 50]

    for value in (40, 30, 20, 10, 0):  # before the writes, so the values before them
        outcome = timeline.reverse_run(points)
        assert outcome.reason is Reason.WATCHPOINT
        assert outcome.access.pc == timeline.registers()["pc"]
        assert int.from_bytes(timeline.read(address, 4), "little") == value
    assert timeline.reverse_run(points).reason is Reason.WATCHPOINT  # the start-up code's
    assert timeline.reverse_run(points).reason is Reason.BEGINNING


def test_a_read_is_watched_for_apart_from_a_write(timeline_of, images) -> None:
    image, timeline = images("hello"), timeline_of("hello")
    timeline.run(watch(image, "milliseconds", Access.READ))
    reader = timeline.registers()["pc"]
    timeline.restart()
    timeline.run(watch(image, "milliseconds", Access.WRITE))
    assert timeline.registers()["pc"] != reader


def test_a_fault_is_a_moment_before_its_exception(timeline_of, images) -> None:
    image, timeline = images("unmapped_peripheral"), timeline_of("unmapped_peripheral")
    outcome = timeline.run(Points())
    assert outcome.reason is Reason.FAULT
    assert "0x40200c00" in outcome.fault.message
    at_fault = look(timeline)
    culprit = timeline.registers()["pc"]
    assert image.function_at(culprit).name == "led_start"

    timeline.step()
    assert timeline.registers()["xpsr"] & 0x1FF == 3  # in the HardFault handler
    timeline.goto(at_fault[0])
    assert look(timeline) == at_fault
    timeline.reverse_step()
    assert timeline.position.instructions == at_fault[0].instructions - 1
    timeline.step()
    assert timeline.registers()["pc"] == culprit
    assert timeline.step().reason is Reason.FAULT
    assert look(timeline) == at_fault


def test_back_from_a_fault_behind_a_branch_is_the_branch(timeline_of) -> None:
    """It was executed; the fault strikes in the same step, at its target."""
    timeline = timeline_of("null_function_pointer")
    assert timeline.run(Points()).reason is Reason.FAULT
    at_fault = look(timeline)
    timeline.reverse_step()
    before = look(timeline)
    assert before[0].instructions == at_fault[0].instructions - 1
    assert timeline.step().reason is Reason.FAULT
    assert look(timeline) == at_fault


def test_a_change_becomes_part_of_the_run(timeline_of, images) -> None:
    image, timeline = images("debugger"), timeline_of("debugger")
    counted = image.symbol("counted").address
    timeline.run(breakpoint_at(image, "count"))
    timeline.write_register("r0", 77)
    changed = timeline.position
    timeline.run(breakpoint_at(image, "scale"))
    timeline.write(counted, b"\x05\0\0\0")
    later = timeline.position
    timeline.goto(timeline.first)

    timeline.run(breakpoint_at(image, "main"))
    assert timeline.run(watch(image, "counted")).reason is Reason.WATCHPOINT
    assert timeline.read(counted, 1) == bytes([77])  # made again
    timeline.goto(later)
    assert timeline.read(counted, 1) == bytes([5])
    timeline.reverse_run(watch(image, "counted"))
    assert timeline.read(counted, 1) == bytes([30])
    timeline.goto(changed)
    assert timeline.registers()["r0"] == 77
    timeline.restart()
    timeline.run(breakpoint_at(image, "main"))
    timeline.run(watch(image, "counted"))
    assert timeline.read(counted, 1) == bytes([10])  # forgotten


def test_a_new_change_forgets_those_after_it(timeline_of, images) -> None:
    image, timeline = images("debugger"), timeline_of("debugger")
    timeline.goto_instruction(5000)
    timeline.write(RAM + 0x1000, b"later")
    timeline.goto_instruction(100)
    timeline.write(RAM + 0x2000, b"sooner")
    timeline.goto_instruction(5000)
    assert timeline.read(RAM + 0x2000, 6) == b"sooner"
    assert timeline.read(RAM + 0x1000, 5) == bytes(5)
    assert image is not None


def test_what_cannot_be_changed_is_refused_and_changes_nothing(timeline_of) -> None:
    timeline = timeline_of("hello")
    before = look(timeline)
    with pytest.raises(EngineError):
        timeline.write(0x7000_0000, b"1234")
    with pytest.raises(EngineError, match="no register"):
        timeline.write_register("r99", 1)
    with pytest.raises(EngineError, match="T bit"):
        timeline.write_register("xpsr", 0)
    assert look(timeline) == before


def test_an_interruption_leaves_it_where_it_is(timeline_of) -> None:
    timeline = timeline_of("hang")
    assert timeline.run(Points(), lambda: True).reason is Reason.INTERRUPTED
    here = look(timeline)
    timeline.step()
    timeline.reverse_step()
    assert look(timeline) == here


# ---- with processes only ----


@pytest.fixture
def forked(images: Callable[[str], Image]) -> Iterator[Callable[..., Timeline]]:
    made: list[Timeline] = []

    def make(app: str, snapshots: int = 32) -> Timeline:
        made.append(Timeline(lambda: machine(images(app)), snapshots=snapshots, fork=True))
        return made[-1]

    yield make
    for timeline in made:
        timeline.close()


def test_looking_at_a_device_changes_nothing(forked, images) -> None:
    """Reading DR takes a byte from the UART; a debugger that looks does not."""
    image, timeline = images("hello"), forked("hello")
    timeline.run(breakpoint_at(image, "USART2_IRQHandler"))
    dr = 0x4000_4404
    assert timeline.read(dr, 4) == timeline.read(dr, 4) == b"a\0\0\0"
    assert timeline.position.events  # and the firmware reads it, too:
    timeline.run(breakpoint_at(image, "usart_write"))
    assert timeline.read(timeline.registers()["r0"], 1) == b"a"


def test_snapshots_are_bounded_and_far_places_are_reached_from_near(forked) -> None:
    timeline = forked("hang", snapshots=4)
    timeline.goto_instruction(30_000_000)
    starts = timeline._snapshots.starts()
    assert 3 <= len(starts) <= 4 + 4 + 1
    assert starts[-1].instructions >= 30_000_000 - (16 << 20)
    timeline.goto_instruction(29_999_000)
    assert timeline.position.instructions == 29_999_000


def test_nothing_is_left_when_it_is_closed(forked) -> None:
    timeline = forked("hang")
    timeline.goto_instruction(5_000_000)
    timeline.reverse_step()
    root = timeline._root
    child = root._child
    assert child is not None
    os.kill(child, 0)
    timeline.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_lost_process_is_told_of(forked) -> None:
    timeline = forked("hang")
    timeline._active.worker._channel.close()
    with pytest.raises(TimelineError, match="ended unexpectedly"):
        timeline.registers()


def test_a_machine_that_is_not_the_same_each_time_is_found_out(images) -> None:
    made = 0

    def make() -> Machine:
        nonlocal made
        made += 1
        one = machine(images("hello"))
        if made > 2:
            one.after(0.002, one.engine.debug_port().core.pend_nmi)
        return one

    with Timeline(make, fork=False) as timeline:
        timeline.run(breakpoint_at(images("hello"), "SysTick_Handler"))
        timeline.run(breakpoint_at(images("hello"), "SysTick_Handler"))
        timeline.run(breakpoint_at(images("hello"), "SysTick_Handler"))
        here = timeline.position
        timeline.restart()
        with pytest.raises(TimelineError, match="not deterministic"):
            timeline.goto(here)
