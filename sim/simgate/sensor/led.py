"""An LED on a pin, under Renode's name: ``led: Miscellaneous.LED @ gpioPortD 12``.

The pin drives it: ``gpioPortD: 12 -> led@0``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import Model
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Sink


@peripheral("Miscellaneous.LED")
class Led(Model):
    """On while its input is high; with ``invert: true`` while it is low.

    As on Renode, it is off until its input has changed once, inverted or not.
    """

    ATTRIBUTES = frozenset({"invert"})
    PROPERTIES: ClassVar[Mapping[str, str]] = {"State": "state"}

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._invert = self.boolean("invert", False)
        self._on = False
        self.listeners: list[Callable[[bool], None]] = []  # hear of changes only

    def reset(self) -> None:
        """The pin says what it is."""

    @property
    def state(self) -> bool:
        """Whether it is on."""
        return self._on

    @state.setter
    def state(self, value: object) -> None:
        raise EngineError(f"{self.name}: 'State' can be read only: its pin drives it")

    def input(self, line: int) -> Sink:
        """Its only input is 0."""
        if line != 0:
            raise KeyError(line)
        return self._drive

    def _drive(self, level: bool) -> None:
        on = level != self._invert
        if on == self._on:
            return
        self._on = on
        for listener in self.listeners:
            listener(on)
