"""From the entries of all files to one description: declarations, updates, references.

An entry with a type creates its name, one without updates it, from anywhere; what is later in
the text wins. ``sysbus`` is always there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from simgate.platform._files import LoadedFile
from simgate.platform.codes import Code, RpelError
from simgate.platform.description import Entry, InterruptLine, PlatformDescription, Registration
from simgate.platform.syntax import (
    EntryText,
    Interrupt,
    Member,
    NewObject,
    Pins,
    Range,
    Reference,
    RegistrationText,
    Section,
    Value,
    Wire,
)

SYSTEM_BUS = "sysbus"
MAX_LINES = 1024  # of one interrupt attribute
_TWICE = {"preinit": Code.PREINIT_TWICE, "init": Code.INIT_TWICE, "reset": Code.RESET_TWICE}

_Key = tuple[int, str]
"""A name's scope (-1, or the file that it is local to) and the name."""


@dataclass(slots=True)
class _Merged:
    """One name while its entries are put together."""

    name: str
    type: str = ""
    path: Path = Path()
    line: int = 0
    alias: str | None = None
    registrations: tuple[Registration, ...] = ()
    attributes: dict[str, Value] = field(default_factory=dict)
    wires: dict[int | str | None, tuple[InterruptLine, ...]] = field(default_factory=dict)
    sections: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def entry(self) -> Entry:
        return Entry(
            name=self.name,
            type=self.type,
            registrations=self.registrations,
            attributes=self.attributes,
            interrupts=tuple(line for lines in self.wires.values() for line in lines),
            preinit=self.sections.get("preinit", ()),
            init=self.sections.get("init", ()),
            reset=self.sections.get("reset", ()),
            alias=self.alias,
            path=self.path,
            line=self.line,
        )


def merge(path: Path, files: Sequence[LoadedFile]) -> PlatformDescription:
    """The description that ``files`` make together; ``path`` is the one that uses the others.

    Raises:
        RpelError: a name is created twice or never, or an attribute contradicts itself.
    """
    names = _Names(files)
    for number, file in enumerate(files):
        for entry in file.text.entries:
            _Update(names, number, file, entry).apply()
    return PlatformDescription(path, tuple(item.entry() for item in names.used()))


class _Names:
    """Every name that some entry creates."""

    def __init__(self, files: Sequence[LoadedFile]) -> None:
        self._bus = _Merged(SYSTEM_BUS, path=files[-1].source.path)
        self._created: dict[_Key, _Merged] = {}
        for number, file in enumerate(files):
            for entry in file.text.entries:
                if entry.type is not None:
                    self._create(number, file, entry)

    def _create(self, number: int, file: LoadedFile, entry: EntryText) -> None:
        name = file.prefix + entry.name
        earlier = self.find(number, name)
        if earlier is not None:
            where = f" at {earlier.path}:{earlier.line}" if earlier.line else " as a builtin"
            raise file.source.error(
                Code.ALREADY_DECLARED,
                f"Variable '{entry.name}' was already declared{where}.",
                entry.offset,
            )
        line = file.source.text.count("\n", 0, entry.offset) + 1
        key = (number if entry.is_local else -1, name)
        self._created[key] = _Merged(name, entry.type or "", file.source.path, line)

    def like(self, number: int, name: str) -> str:
        """A hint: what has such a name, but for the number at its end (``i2c9``: i2c1, i2c2)."""
        stem = name.rstrip("0123456789")
        near = [one for owner, one in self._created if owner in (-1, number)
                and one.rstrip("0123456789") == stem]  # fmt: skip
        return f"There are: {', '.join(sorted(near))}." if near else ""

    def find(self, number: int, name: str) -> _Merged | None:
        """What ``name`` means in file ``number``."""
        if name == SYSTEM_BUS:
            return self._bus
        return self._created.get((number, name)) or self._created.get((-1, name))

    def used(self) -> list[_Merged]:
        """All of them; the bus where the text says something of it."""
        bus = self._bus
        said = bus.line or bus.attributes or bus.wires or bus.sections
        return [*self._created.values(), *([bus] if said else [])]


