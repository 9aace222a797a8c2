"""What is at an address: code, a variable, a stack, a register window, or nothing at all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from simgate.board import Board
from simgate.debug.program import Program
from simgate.image import Section, Symbol
from simgate.peripheral.base import Peripheral
from simgate.peripheral.registry import find_model
from simgate.platform.facts import BIT_BANDING, BUS, MEMORIES, Tag, bit_bands, tags
from simgate.result import SourceLocation
from simgate.units import format_size

_NEAR = 1 << 16  # bytes; farther off, nobody has miscounted an array
_WINDOW = 0x400  # of a peripheral that says no size
_SYSTEM_SPACE = (0xE0000000, 0xE0100000)  # Private Peripheral Bus, DDI 0403E.e, B3.1
_PERIPHERAL_SPACE = ((0x40000000, 0x60000000), (0xA0000000, 0xE0000000))


class PlaceKind(StrEnum):
    """What kind of thing is at an address."""

    CODE = "code"
    DATA = "data"
    STACK = "stack"
    MEMORY = "memory"  # of the board, where the image has put nothing
    PERIPHERAL = "peripheral"
    NOT_MODELLED = "peripheral not modelled"
    SYSTEM = "system space"
    NOTHING = "in no memory"


@dataclass(frozen=True, slots=True)
class Place:
    """One address and what is there."""

    address: int
    kind: PlaceKind
    text: str  # for people, without the address: "buffer+0x1 in .bss"
    name: str | None = None  # of the symbol, peripheral or stack
    offset: int | None = None  # bytes from the start of what is named
    section: str | None = None
    location: SourceLocation | None = None  # of code


@dataclass(frozen=True, slots=True)
class StackArea:
    """Memory that is a stack."""

    name: str  # "main stack"
    limit: int  # lowest address that belongs to it
    top: int  # first address above it


@dataclass(frozen=True, slots=True)
class _Window:
    name: str
    base: int
    size: int

    def holds(self, address: int) -> bool:
        return self.base <= address < self.base + self.size


class Places:
    """Looks up addresses of one program on one board."""

    def __init__(self, program: Program, board: Board, stacks: Sequence[StackArea] = ()) -> None:
        self._program = program
        self._image = program.image
        self.stacks = tuple(stacks)
        self.areas = board.memories
        self._windows = _windows(board)
        self._bands = bit_bands(board.description)
        self._tags: tuple[Tag, ...] = tags(board.description)
        self._objects = sorted(
            (s for s in self._image.symbols if s.kind == "object" and s.size and s.section),
            key=lambda symbol: symbol.address,
        )

    def at(self, address: int) -> Place:
        """What is at `address`."""
        home = self._program.home(address)
        if self._program.is_code(address) and self._in_memory(address):
            return self._code(address)
        stack = next((s for s in self.stacks if s.limit <= address < s.top), None)
        if stack is not None:
            below = stack.top - address
            text = f"{stack.name}, {format_size(below)} below its top"
            return Place(address, PlaceKind.STACK, text, stack.name, address - stack.limit)
        if self._in_memory(address):
            return self._data(address, home)
        for window in self._windows:
            if window.holds(address):
                offset = address - window.base
                text = f"{_named(window.name, offset)}, a register of a peripheral"
                return Place(address, PlaceKind.PERIPHERAL, text, window.name, offset)
        for band in self._bands:
            if band.base <= address < band.base + band.size:
                bit, word = (address - band.base) // 4, band.target
                text = f"bit-band alias of bit {bit % 8} of 0x{word + bit // 8:08x}"
                return Place(address, PlaceKind.PERIPHERAL, text, "bit-band")
        for tag in self._tags:
            if tag.base <= address < tag.base + tag.size:
                offset = address - tag.base
                text = f"peripheral not modelled: {_named(tag.name, offset)}"
                return Place(address, PlaceKind.NOT_MODELLED, text, tag.name, offset)
        if _SYSTEM_SPACE[0] <= address < _SYSTEM_SPACE[1]:
            return Place(address, PlaceKind.SYSTEM, "the processor's own registers")
        return self._nothing(address)

    def stack_above(self, sp: int) -> StackArea | None:
        """The stack that an SP below its limit has left: the next one above it."""
        above = [stack for stack in self.stacks if sp < stack.limit]
        return min(above, key=lambda stack: stack.limit, default=None)

    def _in_memory(self, address: int) -> bool:
        return any(area.base <= address < area.base + area.size for area in self.areas)

    def _code(self, address: int) -> Place:
        where = self._program.where(address)
        section = self._section(self._program.home(address))
        text = _code_text(where)
        name = None if section is None else section.name
        if self._program.home(address) != address:
            text += f" (seen through the alias of 0x{self._program.home(address):08x})"
        return Place(address, PlaceKind.CODE, text, where.function, where.offset, name, where)

    def _data(self, address: int, home: int) -> Place:
        section = self._section(home)
        symbol = self._object(home)
        alias = "" if home == address else f", through the alias of 0x{home:08x}"
        if symbol is not None:
            offset = home - symbol.address
            text = f"{_named(symbol.name, offset)} in {symbol.section}{alias}"
            return Place(address, PlaceKind.DATA, text, symbol.name, offset, symbol.section)
        area = next(a for a in self.areas if a.base <= address < a.base + a.size)
        if section is not None:
            text = f"{section.name}+0x{home - section.address:x}, no symbol{alias}"
            return Place(address, PlaceKind.DATA, text, section=section.name)
        text = f"{area.name}+0x{address - area.base:x}, where the image has put nothing{alias}"
        return Place(address, PlaceKind.MEMORY, text, area.name, address - area.base)

    def _section(self, address: int) -> Section | None:
        for section in self._image.sections:
            if section.allocated and section.address <= address < section.end:
                return section
        return None

    def _object(self, address: int) -> Symbol | None:
        index = bisect_right(self._objects, address, key=lambda symbol: symbol.address) - 1
        for symbol in self._objects[max(index - 3, 0) : index + 1][::-1]:
            if symbol.address <= address < symbol.end:
                return symbol
        return None

    def _nothing(self, address: int) -> Place:
        what = "in no memory of the board"
        if any(low <= address < high for low, high in _PERIPHERAL_SPACE):
            what = "in no memory of the board, and no peripheral is known there"
        everything = [
            *(_Window(area.name, area.base, area.size) for area in self.areas),
            *self._windows,
        ]
        near = min(everything, key=lambda window: _distance(window, address), default=None)
        if near is not None and 0 < _distance(near, address) <= _NEAR:
            what += f"; {_beside(near, address)}"
        return Place(address, PlaceKind.NOTHING, what)


def _beside(near: _Window, address: int) -> str:
    """An address outside it."""
    if address < near.base:
        return f"{format_size(near.base - address)} before {near.name}"
    gap = address - (near.base + near.size)
    return (
        f"{format_size(gap)} behind the end of {near.name}"
        if gap
        else (f"right behind the end of {near.name}")
    )


def _named(name: str, offset: int) -> str:
    return f"{name}+0x{offset:x}" if offset else name


def _distance(window: _Window, address: int) -> int:
    """Bytes between them; 1 for the first address behind the end."""
    if address < window.base:
        return window.base - address
    return max(0, address - (window.base + window.size) + 1)


def _code_text(where: SourceLocation) -> str:
    text = where.function or "code without a symbol"
    if where.function is not None and where.offset:
        text += f"+0x{where.offset:x}"
    if where.file is not None:
        text += f" ({where.file}:{where.line})"
    return text


def _windows(board: Board) -> tuple[_Window, ...]:
    """Register windows of what is on the bus, the smallest first: it is the most telling."""
    found = []
    for entry in board.description.entries:
        if entry.type in (*MEMORIES, BIT_BANDING) or not entry.type:
            continue
        model = find_model(entry.type)
        default = _WINDOW
        if model is not None and issubclass(model, Peripheral):
            default = model.WINDOW
        for registration in entry.registrations:
            if registration.parent == BUS and registration.address is not None:
                size = registration.size or default
                found.append(_Window(entry.name, registration.address, size))
    return tuple(sorted(found, key=lambda window: window.size))
