"""What RCC chooses for a USART is what its baud rate comes from."""

from __future__ import annotations

from fractions import Fraction

import pytest

from simgate.peripheral.clock.stm32f7_rcc import Stm32F7Rcc
from simgate.peripheral.clock.stm32g4_rcc import Stm32G4Rcc
from simgate.peripheral.clock.stm32h7_rcc import Stm32H7Rcc
from simgate.peripheral.serial.stm32f7_usart import BRR, Stm32F7Usart

G4_CCIPR, F7_DCKCFGR2, H7_D2CCIP2R, H7_D3CCIPR = 0x88, 0x90, 0x54, 0x58


def test_lpuart_has_9600_baud_of_lse(host):
    """RM0440, 38.4.7: 256 * 32768 / 9600 = 873.8."""
    rcc = Stm32G4Rcc("rcc", {}, host)
    uart = Stm32F7Usart("lpuart1", {"lowPowerMode": True, "frequency": 170_000_000}, host)
    rcc.reset()
    uart.region(None)[1](BRR, 4, 874)
    assert uart.line_format().bit_s == Fraction(874, 256 * 170_000_000)
    rcc.write(G4_CCIPR, 4, 3 << 10)
    assert uart.line_format().bit_s == Fraction(874, 256 * 32_768)
    rcc.reset()
    assert uart.line_format().bit_s == Fraction(874, 256 * 170_000_000)


@pytest.mark.parametrize(
    ("kind", "offset", "name", "value", "hertz"),
    [
        (Stm32G4Rcc, G4_CCIPR, "usart1", 2, 16_000_000),
        (Stm32G4Rcc, G4_CCIPR, "usart2", 2, 1_000_000),  # USART1SEL
        (Stm32F7Rcc, F7_DCKCFGR2, "usart2", 1 << 2, 168_000_000),  # the core's clock
        (Stm32F7Rcc, F7_DCKCFGR2, "uart8", 3 << 14, 32_768),
        (Stm32H7Rcc, H7_D2CCIP2R, "uart7", 3, 64_000_000),
        (Stm32H7Rcc, H7_D2CCIP2R, "usart6", 4 << 3, 4_000_000),
        (Stm32H7Rcc, H7_D2CCIP2R, "usart6", 1 << 3, 1_000_000),  # a PLL: not followed
        (Stm32H7Rcc, H7_D3CCIPR, "usart1", 5, 1_000_000),  # LPUART1SEL
    ],
)
def test_who_has_which_clock(host, kind, offset, name, value, hertz):
    rcc = kind("rcc", {}, host)
    uart = Stm32F7Usart(name, {"frequency": 1_000_000}, host)
    rcc.reset()
    rcc.write(offset, 4, value)
    uart.region(None)[1](BRR, 4, 100)
    assert uart.line_format().bit_s == Fraction(100, hertz)
