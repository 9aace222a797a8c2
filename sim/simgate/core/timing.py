"""What the cycle model must know of a chip, and how a core is told.

The model itself is in ``native/timing*.c``: the pipeline of the Cortex-M4 by its Technical
Reference Manual (DDI 0439: cycles of each instruction, loads that overlap, refill of branches,
late addresses, divisions by their operands, floating point), that of the Cortex-M7 as compilers
schedule for it (two instructions a cycle in order, pairing rules, load-use, predicted branches),
Flash with the wait states that the firmware wrote to FLASH_ACR, ST's accelerator, the M7's caches
where CCR switched them on, tightly coupled memories, exception entry and return.

    timing = read_timing(Path("platforms/estimate/stm32f407.toml"))
    timing.begin(core)
    core.run(1_000_000)
    core.cycles         # by the model, before the fitted factor
    core.cycle_stalls   # of these: waits for code, for data, refills

Instructions, registers, memory and virtual time are the same with and without it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simgate.errors import BoardError

if TYPE_CHECKING:
    from simgate.core.cortex import Core

CORES = ("cortex-m4", "cortex-m7")
KINDS = ("tight", "system", "cached", "accelerated", "flash")
"""Tightly coupled, SRAM on the system bus, SRAM behind AXI, Flash behind ST's accelerator, Flash
behind AXI: in the order of enum bus_kind."""
_FACTOR_ONE = 1 << 16


@dataclass(frozen=True, slots=True)
class TimedMemory:
    """A range of addresses and how quickly it answers."""

    name: str
    base: int
    size: int
    kind: str  # of KINDS


@dataclass(frozen=True, slots=True)
class FlashRegister:
    """FLASH_ACR: its address, its value after a reset, and masks (0: the chip has no such bit)."""

    address: int
    reset: int
    latency: int
    prefetch: int
    code_cache: int
    data_cache: int


@dataclass(frozen=True, slots=True)
class ChipTiming:
    """One chip's numbers. Cycles are the processor's.

    Attributes:
        core: "cortex-m4" or "cortex-m7".
        sources: manual and sections.
        flash_line_bytes: how much the array reads at a time.
        code_lines, data_lines: of the accelerator's caches, in lines of the array; of a Cortex-M7's
            own caches, in lines of 32 bytes.
        bus_clocks: processor clocks in one of the Flash's bus.
        bus_latency: cycles to a memory behind AXI and back, its own time apart.
        device_cycles: that an access to a peripheral waits.
    """

    core: str
    sources: str
    acr: FlashRegister
    memories: tuple[TimedMemory, ...]
    flash_line_bytes: int
    code_lines: int
    data_lines: int
    bus_clocks: int = 1
    bus_latency: int = 0
    device_cycles: int = 0

    def begin(self, core: Core, *, factor: float = 1.0, counts: bool = False) -> None:
        """Switch the model on; cycles begin at 0.

        Args:
            core: that is not running.
            factor: the fitted number, for CYCCNT.
            counts: CYCCNT counts the model's cycles instead of instructions.

        Raises:
            ValueError: a number is out of its range.
        """
        acr = self.acr
        core.time_cycles(
            pipeline=CORES.index(self.core),
            regions=[(m.base, m.size, KINDS.index(m.kind)) for m in self.memories],
            acr=acr.address,
            acr_reset=acr.reset,
            latency_mask=acr.latency,
            prefetch_mask=acr.prefetch,
            icache_mask=acr.code_cache,
            dcache_mask=acr.data_cache,
            line_bytes=self.flash_line_bytes,
            icache_lines=self.code_lines,
            dcache_lines=self.data_lines,
            bus_clocks=self.bus_clocks,
            bus_latency=self.bus_latency,
            device_cycles=self.device_cycles,
            factor=round(factor * _FACTOR_ONE),
            counts=counts,
        )


def read_chip_file(path: Path) -> Mapping[str, Any]:
    """The tables of a chip's file: ``timing``, and ``current`` where it has one.

    Raises:
        BoardError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BoardError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BoardError(f"{path} is no TOML: {error}") from None


def read_timing(path: Path) -> ChipTiming:
    """The ``[timing]`` of a chip's file.

    Raises:
        BoardError: it cannot be read, or lacks something.
    """
    table = read_chip_file(path).get("timing")
    if not isinstance(table, Mapping):
        raise BoardError(f"{path} has no table [timing]")
    try:
        plain = {key: value for key, value in table.items() if key not in ("acr", "memories")}
        timing = ChipTiming(
            acr=FlashRegister(**table["acr"]),
            memories=tuple(
                TimedMemory(name=name, **area) for name, area in table["memories"].items()
            ),
            **plain,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BoardError(f"{path}: [timing] lacks something or has too much: {error}") from None
    if timing.core not in CORES or any(m.kind not in KINDS for m in timing.memories):
        raise BoardError(
            f"{path}: [timing] names a core or a kind of memory that is unknown",
            hint=f"Cores: {', '.join(CORES)}. Kinds: {', '.join(KINDS)}.",
        )
    return timing
