"""A platform as a whole: all its files read, entries merged, names checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from simgate.errors import PlatformError
from simgate.platform.syntax import Value


@dataclass(frozen=True, slots=True)
class Registration:
    """Where a peripheral is attached.

    On the system bus ``address`` and, where it is said, ``size`` (bytes); ``region`` names one of
    several ranges of one peripheral. On a bus such as I2C ``address`` is the device's.
    """

    parent: str  # "sysbus", "i2c1", ...
    address: int | None = None
    size: int | None = None
    region: str | None = None
    point: Value = None  # as it was written


@dataclass(frozen=True, slots=True)
class InterruptLine:
    """One wire from an output to an input."""

    source: int | str | None  # number or name of the output; None: the only one there is
    target: str
    target_line: int
    target_index: int | None = None  # of several receivers in the target: `nvic#1@5`


@dataclass(frozen=True, slots=True)
class Entry:
    """One peripheral, memory or processor."""

    name: str
    type: str  # without "Antmicro.Renode.Peripherals."; empty for sysbus, which nobody creates
    registrations: tuple[Registration, ...] = ()
    attributes: dict[str, Value] = field(default_factory=dict)
    interrupts: tuple[InterruptLine, ...] = ()
    preinit: tuple[str, ...] = ()  # Monitor statements
    init: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()
    alias: str | None = None
    path: Path = Path()  # where it is created
    line: int = 0

    def integer(self, name: str, default: int | None = None) -> int:
        """The attribute ``name`` as a whole number.

        Raises:
            PlatformError: it is absent and has no default, or is no whole number.
        """
        value = self.attributes.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            what = "is missing" if value is None else f"must be a whole number, not {value!r}"
            raise self.error(f"{name} {what}")
        return value

    def error(self, what: str) -> PlatformError:
        """An error about this entry."""
        return PlatformError(f"{self.path}:{self.line}: {self.name}: {what}")


@dataclass(frozen=True, slots=True)
class PlatformDescription:
    """What a board is made of, in the order of creation in the text."""

    path: Path
    entries: tuple[Entry, ...]

    def find(self, name: str) -> Entry | None:
        """The entry ``name``, or None."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def entry(self, name: str) -> Entry:
        """The entry ``name``.

        Raises:
            PlatformError: there is none.
        """
        found = self.find(name)
        if found is None:
            raise PlatformError(
                f"{self.path}: no entry '{name}'",
                hint=f"It has: {', '.join(sorted(entry.name for entry in self.entries))}.",
            )
        return found

    def of_type(self, *types: str) -> tuple[Entry, ...]:
        """Entries of any of these types."""
        return tuple(entry for entry in self.entries if entry.type in types)
