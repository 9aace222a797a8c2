"""Platform descriptions that the strict engine cannot build."""

from __future__ import annotations

import pytest

from simgate.engine.base import EngineOptions
from simgate.engine.registry import create_engine
from simgate.errors import PlatformError
from simgate.image import Image
from simgate.platform import describe

BASE = """\
flash: Memory.MappedMemory @ sysbus 0x08000000
    size: 0x100000

sram: Memory.MappedMemory @ sysbus 0x20000000
    size: 0x20000

nvic: IRQControllers.NVIC @ sysbus 0xE000E000
    priorityMask: 0xF0
    systickFrequency: 168000000
    IRQ -> cpu@0

cpu: CPU.CortexM @ sysbus
    cpuType: "cortex-m4f"
    nvic: nvic
    PerformanceInMips: 168

"""


@pytest.fixture
def build(tmp_path, compile_c):
    image = Image.read(compile_c("int main(void) { for (;;) { } }"))

    def make(text: str):
        path = tmp_path / "board.repl"
        path.write_text(BASE + text)
        engine = create_engine("strict", describe(path), EngineOptions("board"))
        engine.load(image)
        return engine

    return make


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("can: CAN.STMCAN @ sysbus 0x40006400\n", r"board.repl:17: can: .* no model of CAN.STMCAN"),
        (
            "usart2: UART.STM32_UART @ sysbus 0x40004400\n    colour: 3\n",
            r"board.repl:17: usart2: UART.STM32_UART has no attribute 'colour'",
        ),
        (
            "usart2: UART.STM32_UART @ sysbus 0x40004400\n    frequency: true\n",
            r"'frequency' must be a whole number",
        ),
        (
            "usart2: UART.STM32_UART @ sysbus 0x20000000\n",
            r"usart2: its window, 0x20000000 to 0x200003ff, overlaps .sram.",
        ),
        (
            "usart2: UART.STM32_UART @ sysbus 0x40004400\n    5 -> nvic@38\n",
            r"usart2: UART.STM32_UART has no output 5",
        ),
        (
            "usart2: UART.STM32_UART @ sysbus 0x40004400\n    -> sram@38\n",
            r"usart2: 'sram' takes no interrupts",
        ),
    ],
)
def test_what_cannot_be_built_is_named_with_its_line(build, text, message):
    with pytest.raises(PlatformError, match=message):
        build(text)


def test_two_sources_share_an_interrupt(build):
    engine = build(
        "usart2: UART.STM32_UART @ sysbus 0x40004400\n    -> nvic@38\n\n"
        "usart3: UART.STM32_UART @ sysbus 0x40004800\n    -> nvic@38\n"
    )
    core = engine._core
    levels = []
    one, two = (engine.peripheral(name).output(None) for name in ("usart2", "usart3"))
    for wire, level in ((one, True), (two, True), (one, False), (two, False)):
        wire.set(level)
        levels.append(bool(core.load(0xE000E204, 4) >> 6 & 1))
    assert levels == [True, True, True, True]  # pending stays until it is taken or cleared
    core.store(0xE000E284, 4, 1 << 6)
    assert not core.load(0xE000E204, 4) >> 6 & 1
