"""What the engine itself holds against a firmware, where silicon has no exception for it."""

from __future__ import annotations

from typing import NamedTuple

from simgate.image import Image
from simgate.peripheral.reset_cause import ResetCause
from simgate.result import Fault, FaultKind
from simgate.units import format_count


class Verdict(NamedTuple):
    """One of them. A watchdog's makes the chip begin anew, where the run goes on."""

    kind: FaultKind
    sentence: str  # for people
    pc: int | None = None  # of what did it; None: where the core is when it comes back
    address: int | None = None
    reset: ResetCause | None = None  # how the chip begins anew, if it does


class Verdicts:
    """The verdict that waits for the core to come back; of several the first one counts."""

    def __init__(self) -> None:
        self._pending: Verdict | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing waits."""
        return self._pending is None

    def give(self, verdict: Verdict) -> None:
        """From a callback or a stop point."""
        if self._pending is None:
            self._pending = verdict

    def take(self) -> Verdict | None:
        """The one that waits, once."""
        verdict, self._pending = self._pending, None
        return verdict


def fault_of(verdict: Verdict, image: Image, pc: int, instructions: int) -> Fault:
    """The verdict as results tell it; `pc` is where the core is."""
    where = image.where(pc if verdict.pc is None else verdict.pc)
    return Fault(
        kind=verdict.kind,
        message=f"{verdict.kind}: {verdict.sentence}; at {where}, "
        f"after {format_count(instructions)} instructions",
        where=where,
        instruction=instructions,
        address=verdict.address,
    )
