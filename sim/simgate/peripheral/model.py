"""What a platform description can name: a model with wires, and perhaps places to attach others to.

A model knows neither the engine nor the core. It is built from what the description says of it,
asks its `Host` for time and notes, and drives `Wire`s that the engine connects.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, Protocol, TypeVar

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.wire import Sink, Wire


class Samples(Protocol):
    """Something that has values at any time: `simgate.sensor.stream.Stream`."""

    def at(self, time_s: float) -> tuple[float, ...]:
        """The values, one a channel, at a time since the first sample."""
        ...


_Method = TypeVar("_Method", bound=Callable[..., object])
_COMMAND = "_monitor_command"


class AttachError(EngineError):
    """A device that cannot be attached where the description wants it."""


def command(name: str) -> Callable[[_Method], _Method]:
    """Make a method a Monitor command of the model: ``@command("FeedSample")``.

    Its arguments are whole numbers, numbers, texts, truth values and paths, as annotated.
    """

    def mark(method: _Method) -> _Method:
        setattr(method, _COMMAND, name)
        return method

    return mark


class Model(ABC):
    """One instance of a model.

    Args:
        name: as in the platform description, such as ``usart2``.
        attributes: the description's attributes; only those in `ATTRIBUTES` occur.
        host: time, lines inside the chip, and notes.
    """

    TYPE: ClassVar[str] = ""  # Renode's class name; the registry fills it in
    ATTRIBUTES: ClassVar[frozenset[str]] = frozenset()
    # Renode's properties that can be read and set from outside: their attributes in Python
    PROPERTIES: ClassVar[Mapping[str, str]] = {}

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        self.name = name
        self.attributes = attributes
        self.host = host
        self._wires: dict[int | str | None, Wire] = {}

    @abstractmethod
    def reset(self) -> None:
        """To the state after a power-on reset."""

    def system_reset(self, cause: ResetCause) -> None:
        """To the state after a reset that left the power on.

        Args:
            cause: who asked for it.
        """
        self.reset()

    def output(self, source: int | str | None) -> Wire:
        """The wire named `source` in the description; None is the only, or default, one.

        Raises:
            KeyError: this model has no such output.
        """
        return self._wires[source]

    def input(self, line: int) -> Sink:
        """What to call when the level of input `line` changes.

        Raises:
            KeyError: this model has no such input.
        """
        raise KeyError(line)

    def local_input(self, index: int, line: int) -> Sink:
        """The same for input `line` of receiver `index`, of several (``syscfg#2@5``).

        Raises:
            KeyError: this model has no such input.
        """
        raise KeyError(line)

    def attach(self, address: int | None, device: Model) -> None:
        """Attach a device to this bus, channel or port.

        Args:
            address: what the description gives: an I2C address, a channel, a pin; None: nothing.
            device: registered at this model.

        Raises:
            AttachError: this model takes no devices, not this one, or not there.
        """
        raise AttachError(f"nothing can be attached to {self.TYPE or type(self).__name__}")

    def feed(self, samples: Samples, channel: int = 0) -> None:
        """Let the model take its values from these samples, whose time begins now.

        Raises:
            EngineError: it measures nothing, or not on that channel.
        """
        raise EngineError(f"{self.name} ({self.TYPE}) measures nothing: it takes no samples")

    def commands(self) -> dict[str, Callable[..., object]]:
        """What can be asked of the model from outside the chip, by Renode's names."""
        found: dict[str, Callable[..., object]] = {}
        for kind in reversed(type(self).__mro__):
            for attribute, value in vars(kind).items():
                name = getattr(value, _COMMAND, None)
                if name is not None:
                    found[name] = getattr(self, attribute)
        return found

    def remarks(self) -> tuple[str, ...]:
        """What a person who wonders why nothing happens should know; usually nothing."""
        return ()

    def integer(self, attribute: str, default: int) -> int:
        """An attribute that must be a whole number.

        Raises:
            EngineError: it is something else.
        """
        value = self.attributes.get(attribute, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise EngineError(f"{self.name}: '{attribute}' must be a whole number, not {value!r}")
        return value

    def number(self, attribute: str, default: float) -> float:
        """An attribute that must be a number.

        Raises:
            EngineError: it is something else.
        """
        value = self.attributes.get(attribute, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise EngineError(f"{self.name}: '{attribute}' must be a number, not {value!r}")
        return float(value)

    def boolean(self, attribute: str, default: bool) -> bool:
        """An attribute that must be true or false.

        Raises:
            EngineError: it is something else.
        """
        value = self.attributes.get(attribute, default)
        if not isinstance(value, bool):
            raise EngineError(f"{self.name}: '{attribute}' must be true or false, not {value!r}")
        return value

    def text(self, attribute: str, default: str) -> str:
        """An attribute that must be a text.

        Raises:
            EngineError: it is something else.
        """
        value = self.attributes.get(attribute, default)
        if not isinstance(value, str):
            raise EngineError(f"{self.name}: '{attribute}' must be a text, not {value!r}")
        return value
