"""A platform description as it is written: usings and entries, nothing resolved.

Offsets are characters from the start of the text; they do not count when two are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Range:
    """``<start, +size>`` or ``<start, end>``, the end not included."""

    start: int
    size: int

    @property
    def end(self) -> int:
        """First address behind it."""
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of an entry, as a value."""

    name: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class EnumName:
    """``Kind.Member``, or ``.Member`` with an empty first part."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Empty:
    """``empty``: a value of the parameter's type that holds nothing."""


@dataclass(frozen=True, slots=True)
class NewObject:
    """``new Type { ... }``: an object without a name."""

    type: str
    content: tuple[Attribute, ...] = ()

    @property
    def attributes(self) -> dict[str, Value]:
        """Its members by name."""
        return {member.name: member.value for member in self.content if isinstance(member, Member)}


EMPTY = Empty()
Scalar = str | int | float | bool | None
Value = Scalar | Range | Reference | EnumName | Empty | NewObject | tuple["Value", ...]
"""What a member may be set to; None is ``none``, a tuple is a list."""


@dataclass(frozen=True, slots=True)
class Member:
    """``name: value``; a constructor's parameter begins in lower case, a property in upper."""

    name: str
    value: Value
    offset: int = field(default=0, compare=False)

    @property
    def is_parameter(self) -> bool:
        """It is for the constructor."""
        return self.name[:1].islower()


@dataclass(frozen=True, slots=True)
class Section:
    """Monitor statements to be run: before creation, after it, or at each reset."""

    kind: Literal["preinit", "init", "reset"]
    add: bool  # to those that earlier entries gave, instead of replacing them
    statements: tuple[str, ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Pins:
    """One line, or a run of them; it may run downwards."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """How many lines."""
        return abs(self.last - self.first) + 1

    @property
    def lines(self) -> range:
        """The numbers, in order."""
        step = 1 if self.last >= self.first else -1
        return range(self.first, self.last + step, step)


@dataclass(frozen=True, slots=True)
class Wire:
    """Where lines go: ``target#local_index@pins``."""

    target: str
    local_index: int | None
    pins: tuple[Pins, ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Interrupt:
    """``sources -> wires``; without wires (``-> none``) the sources are disconnected."""

    sources: tuple[Pins | str, ...]  # a str names an output; empty is the only output there is
    wires: tuple[Wire, ...]
    offset: int = field(default=0, compare=False)


Attribute = Member | Section | Interrupt


@dataclass(frozen=True, slots=True)
class RegistrationText:
    """Where an entry is attached: the parent's name and a point on it."""

    parent: str
    point: Value = None
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class EntryText:
    """``name: Type @ registrations as "alias" { attributes }``."""

    name: str
    type: str | None = None
    registrations: tuple[RegistrationText, ...] | None = None  # (): `@ none`; None: not said
    alias: str | None = None
    attributes: tuple[Attribute, ...] = ()
    is_local: bool = False
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class UsingText:
    """``using "path" prefixed "prefix"``."""

    path: str
    prefix: str | None = None
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FileText:
    """One file."""

    usings: tuple[UsingText, ...] = ()
    entries: tuple[EntryText, ...] = ()
