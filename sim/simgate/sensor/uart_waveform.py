"""The level of a line over time, as a UART script makes it: seconds since its beginning."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from simgate.sensor.uart_script import (
    At,
    Baud,
    Break,
    Flaw,
    Gap,
    Send,
    Shape,
    Spacing,
    Step,
    UartScript,
)

_NOISY_BIT = 3  # of a frame with noise: the third data bit, in the middle of a bit
_NOISE_WIDTH = 0.2  # of a bit


@dataclass(slots=True)
class UartWaveform:
    """A line that is high, but between an even and the next odd edge."""

    edges: list[float] = field(default_factory=list)  # falling, rising, falling, ...
    frames: list[float] = field(default_factory=list)  # beginnings of start bits and of breaks
    noise: list[tuple[float, float]] = field(default_factory=list)  # from, to
    end_s: float = 0.0

    @classmethod
    def of(cls, script: UartScript) -> UartWaveform:
        """What the script does."""
        wave = cls()
        bit_s, shape, spacing_s = 1 / 115200, Shape(), 0.0
        for step in script.steps:
            match step:
                case Baud(rate):
                    bit_s = 1 / rate
                case Shape():
                    shape = step
                case Spacing(seconds):
                    spacing_s = seconds
                case Send(data, flaw):
                    for byte in data:
                        wave._frame(byte, flaw, shape, bit_s)
                        wave.end_s += spacing_s
                case _:
                    wave._pause(step)
        return wave

    def level(self, at_s: float) -> bool:
        """Whether the line is high."""
        return bisect_right(self.edges, at_s) % 2 == 0

    def noisy(self, from_s: float, to_s: float) -> bool:
        """Whether the line is disturbed between two times."""
        if not self.noise:
            return False
        index = bisect_left(self.noise, (to_s, to_s)) - 1
        return index >= 0 and self.noise[index][1] > from_s

    def next_fall(self, after_s: float) -> float | None:
        """The first falling edge after a time."""
        index = bisect_right(self.edges, after_s)
        index += index % 2
        return self.edges[index] if index < len(self.edges) else None

    def next_frame(self, after_s: float) -> float | None:
        """The beginning of the first frame after a time."""
        index = bisect_right(self.frames, after_s)
        return self.frames[index] if index < len(self.frames) else None

    def _pause(self, step: Step) -> None:
        match step:
            case At(seconds):
                self.end_s = max(self.end_s, seconds)
            case Gap(seconds):
                self.end_s += seconds
            case Break(seconds) if seconds > 0:
                self.frames.append(self.end_s)
                self._low(self.end_s, self.end_s + seconds)
                self.end_s += seconds
            case _:
                pass

    def _frame(self, byte: int, flaw: Flaw, shape: Shape, bit_s: float) -> None:
        start_s = self.end_s
        self.frames.append(start_s)
        levels = [0, *(byte >> bit & 1 for bit in range(shape.data_bits))]
        if shape.parity != "N":
            odd = sum(levels) % 2 ^ (shape.parity == "O") ^ (flaw is Flaw.PARITY)
            levels.append(int(odd))
        for index, level in enumerate(levels):
            if not level:
                self._low(start_s + index * bit_s, start_s + (index + 1) * bit_s)
        stop_s = start_s + len(levels) * bit_s
        self.end_s = stop_s + shape.stop_bits * bit_s
        if flaw is Flaw.FRAMING:
            self._low(stop_s, self.end_s)
            self.end_s += bit_s  # high again, so that the next start bit has an edge
        if flaw is Flaw.NOISE:
            middle_s = start_s + (_NOISY_BIT + 0.5) * bit_s
            half_s = _NOISE_WIDTH / 2 * bit_s
            self.noise.append((middle_s - half_s, middle_s + half_s))

    def _low(self, from_s: float, to_s: float) -> None:
        """Low between two times; the first is never before the last edge."""
        if self.edges and self.edges[-1] >= from_s:
            self.edges[-1] = to_s
        else:
            self.edges += [from_s, to_s]
