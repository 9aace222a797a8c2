"""Clocks that registers of RCC choose for single peripherals, told to these by lines of the chip.

``LPUART1_CLK_LSE`` is high while LPUART1 runs on LSE. Where no line is high, a peripheral has the
clock that its attribute ``frequency`` says. PLLs that are chosen have no line: their rates are not
followed.
"""

from __future__ import annotations

from typing import NamedTuple

from simgate.peripheral.host import Host
from simgate.peripheral.wire import Wire

LSE, HSI16, HSI64, CSI, SYSCLK = "LSE", "HSI16", "HSI64", "CSI", "SYSCLK"


class KernelClock(NamedTuple):
    """A field of a register that chooses."""

    shift: int
    bits: int
    models: str  # names, with blanks between them
    clocks: tuple[str, ...]  # by the field's value; "": that of the attribute


def choose(host: Host, value: int, fields: tuple[KernelClock, ...]) -> None:
    """Drive the lines as a register has them."""
    for field in fields:
        code = value >> field.shift & ((1 << field.bits) - 1)
        chosen = field.clocks[code] if code < len(field.clocks) else ""
        for model in field.models.split():
            for clock in filter(None, field.clocks):
                kernel_clock(host, model, clock).set(clock == chosen)


def kernel_clock(host: Host, model: str, clock: str) -> Wire:
    """High while that model runs on that clock."""
    return host.signal(f"{model.upper()}_CLK_{clock}")
