"""Firmware in the manner of ST's start-up code and HAL boots as it is and measures rightly."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.image import Image
from simgate.machine import Machine

SOURCES = Path(__file__).parents[1] / "firmware" / "hal_boot"
FLAGS = (
    "-mthumb",
    "-mfloat-abi=hard",
    "-g",
    "-std=gnu11",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-ffreestanding",
    "-nostartfiles",
    "-nostdlib",
)
M4 = ("-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "hal_uart_v1.c")
M4_NEW_UART = ("-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "hal_uart_v2.c")
M7_SINGLE = ("-mcpu=cortex-m7", "-mfpu=fpv5-sp-d16", "hal_uart_v2.c", "cache.c")
M7_DOUBLE = ("-mcpu=cortex-m7", "-mfpu=fpv5-d16", "hal_uart_v2.c", "cache.c")
VARIANTS = {
    "stm32f407": M4,
    "stm32g474": M4_NEW_UART,
    "stm32f746": M7_SINGLE,
    "stm32h743": M7_DOUBLE,
}
COMMON = {
    "delay of 10 took": "11",
    "PRIGROUP": "3",
    "SysTick priority": "0xf0",
    "VTOR": "0x8000000",
    "a third in millionths": "333333",
}
SAID = {
    "stm32f407": {
        "SystemCoreClock": "168000000",
        "BRR": "0x16c",  # 42 MHz / 115200 = 22.78; .78 of 16 rounded down by the macro
        "ACR": "0x705",
        "CFGR": "0x940a",  # SW and SWS = PLL, PPRE1 / 4, PPRE2 / 2
        "device": "0x413",
        "BDCR": "0x3",  # LSE, once DBP was set
        "reset flags": "0xe",  # brown-out, pin, power-on
    },
    "stm32f746": {
        "SystemCoreClock": "216000000",
        "BRR": "0x1d5",  # 54 MHz / 115200 = 468.75
        "ACR": "0x307",
        "CFGR": "0x940a",
        "device": "0x449",
        "CSR1": "0x34000",  # over-drive ready, switched, voltage ready
        "CCR": "0x30000",
    },
    "stm32g474": {
        "SystemCoreClock": "170000000",
        "BRR": "0x5c4",  # 170 MHz / 115200 = 1475.7
        "ACR": "0x40704",
        "CFGR": "0xf",  # nothing divided, SW and SWS = PLL
        "device": "0x469",
        "CR5": "0x0",  # boost
        "SR2": "0x0",
        "PLLCFGR": "0x11005553",
    },
    "stm32h743": {
        "SystemCoreClock": "480000000",
        "BRR": "0x412",  # 120 MHz / 115200 = 1041.7
        "ACR": "0x24",
        "CFGR": "0x1b",
        "device": "0x450",
        "D3CR": "0xe000",
        "CSR1": "0xe000",
        "CCR": "0x30000",
        "HCLK": "240000000",
    },
}


def build(elf: Path, board: str, optimisation: str = "-O2") -> Path:
    options = [option for option in VARIANTS[board] if option.startswith("-")]
    shared = ("main", "startup", "hal_tick", "hal_gpio", "received")
    sources = [SOURCES / f"{name}.c" for name in shared]
    sources += [SOURCES / name for name in VARIANTS[board] if name.endswith(".c")]
    sources += sorted((SOURCES / board).glob("*.c"))
    command = ["arm-none-eabi-gcc", *FLAGS, *options, optimisation]
    command += [f"-I{SOURCES}", f"-I{SOURCES / board}", f"-L{SOURCES / board}"]
    command += ["-T", str(SOURCES / "sections.ld"), *map(str, sources), "-lgcc", "-o", str(elf)]
    subprocess.run(command, check=True)
    return elf


Boot = Callable[..., Machine]


@pytest.fixture
def boot(tmp_path: Path) -> Boot:
    def make(board: str, optimisation: str = "-O2") -> Machine:
        elf = build(tmp_path / f"{board}.elf", board, optimisation)
        return Machine(find_board(board), Image.read(elf))

    return make


@pytest.mark.parametrize("optimisation", ["-O0", "-O2", "-Os"])
@pytest.mark.parametrize("board", SAID)
def test_it_boots_and_says_what_silicon_would_say(boot, board, optimisation):
    machine = boot(board, optimisation)
    machine.terminal("usart2").wait_for_line("ready", 0.5)
    result = machine.result()
    said = dict(line.text.rsplit(" ", 1) for line in result.uart[:-1])
    clock_hz = int(SAID[board]["SystemCoreClock"])
    cycles = int(said.pop("cycles a tick"))
    assert abs(cycles - clock_hz // 1000) < 60  # as exactly as its loop can see the tick
    assert said == COMMON | SAID[board]
    assert result.fault is None
    assert result.remarks == ()
    assert machine.peripheral("rcc").system_clock.startswith("PLL")
    assert [machine.peripheral("gpioPortA").alternate_function(pin) for pin in (2, 3)] == [7, 7]


@pytest.mark.parametrize("board", SAID)
def test_the_result_names_the_stubs_that_start_up_touched(boot, board):
    machine = boot(board)
    machine.terminal("usart2").wait_for_line("ready", 0.5)
    expected = {"stm32h743": ("fmc (Miscellaneous.Stub)",)}.get(board, ())
    assert machine.result().stubs == expected


def test_a_revision_y_h743_touches_the_interconnect_as_well(boot, monkeypatch):
    from simgate.peripheral.clock.stm32_dbgmcu import Stm32Dbgmcu

    monkeypatch.setattr(Stm32Dbgmcu, "integer", lambda self, name, default: 0x10036450)
    machine = boot("stm32h743")
    machine.terminal("usart2").wait_for_line("ready", 0.5)
    assert machine.result().stubs == ("axi (Miscellaneous.Stub)", "fmc (Miscellaneous.Stub)")


def test_the_tick_goes_on_at_its_rate(boot):
    machine = boot("stm32f407")
    machine.terminal("usart2").wait_for_line("delay of 10 took 11", 0.5)
    began_s = machine.result().uart[0].time_s
    assert re.fullmatch(r"SystemCoreClock \d+", machine.result().uart[0].text)
    assert 0.010 < machine.time_s - began_s < 0.012


@pytest.mark.parametrize("board", SAID)
def test_it_receives_by_interrupt(boot, board):
    machine = boot(board)
    tester = machine.terminal("usart2")
    tester.wait_for_line("ready", 0.5)
    tester.write_char_delay = 0.0001
    tester.write("hello\n")
    assert tester.wait_for_next_line(0.1).line == "HELLO"


def test_without_its_crystal_s_ready_bit_it_says_so(boot, monkeypatch):
    """The time-outs of the HAL work: an oscillator that never starts is an error, not a hang."""
    from simgate.peripheral.clock.stm32f4_rcc import HSEON, Stm32F4Rcc

    monkeypatch.setattr(Stm32F4Rcc, "OSCILLATORS", Stm32F4Rcc.OSCILLATORS & ~HSEON)
    machine = boot("stm32f407")
    machine.run_for(0.012)  # 100 ticks of 16,000 instructions and a little more
    assert machine.result().uart == ()
    assert machine.result().where.function in ("error_handler", "main")
    assert machine.result().time_s == pytest.approx(0.012)
