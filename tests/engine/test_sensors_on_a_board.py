"""Sensors that a description adds to a board: wired, fed by `init:`, and what is wrong there."""

from __future__ import annotations

from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.core import Clocks, Core
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.clock import Clock
from simgate.engine.strict.monitor import obey
from simgate.engine.strict.start_up import start_up
from simgate.errors import PlatformError, SimgateError
from simgate.sensor.bmi270 import Bmi270
from simgate.sensor.hs3001 import Hs3001
from simgate.sensor.lis2dw12 import Lis2dw12

EXAMPLES = Path(__file__).parents[2] / "platforms" / "sensor"


def chip_with(*extra: Path, board: str = "stm32f407") -> Chip:
    description = find_board(board, extra).description
    core = Core("cortex-m4f", Clocks(168_000_000, 168_000_000, 168_000_000))
    chip = Chip(description, core, Clock(core, 168_000_000))
    chip.reset()
    start_up(description, chip.models)
    return chip


def attach(folder: Path, text: str) -> Chip:
    path = folder / "extra.repl"
    path.write_text(text)
    return chip_with(path)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.repl")), ids=lambda path: path.stem)
@pytest.mark.parametrize("board", ["stm32f407", "stm32h743"])
def test_the_examples_fit_on_a_board(path: Path, board: str) -> None:
    assert chip_with(path, board=board)


def test_a_board_without_the_interface_is_no_place_for_a_camera() -> None:
    with pytest.raises(PlatformError, match=r"camera\.repl:3:"):
        chip_with(EXAMPLES / "camera.repl", board="stm32g474")


def test_a_sensor_lies_on_its_bus_and_its_pin() -> None:
    chip = chip_with(EXAMPLES / "lis2dw12.repl", EXAMPLES / "hs3001.repl")
    acc, humidity = chip.models["acc"], chip.models["humidity"]
    assert isinstance(acc, Lis2dw12) and isinstance(humidity, Hs3001)
    assert (humidity.temperature, humidity.humidity) == (21.5, 45)
    port = chip.models["gpioPortA"]
    seen: list[bool] = []
    port.output(1).sinks.append(seen.append)
    acc.output("Interrupt1").set(True)
    assert seen == [True]


def test_a_chip_select_comes_from_a_pin() -> None:
    chip = chip_with(EXAMPLES / "bmi270.repl")
    imu = chip.models["imu"]
    assert isinstance(imu, Bmi270) and imu.has_chip_select


