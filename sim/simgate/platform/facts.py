"""What an engine must know of a platform: memories, clocks, bit-bands, remaining devices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from simgate.errors import PlatformError
from simgate.platform.description import Entry, PlatformDescription
from simgate.platform.syntax import Range, Reference

MAIN_STACK = "MAIN_STACK"
BUS = "sysbus"
MEMORIES = ("Memory.MappedMemory", "Memory.ArrayMemory")
PROCESSOR = "CPU.CortexM"
NVIC = "IRQControllers.NVIC"
DWT = "Miscellaneous.DWT"
BIT_BANDING = "Miscellaneous.BitBanding"
_FLASH = ((0x08000000, 0x10000000), (0x1FF00000, 0x20000000))
"""STM32: where main Flash and system memory lie, in every family."""
_DEFAULT_MIPS = 100.0  # Renode's, where PerformanceInMips is not set
_DEFAULT_PRIORITY_MASK = 0xFF  # Renode's NVIC
_MAX_INTERRUPTS = 240  # Armv7-M: DDI 0403, B1.5.2, less the 16 of the system
_DEFAULT_MPU_REGIONS = 8  # Renode's, and every STM32's but for the larger Cortex-M7
_MAX_MEMORY_BYTES = 256 << 20
_NUMBER = r"(0x[0-9A-Fa-f]+|\d+)"
_PRESET = re.compile(rf"Write(Byte|Word|DoubleWord)\s+{_NUMBER}\s+{_NUMBER}\s*$")
_WIDTHS = {"Byte": 1, "Word": 2, "DoubleWord": 4}
_TAG = re.compile(rf'Tag\s+<\s*{_NUMBER}\s*(,|\s)\s*\+?{_NUMBER}\s*>\s+"([^"]*)"')


@dataclass(frozen=True, slots=True)
class MemoryArea:
    """One range of the bus that is memory."""

    name: str
    base: int
    size: int  # bytes
    is_flash: bool  # firmware cannot simply store to it
    alias_of: int | None = None  # base of the same memory's first range


@dataclass(frozen=True, slots=True)
class BitBand:
    """A range of whose words each is one bit of the range that begins at ``target``."""

    base: int
    size: int  # bytes
    target: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A range of the bus where the chip has something that nobody models."""

    name: str  # "TIM7"
    base: int
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Preset:
    """Bytes that a memory holds from the beginning."""

    address: int
    data: bytes


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """The processor and the clocks of its own timers."""

    cpu_type: str  # "cortex-m4f"
    mips: float  # millions of instructions in a second of virtual time
    systick_hz: int
    dwt_hz: int | None  # None: CYCCNT does not count
    priority_mask: int  # implemented bits of an interrupt's priority
    mpu_regions: int  # 8 or 16
    interrupts: int  # lines of the NVIC that the chip has
    counts_cycles: bool = False  # CYCCNT counts the cycle model's cycles, not instructions


def memories(platform: PlatformDescription) -> tuple[MemoryArea, ...]:
    """One area for each range at which a memory lies, in the order of the text.

    A memory is Flash where a flash controller (MTD) names it, or where it lies in the STM32's
    ranges for Flash and system memory.

    Raises:
        PlatformError: a memory without a size, of more than 256 MiB, or overlapping another.
    """
    controlled = {
        value.name
        for entry in platform.entries
        if entry.type.startswith("MTD.")
        for value in entry.attributes.values()
        if isinstance(value, Reference)
    }
    areas: list[MemoryArea] = []
    described: dict[int, Entry] = {}  # by base
    for entry in platform.of_type(*MEMORIES):
        size = entry.integer("size")
        if not 0 < size <= _MAX_MEMORY_BYTES:
            raise entry.error(f"a memory of {size:,} bytes")
        first: int | None = None
        for registration in entry.registrations:
            base = registration.address
            if registration.parent == BUS and base is not None:
                home = base if first is None else first
                in_flash = any(start <= home < end for start, end in _FLASH)
                is_flash = entry.name in controlled or in_flash
                areas.append(MemoryArea(entry.name, base, size, is_flash, first))
                described[base] = entry
                first = home
    ordered = sorted(areas, key=lambda area: area.base)
    for low, high in pairwise(ordered):
        if low.base + low.size > high.base:
            raise described[high.base].error(
                f"it overlaps the memory '{low.name}' at 0x{high.base:08x}"
            )
    return tuple(areas)


