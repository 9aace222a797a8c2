"""A push button on a pin, under Renode's name and with its commands; its contacts can bounce.

``button: Miscellaneous.Button @ gpioPortC 13`` with ``-> gpioPortC@13`` in its description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import Model, command
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.wire import Wire

_MOST_EDGES = 1000


@peripheral("Miscellaneous.Button")
class Button(Model):
    """High while it is pressed; with ``invert: true`` low.

    Beyond Renode: ``Bounce edges seconds`` makes each press and release begin with so many extra
    edges, evenly within so many seconds, and ``PressFor seconds`` releases by itself.
    """

    ATTRIBUTES = frozenset({"invert"})
    PROPERTIES: ClassVar[Mapping[str, str]] = {"Pressed": "pressed"}

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._invert = self.boolean("invert", False)
        wire = Wire()
        self._wires = {None: wire, 0: wire, "IRQ": wire}
        self._pressed = False
        self._edges, self._bounce_s = 0, 0.0
        self._plan = 0  # number of the press or release that is bouncing
        self.listeners: list[Callable[[bool], None]] = []

    def reset(self) -> None:
        """The finger on it does not hear of resets; a wire that was never driven gets its level."""
        self._drive(self._pressed)

    def system_reset(self, cause: ResetCause) -> None:
        """The chip's reset does not reach it."""

    def attach(self, address: int | None, device: Model) -> None:
        """Nothing hangs on a button."""
        super().attach(address, device)

    @property
    def pressed(self) -> bool:
        """Whether it is held down."""
        return self._pressed

    @pressed.setter
    def pressed(self, value: object) -> None:
        raise EngineError(f"{self.name}: 'Pressed' can be read only; use Press or Release")

    @command("Press")
    def press(self) -> None:
        """Hold it down."""
        self._move(True)

    @command("Release")
    def release(self) -> None:
        """Let it go."""
        self._move(False)

    @command("Toggle")
    def toggle(self) -> None:
        """Hold it down, or let it go."""
        self._move(not self._pressed)

    @command("PressAndRelease")
    def press_and_release(self) -> None:
        """Both at one moment, as on Renode: an edge, which no polling firmware sees."""
        bounce, self._edges = self._edges, 0
        self._move(True)
        self._move(False)
        self._edges = bounce

    @command("PressFor")
    def press_for(self, seconds: float) -> None:
        """Hold it down for a while of virtual time.

        Raises:
            EngineError: the time is not above 0.
        """
        if not seconds > 0:
            raise EngineError(f"{self.name}: cannot press for {seconds} s")
        self._move(True)
        self.host.after(seconds, self.release)

    @command("Bounce")
    def bounce(self, edges: int, seconds: float) -> None:
        """How its contacts bounce from now on: 0 edges is not at all.

        Raises:
            EngineError: a number makes no sense.
        """
        if not 0 <= edges <= _MOST_EDGES or (edges and not 0 < seconds < 10):
            raise EngineError(f"{self.name}: cannot bounce by {edges} edges in {seconds} s")
        self._edges, self._bounce_s = edges + edges % 2, seconds  # it ends where it should

    def _move(self, pressed: bool) -> None:
        if pressed == self._pressed:
            return
        self._pressed = pressed
        self._plan += 1
        self._drive(pressed)
        for edge in range(1, self._edges + 1):
            self._plan_edge(self._plan, edge, pressed)
        for listener in self.listeners:
            listener(pressed)

    def _plan_edge(self, plan: int, edge: int, pressed: bool) -> None:
        def move() -> None:
            if plan == self._plan:  # not pressed or released again meanwhile
                self._drive(pressed if edge % 2 == 0 else not pressed)

        self.host.after(self._bounce_s * edge / self._edges, move)

    def _drive(self, pressed: bool) -> None:
        self._wires[None].set(pressed != self._invert)
