"""What both ends of a serial line must agree on, and how long a frame then takes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

PARITY, FRAMING, NOISE = 1 << 0, 1 << 1, 1 << 2
"""What can be wrong with a character: where PE, FE and NE stand in SR and ISR of every USART."""


@dataclass(frozen=True, slots=True)
class LineFormat:
    """Speed and shape of a frame: a start bit, the word (its parity bit included), stop bits."""

    bit_s: Fraction  # seconds
    word_bits: int  # 7 to 9
    odd_parity: bool | None = None  # None: the word has no parity bit
    stop_bits: Fraction = Fraction(1)

    @property
    def frame_s(self) -> Fraction:
        """Seconds from the start bit's edge to the end of the last stop bit."""
        return self.bit_s * (1 + self.word_bits + self.stop_bits)

    def parity_is_wrong(self, word: int) -> bool:
        """Whether the number of ones in the word, parity bit included, is not as agreed."""
        return self.odd_parity is not None and word.bit_count() % 2 != self.odd_parity