def test_a_sensor_is_fed_by_its_description(tmp_path: Path) -> None:
    (tmp_path / "walk.csv").write_text("time_s,x_g,y_g,z_g\n0,0.5,0,1\n")
    chip = attach(
        tmp_path,
        "acc: Sensors.LIS2DW12 @ i2c1 0x18\n"
        "    faultSeed: 7\n"
        "    init:\n"
        "        FeedAccelerationFromFile @walk.csv\n"
        "        InjectFault noise 0.01\n",
    )
    acc = chip.models["acc"]
    assert isinstance(acc, Lis2dw12)
    assert acc.feed_of_acceleration.look() == (0.5, 0.0, 1.0)
    assert acc.fault_seed == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("acc: Sensors.LIS2DW12 @ i2c9 0x18\n", r"i2c9"),
        (
            "acc: Sensors.LIS2DW12 @ i2c1 0x18\nb: Sensors.HS3001 @ i2c1 0x18\n",
            r":2: b: .*taken by",
        ),
        ("acc: Sensors.LIS2DW12 @ i2c1\n", r":1: acc: .*needs an address"),
        ("acc: Sensors.LIS2DW12 @ i2c1 0x1FF\n", r":1: acc: .*no 7-bit I2C address"),
        ("acc: Sensors.LIS2DW12 @ usart2 0x18\n", r":1: acc: usart2: nothing can be attached"),
        ("acc: Sensors.LIS2DW12 @ gpioPortA\n", r":1: acc: gpioPortA: .*nothing to have on a pin"),
        ("hum: Sensors.HS3001 @ spi1\n", r":1: hum: spi1: .*is no SPI device"),
        ("mic: Sensors.I2sMicrophone @ spi2\n    channel: 3\n", r":1: mic: .*must be a text"),
        ("acc: Sensors.LIS2DW12 @ i2c1 0x18\n    Interrupt9 -> gpioPortA@1\n", r":1: acc:.*Interr"),
        ("acc: Sensors.LIS2DW12 @ i2c1 0x18\n    speed: 3\n", r":1: acc: .*no attribute 'speed'"),
        (
            "acc: Sensors.LIS2DW12 @ i2c1 0x18\n    init:\n        Fly 3\n",
            r":1: acc: init: Fly 3: acc .* has no command 'Fly'",
        ),
        (
            "acc: Sensors.LIS2DW12 @ i2c1 0x18\n    init:\n        InjectFault fire\n",
            r":1: acc: init: InjectFault fire: acc: there is no fault 'fire'",
        ),
        (
            "acc: Sensors.LIS2DW12 @ i2c1 0x18\n"
            "    init:\n        FeedAccelerationFromFile @absent.csv\n",
            r":1: acc: init: .*cannot read .*absent\.csv",
        ),
    ],
)
def test_what_is_wrong_has_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SimgateError, match=message) as caught:
        attach(tmp_path, text)
    assert "extra.repl:" in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("FeedAccelerationSample @a b", "y: 'b' is not a number"),
        ("FeedAccelerationSample 0 0 1 2.5", "repeat: 2.5 is not a whole number"),
        ("FeedAccelerationSample 0 0 1e30", "z: 1e\\+30 is beyond what can be"),
        ("FeedAccelerationSample", "missing a required argument: 'x'"),
        ("FeedAccelerationFromFile 3", "path: 3 is not a text or a file, as @file"),
        ("DefaultAccelerationX up", "'up' is not a number"),
    ],
)
def test_a_command_is_held_against_what_it_takes(
    tmp_path: Path, statement: str, message: str
) -> None:
    text = f"acc: Sensors.LIS2DW12 @ i2c1 0x18\n    init:\n        {statement}\n"
    with pytest.raises(SimgateError, match=f":1: acc: init: .*{message}"):
        attach(tmp_path, text)


def test_a_bus_that_the_board_lacks_is_answered_by_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(SimgateError, match="Undefined register 'i2c9'") as caught:
        attach(tmp_path, "acc: Sensors.LIS2DW12 @ i2c9 0x18\n")
    assert caught.value.hint == "There are: i2c1, i2c2, i2c3."


def test_a_property_without_a_setter_is_only_read() -> None:
    chip = chip_with(EXAMPLES / "camera.repl")
    with pytest.raises(SimgateError, match="Frames can be read only"):
        obey(chip.models["camera"], "Frames", [3])
    assert obey(chip.models["camera"], "Frames", []) == 0


def test_a_time_that_never_comes_is_refused(tmp_path: Path) -> None:
    chip = attach(tmp_path, "button: Miscellaneous.Button @ gpioPortA 0\n")
    with pytest.raises(SimgateError, match="no run lasts for"):
        obey(chip.models["button"], "PressFor", [1e15])


def test_memories_that_adjoin_are_one_for_images_and_dma() -> None:
    chip = chip_with(board="stm32h743")
    data = bytes(range(32))
    assert chip.fill_memory(0x0810_0000 - 16, data)  # over the end of the first bank
    assert chip.core.read(0x0810_0000 - 16, 32) == data
    assert not chip.fill_memory(0x0820_0000 - 16, data)
    chip.host.bus_write_block(0x3002_0000 - 16, data)
    assert chip.host.bus_read_block(0x3002_0000 - 16, 32) == data
