"""Firmware in the manner of ST's start-up code and HAL boots as it is and measures rightly."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "firmware" / "hal_boot"
FLAGS = (
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfpu=fpv4-sp-d16",
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


def build(elf: Path, optimisation: str) -> Path:
    sources = [*sorted(str(path) for path in SOURCES.glob("*.c")), "-lgcc"]
    script = str(SOURCES / "hal_boot.ld")
    subprocess.run(
        ["arm-none-eabi-gcc", *FLAGS, optimisation, "-T", script, *sources, "-o", str(elf)],
        check=True,
    )
    return elf


@pytest.mark.parametrize("optimisation", ["-O0", "-O2", "-Os"])
def test_it_boots_and_says_what_silicon_would_say(optimisation, tmp_path, machine_of):
    machine = machine_of(build(tmp_path / "hal_boot.elf", optimisation))
    machine.terminal("usart2").wait_for_line("ready", 0.5)
    said = dict(line.text.rsplit(" ", 1) for line in machine.result().uart[:-1])
    cycles = int(said.pop("cycles a tick"))
    assert abs(cycles - 168_000) < 60  # as exactly as its loop can see the tick
    assert said == {
        "SystemCoreClock": "168000000",
        "delay of 10 took": "11",
        "BRR": "0x16c",  # 42 MHz / 115200 = 22.78; .78 of 16 rounded down by the macro
        "ACR": "0x705",
        "CFGR": "0x940a",  # SW and SWS = PLL, PPRE1 / 4, PPRE2 / 2
        "PRIGROUP": "3",
        "SysTick priority": "0xf0",
        "a third in millionths": "333333",
    }
    assert machine.result().stubs == ()
    assert machine.peripheral("rcc").system_clock == "PLL"
    assert [machine.peripheral("gpioPortA").alternate_function(pin) for pin in (2, 3)] == [7, 7]


def test_the_tick_goes_on_at_its_rate(tmp_path, machine_of):
    machine = machine_of(build(tmp_path / "hal_boot.elf", "-O2"))
    machine.terminal("usart2").wait_for_line("delay of 10 took 11", 0.5)
    began_s = machine.result().uart[0].time_s
    assert re.fullmatch(r"SystemCoreClock \d+", machine.result().uart[0].text)
    assert 0.010 < machine.time_s - began_s < 0.012


def test_it_receives_by_interrupt(tmp_path, machine_of):
    machine = machine_of(build(tmp_path / "hal_boot.elf", "-O2"))
    tester = machine.terminal("usart2")
    tester.wait_for_line("ready", 0.5)
    tester.write_char_delay = 0.0001
    tester.write("hello\n")
    assert tester.wait_for_next_line(0.1).line == "HELLO"


def test_without_its_crystal_s_ready_bit_it_says_so(tmp_path, machine_of, monkeypatch):
    """The time-outs of the HAL work: an oscillator that never starts is an error, not a hang."""
    from simgate.peripheral.clock.stm32f4_rcc import HSEON, Stm32F4Rcc

    monkeypatch.setattr(Stm32F4Rcc, "OSCILLATORS", Stm32F4Rcc.OSCILLATORS & ~HSEON)
    machine = machine_of(build(tmp_path / "hal_boot.elf", "-O2"))
    machine.run_for(0.012)  # 100 ticks of 16,000 instructions and a little more
    assert machine.result().uart == ()
    assert machine.result().where.function in ("error_handler", "main")
    assert machine.result().time_s == pytest.approx(0.012)
