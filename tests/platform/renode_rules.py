"""What Renode would say to a platform description, judged by renode_classes.toml.

Only what makes loading fail, or leaves a wire without effect: types, constructors, properties,
where a thing can be attached, ranges, wires, and the Monitor statements of ``init``.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from simgate.platform import (
    Entry,
    EnumName,
    InterruptLine,
    NewObject,
    PlatformDescription,
    Reference,
    Registration,
    Value,
)

BUS = "sysbus"
_WIDTHS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64, "i32": 32, "i64": 64}
_NUMBER = r"(?:0x[0-9A-Fa-f]+|\d+)"
_TAG = re.compile(rf'Tag\s+<\s*({_NUMBER})(\s*,\s*|\s+)({_NUMBER})\s*>\s+"[^"]*"(?:\s+{_NUMBER})?$')
_WRITE = re.compile(rf"Write(Byte|Word|DoubleWord)\s+({_NUMBER})\s+({_NUMBER})$")
_BYTES = {"Byte": 1, "Word": 2, "DoubleWord": 4}
_PYTHON_3 = (
    ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Nonlocal, ast.AsyncFunctionDef, ast.Await,
    ast.Match, ast.YieldFrom,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Class:
    """One class of Renode's."""

    kinds: frozenset[str] = frozenset()
    required: dict[str, str] = field(default_factory=dict)
    optional: dict[str, str] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    size: int | str | None = None
    regions: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    default: str | None = None
    outputs: int | str = 0
    inputs: list[int] | str | None = None
    local: int = 0
    local_inputs: list[int] | None = None
    holds: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """The table."""

    classes: dict[str, Class]
    absent: frozenset[str]
    page: int
    scripts: frozenset[str]
    cpu_types: frozenset[str]


def read_facts(path: Path) -> Facts:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    classes = {}
    for name, row in table["class"].items():
        said = {"kinds" if key == "is" else key: value for key, value in row.items()}
        for key in ("regions", "named", "one_of"):
            said[key] = tuple(said.get(key, ()))
        classes[name] = Class(**{**said, "kinds": frozenset(said["kinds"])})
    return Facts(
        classes,
        frozenset(table["absent"]),
        table["page"],
        frozenset(table["scripts"]),
        frozenset(table["cpu_types"]),
    )


def complaints(platform: PlatformDescription, facts: Facts) -> list[str]:
    """Each thing that Renode would refuse, as ``line N: name: what``."""
    return [str(item) for item in _Check(platform, facts).run()]


def bus_ranges(platform: PlatformDescription, facts: Facts) -> list[tuple[int, int]]:
    """Where something answers on the system bus: first address and the one behind the last."""
    check = _Check(platform, facts)
    for _ in check.run():
        pass
    return [(start, end) for start, end, _ in check._ranges]


def _counted(said: int | str, entry: Entry) -> int | None:
    """A number, or that of the parameter which ``parameter NAME [FALLBACK]`` names."""
    if isinstance(said, int):
        return said
    _, name, *fallback = said.split()
    value = entry.attributes.get(name, int(fallback[0]) if fallback else None)
    return value if isinstance(value, int) else None