class _Update:
    """One entry of the text, applied to what it creates or updates."""

    def __init__(self, names: _Names, number: int, file: LoadedFile, entry: EntryText) -> None:
        self._names = names
        self._number = number
        self._file = file
        self._entry = entry

    def apply(self) -> None:
        entry = self._entry
        if entry.type is None and entry.registrations is None and not entry.attributes:
            raise self._error(Code.EMPTY_ENTRY, "Entry cannot be empty.", entry.offset)
        target = self._names.find(self._number, self._named(entry.name))
        if target is None:
            raise self._error(
                Code.NEVER_DECLARED,
                f"Variable '{entry.name}' is never declared - type is unknown.",
                entry.offset,
            )
        self._register(target)
        used: set[object] = set()
        for attribute in entry.attributes:
            if isinstance(attribute, Member):
                self._member(target, attribute, used)
            elif isinstance(attribute, Section):
                self._section(target, attribute, used)
            else:
                self._interrupt(target, attribute, used)

    def _named(self, name: str) -> str:
        return name if name == SYSTEM_BUS else self._file.prefix + name

    def _register(self, target: _Merged) -> None:
        entry = self._entry
        if entry.alias is not None:
            if entry.registrations is None:
                code, what = Code.ALIAS_WITHOUT_REGISTRATION, "without registration"
            else:
                code, what = Code.ALIAS_WITH_NONE, "with none registration"
            if not entry.registrations:
                raise self._error(code, f"Entry has an alias {what}.", entry.offset)
        if entry.registrations is not None:
            target.alias = entry.alias
            target.registrations = tuple(self._registration(r) for r in entry.registrations)

    def _registration(self, text: RegistrationText) -> Registration:
        name = self._named(text.parent)
        if self._names.find(self._number, name) is None:
            error = self._error(
                Code.MISSING_REFERENCE, f"Undefined register '{text.parent}'.", text.offset
            )
            error.hint = self._names.like(self._number, name)
            raise error
        point = self._checked(text.point, text.offset)
        if isinstance(point, bool):
            pass
        elif isinstance(point, int):
            return Registration(name, point, point=point)
        elif isinstance(point, Range):
            return Registration(name, point.start, point.size, point=point)
        elif isinstance(point, NewObject):
            return _from_object(name, point)
        return Registration(name, point=point)

    def _member(self, target: _Merged, member: Member, used: set[object]) -> None:
        if member.name in used:
            raise self._error(
                Code.NAME_USED_TWICE, f"'{member.name}' is set more than once.", member.offset
            )
        if target.name == SYSTEM_BUS and member.is_parameter:
            raise self._error(
                Code.CONSTRUCTOR_IN_UPDATE,
                "Constructor attribute within entry for variable that is not created.",
                member.offset,
            )
        used.add(member.name)
        target.attributes[member.name] = self._checked(member.value, member.offset)

    def _section(self, target: _Merged, section: Section, used: set[object]) -> None:
        kind = section.kind
        if (kind, "section") in used:
            raise self._error(
                _TWICE[kind], f"Entry can contain only one {kind} attribute.", section.offset
            )
        used.add((kind, "section"))
        earlier = target.sections.get(kind, ()) if section.add else ()
        target.sections[kind] = earlier + section.statements

    def _interrupt(self, target: _Merged, interrupt: Interrupt, used: set[object]) -> None:
        sources = self._sources(interrupt)
        for source in sources:
            if ("source", source) in used:
                raise self._error(
                    Code.IRQ_SOURCE_USED_TWICE,
                    f"Interrupt source {'default' if source is None else source} is used more "
                    "than once in this entry.",
                    interrupt.offset,
                )
            used.add(("source", source))
            target.wires[source] = ()
        for wire in interrupt.wires:
            self._connect(target, sources, wire, interrupt.offset)

    def _connect(
        self, target: _Merged, sources: Sequence[int | str | None], wire: Wire, offset: int
    ) -> None:
        name = self._named(wire.target)
        if self._names.find(self._number, name) is None:
            raise self._error(
                Code.IRQ_DESTINATION_UNKNOWN,
                f"Irq destination '{wire.target}' does not exist.",
                wire.offset,
            )
        count = sum(pins.count for pins in wire.pins)
        if count != len(sources):
            raise self._error(
                Code.WRONG_IRQ_ARITY,
                f"Irq arity does not match: {len(sources)} on the left, {count} on the right.",
                offset,
            )
        lines = (line for pins in wire.pins for line in pins.lines)
        for source, line in zip(sources, lines, strict=True):
            target.wires[source] += (InterruptLine(source, name, line, wire.local_index),)

    def _sources(self, interrupt: Interrupt) -> list[int | str | None]:
        if not interrupt.sources:
            return [None]
        count = sum(s.count if isinstance(s, Pins) else 1 for s in interrupt.sources)
        if count > MAX_LINES:
            raise self._error(Code.WRONG_IRQ_ARITY, f"{count:,} lines at once.", interrupt.offset)
        sources: list[int | str | None] = []
        for source in interrupt.sources:
            sources += source.lines if isinstance(source, Pins) else [source]
        return sources

    def _checked(self, value: Value, offset: int) -> Value:
        """The value, its references known and with the file's prefix."""
        if isinstance(value, Reference):
            name = self._named(value.name)
            if self._names.find(self._number, name) is None:
                raise self._error(
                    Code.MISSING_REFERENCE, f"Undefined reference '{value.name}'.", value.offset
                )
            return Reference(name, value.offset)
        if isinstance(value, tuple):
            return tuple(self._checked(item, offset) for item in value)
        if isinstance(value, NewObject):
            content = tuple(
                Member(item.name, self._checked(item.value, item.offset), item.offset)
                if isinstance(item, Member)
                else item
                for item in value.content
            )
            return NewObject(value.type, content)
        return value

    def _error(self, code: Code, what: str, offset: int) -> RpelError:
        return self._file.source.error(code, what, offset)


def _from_object(parent: str, point: NewObject) -> Registration:
    """A point written as an object, such as ``new Bus.BusMultiRegistration { ... }``."""
    values = point.attributes
    address, size, region = values.get("address"), values.get("size"), values.get("region")
    return Registration(
        parent,
        address if isinstance(address, int) else None,
        size if isinstance(size, int) else None,
        region if isinstance(region, str) else None,
        point,
    )