def system(platform: PlatformDescription) -> SystemFacts:
    """The processor, its NVIC and DWT.

    Raises:
        PlatformError: there is no processor, or more than one, or it lacks something.
    """
    cpu = _only(platform, PROCESSOR)
    nvic = _only(platform, NVIC)
    cpu_type = cpu.attributes.get("cpuType")
    if not isinstance(cpu_type, str):
        raise cpu.error("cpuType is missing")
    mips = cpu.attributes.get("PerformanceInMips", _DEFAULT_MIPS)
    if isinstance(mips, bool) or not isinstance(mips, int | float) or not 0 < mips <= 1e6:
        raise cpu.error("PerformanceInMips must be a number of millions above 0")
    counters = platform.of_type(DWT)
    return SystemFacts(
        cpu_type=cpu_type,
        mips=float(mips),
        systick_hz=nvic.integer("systickFrequency"),
        dwt_hz=counters[0].integer("frequency") if counters else None,
        priority_mask=nvic.integer("priorityMask", _DEFAULT_PRIORITY_MASK),
        mpu_regions=_mpu_regions(cpu),
        interrupts=_interrupts(nvic),
        counts_cycles=any(_counts_cycles(entry) for entry in counters),
    )


def _interrupts(nvic: Entry) -> int:
    """``numberOfInterrupts``, which Renode's NVIC lacks: for descriptions of the strict engine."""
    lines = nvic.integer("numberOfInterrupts", _MAX_INTERRUPTS)
    if not 0 < lines <= _MAX_INTERRUPTS:
        raise nvic.error(f"numberOfInterrupts must be from 1 to {_MAX_INTERRUPTS}, not {lines}")
    return lines


def _counts_cycles(dwt: Entry) -> bool:
    """``countsCycles: true`` of a DWT: an attribute that only the strict engine knows."""
    value = dwt.attributes.get("countsCycles", False)
    if not isinstance(value, bool):
        raise dwt.error("countsCycles must be true or false")
    return value


def _mpu_regions(cpu: Entry) -> int:
    regions = cpu.integer("numberOfMPURegions", _DEFAULT_MPU_REGIONS)
    if regions not in (0, 8, 16):
        raise cpu.error(f"numberOfMPURegions must be 0, 8 or 16, not {regions}")
    return regions


def bit_bands(platform: PlatformDescription) -> tuple[BitBand, ...]:
    """The bit-band ranges, in the order of the text.

    Raises:
        PlatformError: one has no range or no target.
    """
    bands = []
    for entry in platform.of_type(BIT_BANDING):
        target = entry.integer("peripheralBase")
        for registration in entry.registrations:
            if not isinstance(registration.point, Range):
                raise entry.error("bit-banding is registered at a range: <address, +size>")
            bands.append(BitBand(registration.point.start, registration.point.size, target))
    return tuple(bands)


def tags(platform: PlatformDescription) -> tuple[Tag, ...]:
    """What the bus's ``init`` names by Renode's ``Tag <0x40001400 0x400> "TIM7"``.

    As in Renode's Monitor the range is a start and a size, or a start and an end (not included)
    with a comma between them. Other statements are of no concern here.

    Raises:
        PlatformError: a range ends before it begins.
    """
    found = []
    for entry in platform.entries:
        for statement in entry.init if entry.name == BUS else ():
            match = _TAG.match(statement)
            if match is None:
                continue
            start, second = (int(text, 16 if "x" in text else 10) for text in match.group(1, 3))
            size = second - start if match[2] == "," else second
            if size <= 0:
                raise entry.error(f"a tag without a size: {statement}")
            found.append(Tag(match[4], start, size))
    return tuple(found)


def presets(platform: PlatformDescription) -> tuple[Preset, ...]:
    """What the bus's ``init`` writes by Renode's ``WriteWord 0x1FFF7A2A 0x05DE`` and the like.

    Raises:
        PlatformError: a value has more bits than the access.
    """
    found = []
    for entry in platform.entries:
        for statement in entry.init if entry.name == BUS else ():
            match = _PRESET.match(statement)
            if match is None:
                continue
            width = _WIDTHS[match[1]]
            address, value = (int(text, 16 if "x" in text else 10) for text in match.group(2, 3))
            if value >> 8 * width:
                raise entry.error(f"a value of more than {width} bytes: {statement}")
            found.append(Preset(address, value.to_bytes(width, "little")))
    return tuple(found)


def main_stack_limit(platform: PlatformDescription) -> int | None:
    """Lowest address of the main stack, where the bus has a tag of the name ``MAIN_STACK``.

    For boards whose firmware does not say so itself. In Renode such a tag has no effect: there is
    memory.
    """
    return next((tag.base for tag in tags(platform) if tag.name == MAIN_STACK), None)


def _only(platform: PlatformDescription, kind: str) -> Entry:
    found = platform.of_type(kind)
    if len(found) != 1:
        what = "no" if not found else f"{len(found)} entries of type"
        raise PlatformError(f"{platform.path}: {what} {kind}", hint="A board here has exactly one.")
    return found[0]