class _Check:
    def __init__(self, platform: PlatformDescription, facts: Facts) -> None:
        self._platform = platform
        self._facts = facts
        self._ranges: list[tuple[int, int, str]] = []
        self._taken: dict[tuple[str, int | None], str] = {}

    def run(self) -> Iterator[str]:
        for entry in self._platform.entries:
            for what in self._entry(entry):
                yield f"{entry.path.name}:{entry.line}: {entry.name}: {what}"
        yield from self._overlaps()
        bus = self._platform.find(BUS)
        if bus is not None:
            for what in self._bus_statements(bus.init):
                yield f"{BUS}: {what}"

    def _entry(self, entry: Entry) -> Iterator[str]:
        if entry.name == BUS:
            return
        kind = self._facts.classes.get(entry.type)
        if kind is None:
            yield f"Renode has no class {entry.type} that the table knows"
            return
        yield from self._members(entry, kind)
        for registration in entry.registrations:
            yield from self._registration(entry, kind, registration)
        for line in entry.interrupts:
            yield from self._interrupt(entry, kind, line)
        for statement in entry.init:
            yield from self._statement(kind, statement)
        if entry.preinit or entry.reset:
            yield "preinit and reset sections are not checked here"

    # members

    def _members(self, entry: Entry, kind: Class) -> Iterator[str]:
        parameters = kind.required | kind.optional
        for name in kind.required.keys() - entry.attributes.keys():
            yield f"no constructor without '{name}'"
        for name, value in entry.attributes.items():
            known = parameters if name[:1].islower() else kind.properties
            if name not in known:
                yield f"no {'parameter' if name[:1].islower() else 'settable property'} '{name}'"
            elif not self._takes(known[name], value):
                yield f"'{name}' cannot be {value!r}: it is {known[name]}"
        if kind.one_of and sum(name in entry.attributes for name in kind.one_of) != 1:
            yield f"exactly one of {', '.join(kind.one_of)} must be given"
        cpu_type = entry.attributes.get("cpuType")
        if cpu_type is not None and cpu_type not in self._facts.cpu_types:
            yield f"no processor {cpu_type!r}"
        if entry.type == "Python.PythonPeripheral":
            yield from self._python(entry)

    def _takes(self, kind: str, value: Value) -> bool:
        what, *rest = kind.split()
        if what == "bool":
            return isinstance(value, bool)
        if what == "string":
            return isinstance(value, str)
        if what in ("f64", "decimal"):
            return isinstance(value, int | float) and not isinstance(value, bool)
        if what == "list":
            return isinstance(value, tuple)
        if what == "enum":
            return (
                isinstance(value, EnumName)
                and value.path[-1] in rest[1:]
                and value.path[-2:-1] in ((rest[0].rstrip(":"),), ("",))
            )
        if what == "ref":
            return isinstance(value, Reference) and self._platform.entry(value.name).type in rest
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        bits = _WIDTHS[what]
        low, high = (0, 1 << bits) if what[0] == "u" else (-1 << (bits - 1), 1 << (bits - 1))
        return low <= value < high

    def _python(self, entry: Entry) -> Iterator[str]:
        filename, script = entry.attributes.get("filename"), entry.attributes.get("script")
        if filename is not None and filename not in self._facts.scripts:
            yield f"Renode brings no script {filename!r}"
        if isinstance(script, str):
            yield from script_complaints(script)

    # places

    def _registration(self, entry: Entry, kind: Class, at: Registration) -> Iterator[str]:
        if at.parent != BUS:
            yield from self._held(entry, kind, at)
            return
        if "cpu" in kind.kinds:
            if at.point is not None:
                yield "a processor is attached to the bus without an address"
            return
        if "bus" not in kind.kinds:
            yield "is nothing for the system bus"
            return
        if isinstance(at.point, NewObject):
            if at.point.type != "Bus.BusMultiRegistration":
                yield f"a point of type {at.point.type} is not checked here"
            elif at.region not in kind.regions or "memory" in kind.kinds:
                yield f"has no region {at.region!r}"
        if at.address is None:
            yield "needs an address on the system bus"
            return
        size = at.size
        if size is None:
            size = None if kind.size is None else _counted(kind.size, entry)
        if size is None:
            yield "has no size of its own: a range <address, +size> is needed"
            return
        self._ranges.append((at.address, at.address + size, entry.name))
        if "memory" in kind.kinds and (at.address % self._facts.page or size % self._facts.page):
            yield f"memory at {at.address:#x} of {size:#x} bytes is no whole number of pages"

    def _held(self, entry: Entry, kind: Class, at: Registration) -> Iterator[str]:
        parent = self._facts.classes.get(self._platform.entry(at.parent).type, Class())
        places = {place for what in kind.kinds for place in parent.holds.get(what, ())}
        place = "none" if at.point is None else "number"
        if place == "number" and at.address is None:
            yield f"the place {at.point!r} on {at.parent} is not checked here"
        elif place not in places:
            yield f"{at.parent} does not take it at {at.point if at.point is not None else 'none'}"
        if kind.kinds & {"i2c", "spi"}:
            other = self._taken.setdefault((at.parent, at.address), entry.name)
            if other != entry.name:
                yield f"its place on {at.parent} is {other}'s"

    def _overlaps(self) -> Iterator[str]:
        ordered = sorted(self._ranges)
        for (_, end, name), (start, _, other) in pairwise(ordered):
            if start < end:
                yield f"{name} and {other} overlap at {start:#x}"

    # wires

    def _interrupt(self, entry: Entry, kind: Class, line: InterruptLine) -> Iterator[str]:
        outputs = _counted(kind.outputs, entry) or 0
        if line.source is None:
            if kind.default is None and len(kind.named) != 1:
                yield f"'->' is ambiguous: it has {', '.join(kind.named) or 'no named output'}"
        elif isinstance(line.source, int):
            if line.source >= outputs:
                yield f"has no output {line.source}: it has {outputs}"
        elif line.source not in kind.named:
            yield f"has no output '{line.source}'"
        target = self._platform.entry(line.target)
        receiver = self._facts.classes.get(target.type, Class())
        if line.target_index is not None:
            if line.target_index >= receiver.local:
                yield f"{line.target} has no receiver #{line.target_index}"
                return
            span: list[int] | str | None = receiver.local_inputs
        elif "receiver" not in receiver.kinds:
            yield f"{line.target} receives no lines"
            return
        else:
            span = receiver.inputs
        if isinstance(span, str):
            span = [0, (_counted(span, target) or 0) - 1]
        if span is not None and not span[0] <= line.target_line <= span[1]:
            yield f"{line.target} has no input {line.target_line}: it has {span[0]} to {span[1]}"

    # Monitor statements

    def _statement(self, kind: Class, statement: str) -> Iterator[str]:
        name, _, value = statement.partition(" ")
        if name not in kind.properties:
            yield f"init: no property '{name}'"
            return
        try:
            parsed: Value = int(value, 0) if kind.properties[name][0] in "ui" else float(value)
        except ValueError:
            parsed = {"true": True, "false": False}.get(value, value)
        if not self._takes(kind.properties[name], parsed):
            yield f"init: {name} cannot be {value}"

    def _bus_statements(self, statements: tuple[str, ...]) -> Iterator[str]:
        tags: list[tuple[int, int]] = []
        for statement in statements:
            if tag := _TAG.fullmatch(statement):
                start, last = int(tag[1], 0), int(tag[3], 0)
                end = last + 1 if "," in tag[2] else start + last
                crossed = [(a, b) for a, b in tags if a < end and start < b]
                if len(crossed) > 1 or any(not (a <= start and end <= b) for a, b in crossed):
                    yield f"{statement}: lies across another tag"
                for a, b in crossed:  # Renode splits the outer one
                    tags.remove((a, b))
                    tags += [part for part in ((a, start), (end, b)) if part[0] < part[1]]
                tags.append((start, end))
            elif write := _WRITE.fullmatch(statement):
                address, size = int(write[2], 0), _BYTES[write[1]]
                if not any(a <= address and address + size <= b for a, b, _ in self._ranges):
                    yield f"{statement}: nothing there"
                if int(write[3], 0) >> 8 * size:
                    yield f"{statement}: does not fit"
            else:
                yield f"init: '{statement}' is no statement that is checked here"


def script_complaints(script: str) -> Iterator[str]:
    """Why Renode would not read or run a Python script within a description: IronPython 2.7."""
    outside = "".join(script.split('"')[::2])
    if script.count('"') % 2 or outside.count("{") != outside.count("}"):
        yield "script: Renode's lexer counts braces and quotes in it, and they do not match"
    if "\\" in script:
        yield "script: Renode's lexer takes no backslash in it"
    try:
        tree = ast.parse(script)
    except SyntaxError as error:
        yield f"script: {error.msg}, line {error.lineno}"
        return
    for node in ast.walk(tree):
        if isinstance(node, _PYTHON_3):
            yield f"script: {type(node).__name__} is no Python 2"
