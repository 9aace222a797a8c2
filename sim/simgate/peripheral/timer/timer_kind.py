"""What each timer of a family has: channels, widths, registers and their writable bits.

Sources: RM0090 sections 17 to 20 (F407), RM0385 sections 22 to 25 (F746), RM0440 sections 28 to 31
(G474), RM0433 sections 38 to 41 (H743).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from simgate.errors import EngineError

FAMILIES = ("f4", "f7", "g4", "h7")


Options = tuple[tuple[int, str, int, int], ...]


class Offsets(NamedTuple):
    """Where the registers lie that the families put in different places; None: there is none."""

    dcr: int
    dmar: int
    ccmr3: int | None = None
    ccr5: int | None = None
    ccr6: int | None = None
    # storage without effect here: offset, name, reset value, writable bits
    options: Options = ()


@dataclass(frozen=True, slots=True)
class TimerKind:
    """One timer's parts."""

    number: int
    family: str
    channels: int  # 0, 1, 2, 4 or 6
    slave: bool  # SMCR
    master: bool  # TRGO
    advanced: bool  # TIM1, 8, 20: break, complementary outputs, several interrupts
    break_gate: bool  # BDTR with MOE
    repetition: int  # bits of the repetition counter; 0: none
    centre: bool  # counts up and down
    requests: bool  # DMA

    @property
    def basic(self) -> bool:
        """TIM6 and TIM7."""
        return self.channels == 0

    @property
    def newer(self) -> bool:
        """Of the generation with UIFREMAP and four-bit modes (F7, G4, H7)."""
        return self.family != "f4"

    @property
    def offsets(self) -> Offsets:
        """The places of registers that differ."""
        if self.family == "g4":
            options: Options = (
                (0x54, "DTR2", 0, 0x000300FF),
                (0x58, "ECR", 0, 0x070F00F7 | 0xFF << 16),
            )
            options += ((0x5C, "TISEL", 0, 0x0F0F0F0F), (0x60, "AF1", 1, 0x0003FFFF))
            options += ((0x64, "AF2", 1, 0x0007FFFF), (0x68, "OR1", 0, 0x3))
            return Offsets(0x3DC, 0x3E0, 0x50, 0x48, 0x4C, options)
        if self.family == "h7":
            first = 1 if self.break_gate else 0
            options = ((0x60, "AF1", first, 0x0003FFFF), (0x68, "TISEL", 0, 0x0F0F0F0F))
            if self.advanced:
                options += ((0x64, "AF2", 1, 0x00000FFF),)
            return Offsets(0x48, 0x4C, 0x54, 0x58, 0x5C, options)
        option = ((0x50, "OR", 0, 0x0CC3),)
        if self.family == "f7":
            return Offsets(0x48, 0x4C, 0x54, 0x58, 0x5C, option)
        return Offsets(0x48, 0x4C, options=option)


_NUMBER = re.compile(r"(\d+)$")
_ADVANCED = frozenset({1, 8, 20})
_FULL = frozenset({1, 2, 3, 4, 5, 8, 20})
_BASIC = frozenset({6, 7})
_TWO_CHANNELS = frozenset({9, 12, 15})


def kind_of(name: str, family: str) -> TimerKind:
    """The timer that an instance name such as ``tim2`` means; Renode's ``timer2`` as well.

    Raises:
        EngineError: the name has no number of a timer, or the family is unknown.
    """
    found = _NUMBER.search(name)
    if found is None or not 1 <= int(found[1]) <= 20:
        raise EngineError(f"{name}: a timer's name ends in its number, as in tim2")
    if family not in FAMILIES:
        raise EngineError(f"{name}: family '{family}' is none of {', '.join(FAMILIES)}")
    number = int(found[1])
    advanced, newer = number in _ADVANCED, family != "f4"
    small_break = number in (15, 16, 17)
    if number in _BASIC:
        channels = 0
    elif number in _FULL:
        channels = 6 if advanced and newer else 4
    else:
        channels = 2 if number in _TWO_CHANNELS else 1
    repetition = (16 if family == "g4" else 8) if advanced else 8 if small_break else 0
    return TimerKind(
        number=number,
        family=family,
        channels=channels,
        slave=number in _FULL or number in _TWO_CHANNELS,
        master=number in _FULL | _BASIC or number == 15 or (number == 12 and family == "h7"),
        advanced=advanced,
        break_gate=advanced or small_break,
        repetition=repetition,
        centre=number in _FULL,
        requests=number in _FULL | _BASIC or small_break,
    )
