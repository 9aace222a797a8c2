"""Real Renode 1.16.1 loads what we ship, as far as its classes' facts can tell without running it.

The facts are in renode_classes.toml. What Renode said of files that it did load, and that the
stand-ins answer what the clock set-up of our firmware polls, is held as well.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from simgate.platform import PlatformDescription, describe
from simgate.platform.facts import tags

HERE = Path(__file__).parent
PLATFORMS = HERE.parents[1] / "platforms"
LOADED = HERE.parents[2] / "shared" / "platforms"
BOARDS = sorted(path.stem for path in PLATFORMS.glob("*.repl"))
SENSORS = sorted(path.stem for path in (PLATFORMS / "sensor").glob("*.repl"))


def _rules() -> Any:
    spec = importlib.util.spec_from_file_location("renode_rules", HERE / "renode_rules.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look there
    spec.loader.exec_module(module)
    return module


RULES = _rules()
FACTS = RULES.read_facts(HERE / "renode_classes.toml")


@cache
def read(path: Path, *extra: Path) -> PlatformDescription:
    return describe(path, extra=extra)


def complaints(path: Path, *extra: Path) -> list[str]:
    found: list[str] = RULES.complaints(read(path, *extra), FACTS)
    return found


@pytest.mark.parametrize("board", BOARDS)
def test_a_board(board: str) -> None:
    assert complaints(PLATFORMS / f"{board}.repl") == []


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("sensor", SENSORS)
def test_a_sensor_on_a_board(board: str, sensor: str) -> None:
    path = PLATFORMS / "sensor" / f"{sensor}.repl"
    ours = sorted(name for name in FACTS.absent if name in path.read_text())
    if ours:
        pytest.skip(f"Renode has no {', '.join(ours)}")
    assert complaints(PLATFORMS / f"{board}.repl", path) == []


@pytest.mark.parametrize("board", BOARDS)
def test_all_sensors_at_once(board: str) -> None:
    paths = [PLATFORMS / "sensor" / f"{sensor}.repl" for sensor in SENSORS]
    capable = [p for p in paths if not any(name in p.read_text() for name in FACTS.absent)]
    assert len(capable) > 1
    assert complaints(PLATFORMS / f"{board}.repl", *capable) == []


def test_one_place_for_two(tmp_path: Path) -> None:
    path = tmp_path / "two.repl"
    path.write_text(
        "a: Sensors.ArduCAMMini2MPPlus @ spi1\nb: Sensors.ArduCAMMini2MPPlus @ spi1\n"
        "c: Sensors.HS3001 @ i2c1 0x44\nd: Sensors.LIS2DW12 @ i2c1 0x44\n"
        "e: Sensors.HS3001 @ spi2\nf: Miscellaneous.LED @ gpioPortA\n"
        "    init:\n        State true\n"
    )
    assert complaints(PLATFORMS / "stm32f407.repl", path) == [
        "two.repl:2: b: its place on spi1 is a's",
        "two.repl:4: d: its place on i2c1 is c's",
        "two.repl:5: e: spi2 does not take it at none",
        "two.repl:6: f: init: no property 'State'",
    ]


@pytest.mark.parametrize("board", BOARDS)
def test_files_that_renode_did_load(board: str) -> None:
    path = LOADED / f"{board}.repl"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    assert complaints(path) == []


def test_every_class_of_the_table_is_used() -> None:
    text = "".join(path.read_text() for path in PLATFORMS.rglob("*.repl"))
    unused = {name for name in FACTS.classes if not re.search(rf": {re.escape(name)}\b", text)}
    assert unused == set()


@pytest.mark.parametrize("board", BOARDS)
def test_renode_knows_of_all_that_the_strict_engine_models(board: str) -> None:
    """An access to it is at least a tagged one there, not one to nothing."""
    renode = read(PLATFORMS / f"{board}.repl")
    known = [(tag.base, tag.base + tag.size) for tag in tags(renode)]
    known += RULES.bus_ranges(renode, FACTS)
    for entry in describe(PLATFORMS / "strict" / f"{board}.repl").entries:
        for at in entry.registrations:
            if at.parent == RULES.BUS and at.address is not None:
                assert any(a <= at.address < b for a, b in known), f"{entry.name} {at.address:#x}"


# What must not pass: one edit each to a board that does.


@pytest.mark.parametrize(
    ("board", "before", "after", "what"),
    [
        ("f407", "CRC.STM32_CRC", "CRC.STM32_CRC2", "no class CRC.STM32_CRC2"),
        ("f407", "    initialLimit: 0xFFFFFFFF\n", "", "no constructor without 'initialLimit'"),
        ("f407", "numberOfAFs: 16", "alternates: 16", "no parameter 'alternates'"),
        ("f407", "PerformanceInMips: 168", "Mips: 168", "no settable property 'Mips'"),
        ("f407", "series: STM32Series.F4", "series: STM32Series.F7", "'series' cannot be"),
        ("f407", "windowOption: false", "windowOption: 0", "'windowOption' cannot be 0"),
        ("f407", "frequency: 84000000", "frequency: -1", "'frequency' cannot be -1"),
        ("f407", "rtcPeripheral: rtc", "rtcPeripheral: exti", "'rtcPeripheral' cannot be"),
        ("f407", 'cpuType: "cortex-m4f"', 'cpuType: "cortex-m4fp"', "no processor"),
        ("f407", "<0x40004400, +0x100>", "0x40004400", "a range <address, +size> is needed"),
        ("f407", 'region: "optionBytes"', 'region: "options"', "has no region 'options'"),
        ("f407", "size: 0x20000\n", "size: 0x20100\n", "no whole number of pages"),
        ("f407", "sysbus 0x40005800", "sysbus 0x40005600", "i2c1 and i2c2 overlap"),
        ("f407", "EventInterrupt -> nvic@31", "-> nvic@31", "'->' is ambiguous"),
        ("f407", "EventInterrupt -> nvic@31", "Event -> nvic@31", "has no output 'Event'"),
        ("f407", "    3 -> gpioPortA#03@01", "    4 -> gpioPortA#03@01", "has no output 4"),
        ("f407", "gpioPortA#03@01", "gpioPortA#16@01", "gpioPortA has no receiver #16"),
        ("f407", "gpioPortA#03@01", "gpioPortA#03@16", "gpioPortA has no input 16"),
        ("f407", "numberOfInputs: 5", "numberOfInputs: 4", "extiLines5To9 has no input 4"),
        ("f407", "AlarmIRQ -> exti@17", "AlarmIRQ -> rcc@17", "rcc receives no lines"),
        ("f407", "<0x40012300 0x100>", "<0x40012300 0xA00>", "lies across another tag"),
        ("f407", "WriteWord 0x1FFF7A2A", "WriteWord 0x1FFFFA2A", "nothing there"),
        ("f407", "WriteWord 0x1FFF7A2A", "Poke 0x1FFF7A2A", "no statement"),
        ("g474", "dma1@[1-8]", "dma1@[0-7]", "dma1 has no input 0"),
        ("g474", "initable: true", 'filename: "x.py"', "exactly one of script, filename"),
        ("g474", "value = registers", "value: int = registers", "AnnAssign is no Python 2"),
        ("g474", "{0x00: 0x00000063", "{(0x00: 0x00000063", "script: "),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, board: str, before: str, after: str, what: str) -> None:
    """A copy of the board with the first ``before`` replaced."""
    (tmp_path / "chip").mkdir()
    for name in (f"stm32{board}.repl", f"chip/stm32{board}.repl"):
        text = (PLATFORMS / name).read_text()
        (tmp_path / name).write_text(text.replace(before, after, 1))
    found = complaints(tmp_path / f"stm32{board}.repl")
    assert any(what in item for item in found), found


# The stand-ins, run as Renode runs them.


@pytest.fixture
def stand_in() -> Callable[[str, str], tuple[Callable[[int], int], Callable[[int, int], None]]]:
    """``read(offset)`` and ``write(offset, value)`` of an entry with a script."""

    def start(board: str, name: str) -> tuple[Callable[[int], int], Callable[[int, int], None]]:
        entry = read(PLATFORMS / f"{board}.repl").entry(name)
        code = compile(str(entry.attributes["script"]), name, "exec")
        scope: dict[str, object] = {}

        def ask(kind: str, offset: int = 0, value: int = 0) -> int:
            request = SimpleNamespace(
                IsInit=kind == "init", IsRead=kind == "read", IsWrite=kind == "write",
                Offset=offset, Value=value, Length=4,
            )  # fmt: skip
            scope["request"] = request
            exec(code, scope)
            assert 0 <= request.Value < 1 << 32
            return int(request.Value)

        def write(offset: int, value: int) -> None:
            ask("write", offset, value)

        ask("init")
        return lambda offset: ask("read", offset), write

    return start


@pytest.mark.parametrize(("on", "ready"), [(8, 10), (16, 17), (24, 25)])
def test_oscillators_of_g4(stand_in: Any, on: int, ready: int) -> None:
    """RM0440, section 7.4.1: HSI16, HSE and the PLL."""
    read, write = stand_in("stm32g474", "rcc")
    write(0, read(0) | 1 << on)
    assert read(0) >> ready & 1
    write(0, read(0) & ~(1 << on))
    assert not read(0) >> ready & 1


@pytest.mark.parametrize("offset", [0x90, 0x94, 0x98])
def test_slow_oscillators_of_g4(stand_in: Any, offset: int) -> None:
    """RM0440, sections 7.4.28 to 7.4.30: LSE, LSI, HSI48."""
    read, write = stand_in("stm32g474", "rcc")
    assert read(offset) == 0
    write(offset, 1)
    assert read(offset) == 3


def test_clock_switch_of_g4(stand_in: Any) -> None:
    read, write = stand_in("stm32g474", "rcc")
    assert read(8) == 5  # HSI16
    write(8, read(8) | 3)
    assert read(8) >> 2 & 3 == 3


def test_voltage_of_h7(stand_in: Any) -> None:
    """RM0433, section 6.8: CSR1.ACTVOSRDY, D3CR.VOSRDY, and registers that read back."""
    read, write = stand_in("stm32h743", "pwr")
    write(0x0C, read(0x0C) & ~1 | 2)
    assert read(0x0C) & 3 == 2
    assert read(0x04) & 1 << 13
    write(0x18, read(0x18) | 3 << 14)
    assert read(0x18) == 7 << 13
    assert read(0x04) >> 14 == 3


def test_real_time_clock_of_g4(stand_in: Any) -> None:
    """RM0440, section 35.6.4: INITF follows INIT; RSF and the flags of writing are set."""
    read, write = stand_in("stm32g474", "rtc")
    assert read(0x0C) & 0x67 == 0x27
    write(0x0C, 0x80)
    assert read(0x0C) & 0x40
    write(0x0C, 0)
    assert not read(0x0C) & 0x40
    write(0x00, 0x123456)
    assert read(0x00) == 0x123456


def test_regulator_of_g4_is_never_busy() -> None:
    """PWR and FLASH are memory there: SR2.VOSF reads as 0, FLASH_ACR reads back."""
    platform = read(PLATFORMS / "stm32g474.repl")
    assert platform.entry("pwr").type == platform.entry("flashRegisters").type
    assert platform.entry("pwr").type == "Memory.MappedMemory"
