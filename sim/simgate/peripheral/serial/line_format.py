"""What both ends of a serial line must agree on, and how long a frame then takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

PARITY, FRAMING, NOISE = 1 << 0, 1 << 1, 1 << 2
"""What can be wrong with a character: where PE, FE and NE stand in SR and ISR of every USART."""

STOP_BITS = (Fraction(1), Fraction(1, 2), Fraction(2), Fraction(3, 2))
"""By CR2.STOP of every USART (RM0090, 30.6.5; RM0440, 37.8.3)."""


@dataclass(frozen=True, slots=True)
class LineFormat:
    """Speed and shape of a frame: a start bit, the word (its parity bit included), stop bits."""

    bit_s: Fraction  # seconds
    word_bits: int  # 7 to 9
    odd_parity: bool | None = None  # None: the word has no parity bit
    stop_bits: Fraction = Fraction(1)
    frame_s: Fraction = field(init=False)
    """Seconds from the start bit's edge to the end of the last stop bit."""

    def __post_init__(self) -> None:
        """Work out what is asked for with each character."""
        frame_s = self.bit_s * (1 + self.word_bits + self.stop_bits)
        object.__setattr__(self, "frame_s", frame_s)

    def parity_is_wrong(self, word: int) -> bool:
        """Whether the number of ones in the word, parity bit included, is not as agreed."""
        return self.odd_parity is not None and word.bit_count() % 2 != self.odd_parity
