"""Descriptions attached to a board: sensors on its buses, and what is wrong with them, by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.engine.monitor_line import parse_line
from simgate.errors import EngineError, PlatformError
from simgate.image import Image
from simgate.machine import Machine
from simgate.result import CommandInput
from simgate.toolchain import build_app

Start = Callable[..., Machine]


HELLO = Path(__file__).resolve().parents[1] / "firmware" / "apps" / "hello"


@pytest.fixture(scope="module")
def hello(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return Image.read(build_app(HELLO, build_directory=tmp_path_factory.mktemp("hello")))


@pytest.fixture
def start(tmp_path: Path, hello: Image) -> Start:
    """A machine of a board with this text attached."""

    def make(text: str, **options) -> Machine:
        path = tmp_path / "attached.repl"
        path.write_text(text)
        return Machine(find_board("stm32f407", [path]), hello, **options)

    return make


def test_a_button_on_a_pin(start):
    text = """
button: Miscellaneous.Button @ gpioPortA 0
    -> gpioPortA@0
"""
    with start(text) as machine:
        machine.run_for(1e-3)
        machine.command("sysbus.gpioPortA.button", "Press")
        (given,) = machine.result().inputs
        assert given == CommandInput("button", given.tick, "Press", ())
        assert given.tick == 168_000


def test_commands_come_again_at_their_ticks(start):
    text = """
button: Miscellaneous.Button @ gpioPortA 0
    -> gpioPortA@0
"""
    with start(text) as machine:
        for seconds in (1e-3, 2e-3):
            machine.run_for(seconds)
            machine.command("button", "Toggle")
        machine.run_for(1e-3)
        first = machine.result()
    with start(text, replay=first.inputs) as machine:
        machine.run_for(4e-3)
        assert machine.result().inputs == first.inputs


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("led: Miscellaneous.LED @ gpioPortZ 3\n", 1, "'gpioPortZ'"),
        ("\nacc: Sensors.LIS2DW12 @ i2c9 0x18\n", 2, "'i2c9'"),
        ("acc: Sensors.LIS2DW12 @ i2c1 0x80\n", 1, "0x80"),
        (
            "one: Sensors.LIS2DW12 @ i2c1 0x18\n\ntwo: Sensors.LIS2DW12 @ i2c1 0x18\n",
            3,
            "one",
        ),
        ("acc: Sensors.LIS2DW12 @ gpioPortA 1\n", 1, "gpioPortA"),
        ("more: UART.STM32_UART @ sysbus <0x40004400, +0x100>\n", 1, "overlaps"),
        ("more: Memory.MappedMemory @ sysbus 0x20001000\n    size: 0x1000\n", 1, "overlaps"),
        ("led: Miscellaneous.LED @ gpioPortA 3\n    colour: 3\n", 1, "colour"),
        ("led: Miscellaneous.LED @ gpioPortA 99\n", 1, "no pin 99"),
        ("thing: Sensors.Nonesuch @ i2c1 3\n", 1, "Sensors.Nonesuch"),
    ],
)
def test_what_cannot_be_attached_is_told_with_file_and_line(start, text, line, what):
    with pytest.raises(PlatformError) as caught:
        start(text)
    assert f"attached.repl:{line}" in caught.value.message
    assert what in caught.value.message


def test_a_command_that_is_not_there_names_those_that_are(start):
    with start("button: Miscellaneous.Button @ gpioPortA 0\n") as machine:
        with pytest.raises(EngineError, match="no command 'Push'") as caught:
            machine.command("button", "Push")
        assert "Press" in caught.value.hint
        with pytest.raises(EngineError, match="Press"):
            machine.command("button", "Press", 1, 2, 3)
        with pytest.raises(EngineError, match="no peripheral"):
            machine.command("sysbus.nothing", "Press")
        assert machine.result().inputs == ()


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        (
            "sysbus.i2c1.acc FeedAccelerationSample 0 -0.5 1e-3",
            ("sysbus.i2c1.acc", "FeedAccelerationSample", (0, -0.5, 1e-3)),
        ),
        ("adc1 FeedSample 0x1F 3", ("adc1", "FeedSample", (31, 3))),
        ("acc Feed @a/b.csv true", ("acc", "Feed", (Path("a/b.csv"), True))),
        ('led Name "a \\"b\\" c" d', ("led", "Name", ('a "b" c', "d"))),
    ],
)
def test_a_line_for_the_monitor(line, parsed):
    assert parse_line(line) == parsed


@pytest.mark.parametrize("line", ["", "sysbus.acc", '"acc" Feed', "x" * 70_000])
def test_a_line_that_says_nothing(line):
    with pytest.raises(EngineError):
        parse_line(line)


def test_an_image_of_another_board_is_suspected(start, compile_c, machine_of):
    elf = compile_c("int main(void) { *(volatile int *)0x48000000 = 1; for (;;) {} }")
    machine = machine_of(elf)
    machine.run_for(1e-3)
    suspicion = "0x48000000 is 'gpioPortA' on stm32g474: perhaps the image was built for"
    assert machine.result().remarks[-1].startswith(suspicion)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 1e30])
def test_a_time_that_is_none_is_not_run_for(start, seconds):
    with (
        start("led: Miscellaneous.LED @ gpioPortD 12\n") as machine,
        pytest.raises(EngineError, match="cannot run for"),
    ):
        machine.run_for(seconds)
