"""Counts of one call of a function, on a core with nothing around it but memories."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simgate.core import Clocks, Core, StopKind
from simgate.core.timing import read_timing
from simgate.errors import EngineError
from simgate.image import Image

_FOR_EVER = 1 << 62
_PAGE = 0x1000


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one call; cycles before the fitted factor."""

    instructions: int
    cycles: int
    waits_for_code: int
    waits_for_data: int
    refills: int

    def __str__(self) -> str:
        return (
            f"instructions = {self.instructions}\nmodelled_cycles = {self.cycles}\n"
            f"# waits for code {self.waits_for_code}, for data {self.waits_for_data}, "
            f"refills {self.refills}"
        )


def measure(elf: Path, chip: Path, function: str) -> Counts:
    """Runs an image to the second call of a function, and through it.

    Raises:
        SimgateError: the image or the chip's file cannot be read, or the call does not come.
    """
    image, timing = Image.read(elf), read_timing(chip)
    core = Core(
        "cortex-m7" if timing.core == "cortex-m7" else "cortex-m4f",
        Clocks.of_mips(100),
        initial_vtor=min(segment.physical_address for segment in image.segments) & ~0x7F,
    )
    for memory in timing.memories:
        if memory.name != "flash_at_0":
            core.map_memory(memory.base, memory.size, memory.kind not in ("accelerated", "flash"))
    held: dict[int, int] = {}
    core.map_device(
        timing.acr.address & ~(_PAGE - 1),
        _PAGE,
        lambda offset, _width: held.get(offset, 0),
        lambda offset, _width, value: held.__setitem__(offset, value),
    )
    for segment in image.segments:
        core.write(segment.physical_address, segment.data)
    core.reset()
    timing.begin(core)
    core.add_stop(image.symbol(function).address)
    for _ in range(2):
        _until_stop(core, function)
    before = (core.instructions, core.cycles or 0, core.cycle_stalls or (0, 0, 0))
    core.remove_stop(image.symbol(function).address)
    core.add_stop(core.read_register("lr") & ~1)
    _until_stop(core, function)
    stalls = core.cycle_stalls or (0, 0, 0)
    return Counts(
        core.instructions - before[0],
        (core.cycles or 0) - before[1],
        *(now - then for now, then in zip(stalls, before[2], strict=True)),
    )


def _until_stop(core: Core, function: str) -> None:
    stop = core.run(_FOR_EVER, wall_limit_s=120.0)
    if stop.kind is not StopKind.STOP_POINT:
        raise EngineError(f"{function}: the run ended otherwise ({stop.kind.name} at {stop.pc:#x})")
