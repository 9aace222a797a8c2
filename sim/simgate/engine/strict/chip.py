"""A chip built from a platform description: a core, memories, and the models wired to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from simgate.engine.strict.bus import Bus
from simgate.engine.strict.clock import Clock
from simgate.engine.strict.flash_area import FlashArea
from simgate.engine.strict.host import StrictHost
from simgate.errors import EngineError, PlatformError
from simgate.peripheral.base import Peripheral
from simgate.peripheral.model import AttachError, Model
from simgate.peripheral.registry import find_model, known_models
from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.wire import Sink
from simgate.platform import Entry, InterruptLine, PlatformDescription, Registration
from simgate.platform.facts import BUS, MemoryArea, Tag, bit_bands, memories, presets, tags

if TYPE_CHECKING:
    from simgate.core import Core

# what these describe is configuration of the core, not a model
_NVIC = "IRQControllers.NVIC"
_CPU = "CPU.CortexM"
_CONFIGURATION = frozenset(
    {
        "",
        _NVIC,
        _CPU,
        "Miscellaneous.DWT",
        "Miscellaneous.BitBanding",
        "Memory.MappedMemory",
        "Memory.ArrayMemory",
    }
)
_PRIVATE = (0xE000_0000, 0xE004_0000)  # the processor's own registers, Armv7-M B3.1
_INTERRUPTS = 240  # of a Cortex-M4 or M7 at most


class Region(NamedTuple):
    """Addresses that have something behind them, for messages."""

    base: int
    size: int
    name: str

    def distance(self, address: int) -> int:
        """Bytes between the address and the region; 0 inside."""
        if address < self.base:
            return self.base - address
        return max(0, address - (self.base + self.size - 1))


class Chip:
    """The parts by name, and who lives where.

    Raises:
        PlatformError: the description names what this engine does not model, or wires it wrongly.
    """

    def __init__(self, description: PlatformDescription, core: Core, clock: Clock) -> None:
        self.description = description
        self.core = core
        self.areas: tuple[MemoryArea, ...] = memories(description)
        self.tags: tuple[Tag, ...] = tags(description)
        self.models: dict[str, Model] = {}
        self._bus = Bus(core, self.areas, self.tags)
        self._flashes: dict[str, FlashArea] = {}
        self.host = StrictHost(clock, self._bus, self.models, self._flashes)
        self.regions: list[Region] = []
        self._views: dict[int, memoryview] = {}
        self._entries = {entry.name: entry for entry in description.entries}
        self._map_memories()
        for band in bit_bands(description):
            core.map_bitband(band.base, band.size, band.target)
        for entry in description.entries:
            if entry.type not in _CONFIGURATION:
                self._add(entry)
        self._attach()
        self._wire()

    def reset(self) -> None:
        """Every model to its state after power-on."""
        for model in self.models.values():
            model.reset()

    def system_reset(self, cause: ResetCause) -> None:
        """Every model to its state after a reset with the power on; memories keep theirs."""
        for model in self.models.values():
            model.system_reset(cause)

    def find_memory(self, address: int, size: int) -> tuple[memoryview, ...] | None:
        """The bytes of a range, piece by piece: memories that adjoin (DTCM and SRAM1) are one.

        None where a part of it is no memory.
        """
        pieces = []
        while True:
            area = self.area_at(address)
            if area is None:
                return None
            view = self._views[area.base if area.alias_of is None else area.alias_of]
            start = address - area.base
            piece = view[start : start + size]
            pieces.append(piece)
            size -= len(piece)
            if not size:
                return tuple(pieces)
            address += len(piece)

    def area_at(self, address: int) -> MemoryArea | None:
        """The memory at an address."""
        return next((a for a in self.areas if a.base <= address < a.base + a.size), None)

    def fill_memory(self, address: int, data: bytes) -> bool:
        """Put bytes into memory, Flash included; False where a part of the range is none."""
        pieces = self.find_memory(address, len(data))
        if pieces is None:
            return False
        start = 0
        for piece in pieces:
            piece[:] = data[start : start + len(piece)]
            start += len(piece)
        return True

    def region_at(self, address: int) -> Region | None:
        """What lies at the address."""
        return next((region for region in self.regions if region.distance(address) == 0), None)

    def tag_at(self, address: int) -> Tag | None:
        """What the chip has at the address, where no model answers."""
        return next((tag for tag in self.tags if 0 <= address - tag.base < tag.size), None)

    def nearest_region(self, address: int) -> Region | None:
        """What lies closest to an address at which nothing lies."""
        return min(self.regions, key=lambda region: region.distance(address), default=None)

    def _map_memories(self) -> None:
        for area in self.areas:
            self.regions.append(Region(area.base, area.size, area.name))
            if area.alias_of is not None:
                self.core.map_alias(area.base, area.size, area.alias_of)
                continue
            view = self.core.map_memory(area.base, area.size, not area.is_flash)
            if area.is_flash:
                view[:] = b"\xff" * area.size  # as erased
                self._flashes[area.name] = FlashArea(self.core, area)
            self._views[area.base] = view
        for preset in presets(self.description):
            if not self.fill_memory(preset.address, preset.data):
                raise PlatformError(
                    f"{self.description.path}: no memory at 0x{preset.address:08x} for what the "
                    "bus's init writes there"
                )

    def _add(self, entry: Entry) -> None:
        kind = find_model(entry.type)
        if kind is None:
            error = entry.error(f"the strict engine has no model of {entry.type}")
            error.hint = _nearest_models(entry.type)
            raise error
        unknown = sorted(set(entry.attributes) - kind.ATTRIBUTES)
        if unknown:
            raise entry.error(f"{entry.type} has no attribute '{unknown[0]}' here")
        try:
            model = kind(entry.name, entry.attributes, self.host)
        except EngineError as error:
            raise entry.error(error.message) from error
        self.models[entry.name] = model
        for registration in entry.registrations:
            if registration.parent == BUS and registration.address is not None:
                self._map(entry, model, registration, registration.address)

    def _map(self, entry: Entry, model: Model, registration: Registration, address: int) -> None:
        """Put a window of registers on the system bus."""
        if not isinstance(model, Peripheral):
            raise entry.error(f"{entry.type} has no registers that '{BUS}' could show")
        try:
            read, write = model.region(registration.region)
        except KeyError:
            raise entry.error(f"{entry.type} has no region '{registration.region}'") from None
        size = registration.size or model.WINDOW
        gate = self.host.gate_of(entry.name)
        offsets = model.mirrors(read)
        read, write = gate.guard(read, write)
        self._check_free(entry, address, size)
        try:
            self.core.map_device(address, size, read, write)
        except ValueError as error:
            raise entry.error(f"no window of registers at 0x{address:08x}: {error}") from error
        if offsets:
            values, known = self.core.mirror(address, size // 4)
            for offset in offsets:
                if offset < size:
                    known[offset >> 2] = 1
            model.show_mirror(gate.guard_mirror(known))
            model.mirror(values)
        self._bus.add_device(address, size, read, write)
        self.regions.append(Region(address, size, entry.name))

    def _check_free(self, entry: Entry, address: int, size: int) -> None:
        """Raises a PlatformError where something else lies in a window."""
        for other in self.regions:
            if address < other.base + other.size and other.base < address + size:
                raise entry.error(
                    f"its window, 0x{address:08x} to 0x{address + size - 1:08x}, overlaps "
                    f"'{other.name}', 0x{other.base:08x} to 0x{other.base + other.size - 1:08x}"
                )
        if address < _PRIVATE[1] and _PRIVATE[0] < address + size:
            raise entry.error(
                f"its window, 0x{address:08x} to 0x{address + size - 1:08x}, lies in the "
                f"processor's own registers, 0x{_PRIVATE[0]:08x} to 0x{_PRIVATE[1] - 1:08x}"
            )

    def _attach(self) -> None:
        """Put sensors and the like on their buses, channels and pins."""
        for entry in self.description.entries:
            device = self.models.get(entry.name)
            if device is None:
                continue
            for registration in entry.registrations:
                if registration.parent == BUS:
                    continue
                parent = self.models.get(registration.parent)
                if parent is None:
                    error = entry.error(
                        f"this board has no '{registration.parent}' to attach it to"
                    )
                    error.hint = f"It has: {', '.join(sorted(self.models))}."
                    raise error
                try:
                    parent.attach(registration.address, device)
                except AttachError as error:
                    where = f"{registration.parent}: " if registration.parent else ""
                    raise entry.error(f"{where}{error.message}") from error

    def _wire(self) -> None:
        irq_sinks: dict[int, Callable[[], Sink]] = {}
        for entry in self.description.entries:
            source = self.models.get(entry.name)
            if source is None:
                continue
            for line in entry.interrupts:
                try:
                    wire = source.output(line.source)
                except KeyError:
                    shown = "default output" if line.source is None else f"output {line.source}"
                    raise entry.error(f"{entry.type} has no {shown}") from None
                wire.sinks.append(self._sink(entry, line, irq_sinks))

    def _sink(
        self, entry: Entry, wired: InterruptLine, irq_sinks: dict[int, Callable[[], Sink]]
    ) -> Sink:
        target, line, index = wired.target, wired.target_line, wired.target_index
        other = self._entries.get(target)
        if other is None:
            raise entry.error(f"its interrupt goes to '{target}', which is not described")
        if other.type == _NVIC:
            if line >= _INTERRUPTS:
                raise entry.error(f"'{target}' has no input {line}: it has 0 to {_INTERRUPTS - 1}")
            if line not in irq_sinks:
                irq_sinks[line] = _shared(self.core, line)
            return irq_sinks[line]()
        if other.type == _CPU:
            return lambda level: None
        model = self.models.get(target)
        if model is None:
            raise entry.error(f"'{target}' takes no interrupts")
        try:
            return model.input(line) if index is None else model.local_input(index, line)
        except KeyError:
            receiver = target if index is None else f"{target}#{index}"
            raise entry.error(f"'{receiver}' has no input {line}") from None


def _shared(core: Core, number: int) -> Callable[[], Sink]:
    """Makes sinks that share one interrupt of the NVIC: it is high while any of them is."""
    high: set[int] = set()
    set_irq = core.set_irq
    made = 0

    def make() -> Sink:
        nonlocal made
        made += 1
        own = made

        def change(level: bool) -> None:
            (high.add if level else high.discard)(own)
            set_irq(number, bool(high))

        return change

    return make


def _nearest_models(type_name: str) -> str:
    """A hint: models with similar names, first those that end alike."""
    import difflib

    known = known_models()
    last = type_name.rpartition(".")[2]
    near = difflib.get_close_matches(type_name, known, n=3, cutoff=0.5)
    near += [name for name in known if name.endswith(f".{last}") and name not in near]
    if near:
        return f"The nearest that it has: {', '.join(near)}."
    return f"It has {len(known)}, none with a name like this."
