"""What the Flash controllers of all families share: being busy, wear, option bytes that stay."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from simgate.errors import EngineError
from simgate.peripheral.flash.cells import ENDURANCE, Cells
from simgate.peripheral.host import FlashMemory, Host
from simgate.peripheral.model import command
from simgate.peripheral.register_block import RegisterBlock
from simgate.peripheral.wire import Wire
from simgate.platform import Reference


class FlashController(RegisterBlock):
    """Base of the controllers.

    An operation changes the cells at once and is busy for the time that the data sheet gives as
    typical. Silicon stalls code that runs from the bank meanwhile; here it goes on and sees the
    busy flag, which firmware that waits for it cannot tell apart.
    """

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._irq = Wire()
        self._wires = {None: self._irq, "IRQ": self._irq}
        self._busy_until = 0
        self._work = 0  # operations begun

    @abstractmethod
    def banks(self) -> tuple[Cells, ...]:
        """The cells, bank by bank; none where the description names no memory."""

    def memory(self, attribute: str) -> FlashMemory | None:
        """The Flash that an attribute names.

        Raises:
            EngineError: it names none.
        """
        value = self.attributes.get(attribute)
        if value is None:
            return None
        if not isinstance(value, Reference):
            raise EngineError(f"{self.name}: '{attribute}' must name a memory, not {value!r}")
        return self.host.flash(value.name)

    def reset(self) -> None:
        """To the state after power-on."""
        super().reset()
        self._work += 1
        self._busy_until = 0
        self._irq.set(False)

    def begin(self, seconds: float, done: Callable[[], None]) -> None:
        """Be busy for so long, behind what is under way; then call `done`, unless a reset came."""
        now = self.host.ticks()
        self._busy_until = max(self._busy_until, now) + max(1, round(seconds * self.host.tick_hz))
        self._work += 1
        work = self._work

        def end() -> None:
            if work == self._work:  # the last of them
                done()

        self.host.at_tick(self._busy_until, end)

    def erase_sector(self, cells: Cells, sector: int) -> None:
        """Erase, and say so where it is one time too many."""
        cells.erase(sector)
        if cells.erases[sector] == ENDURANCE + 1:
            self.host.remark(
                f"{self.name}: sector {sector} was erased more than {ENDURANCE:,} times, which is "
                "all that the data sheet guarantees"
            )

    def warn_of_bits(self, address: int) -> None:
        """Tell of bits that programming could not set."""
        self.host.remark(
            f"{self.name}: 0x{address:08x} was programmed over cells that were not erased: "
            "it holds something else"
        )

    @command("EraseCount")
    def erase_count(self, sector: int, bank: int = 1) -> int:
        """How often a sector was erased since the machine began; banks count from 1."""
        return self._wear(sector, bank, "erases")

    @command("WriteCount")
    def write_count(self, sector: int, bank: int = 1) -> int:
        """How often something in a sector was programmed; banks count from 1."""
        return self._wear(sector, bank, "writes")

    def _wear(self, sector: int, bank: int, kind: str) -> int:
        banks = self.banks()
        if not 1 <= bank <= len(banks):
            raise EngineError(f"{self.name}: there is no bank {bank}, but {len(banks)}")
        counts: list[int] = getattr(banks[bank - 1], kind)
        if not 0 <= sector < len(counts):
            raise EngineError(f"{self.name}: there is no sector {sector}, but {len(counts)}")
        return counts[sector]
