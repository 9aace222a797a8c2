"""When the samples of a stream are due: whole nanoseconds from its beginning, without drift."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from simgate.errors import StreamError

NS = 1_000_000_000
LONGEST_NS = 2**63 - 1


class Timing(Protocol):
    """Times of samples by index; the first is at 0 or later."""

    @property
    def period_ns(self) -> Fraction | None:
        """Nanoseconds between samples, where that is constant."""
        ...

    def time_ns(self, index: int) -> int:
        """When sample `index` is due."""
        ...

    def index_at(self, time_ns: int) -> int:
        """The last sample due by then; -1 before the first."""
        ...

    def pass_ns(self, count: int) -> Fraction:
        """How long `count` samples last: the last one holds for a period."""
        ...


class ConstantRate:
    """Sample i is due at i / rate, rounded down to a nanosecond.

    Args:
        rate_hz: samples a second; a Fraction, or an int, is kept exactly.
        start_ns: when the first is due.

    Raises:
        StreamError: it is not above 0, or not a number.
    """

    def __init__(self, rate_hz: float | Fraction, start_ns: int = 0) -> None:
        self.rate_hz = exact_rate(rate_hz)
        self.start_ns = start_ns
        self.period_ns: Fraction | None = NS / self.rate_hz
        self._up, self._down = self.period_ns.numerator, self.period_ns.denominator

    @classmethod
    def of_period(cls, period_ns: Fraction | int, start_ns: int = 0) -> ConstantRate:
        """By the time between samples.

        Raises:
            StreamError: it is not above 0.
        """
        if period_ns <= 0:
            raise StreamError(f"a period of {period_ns} ns between samples")
        return cls(Fraction(NS) / period_ns, start_ns)

    def time_ns(self, index: int) -> int:
        """When sample `index` is due."""
        return self.start_ns + index * self._up // self._down

    def index_at(self, time_ns: int) -> int:
        """The last sample due by then; below 0 before the first."""
        return ((time_ns - self.start_ns + 1) * self._down - 1) // self._up

    def pass_ns(self, count: int) -> Fraction:
        """How long `count` samples last."""
        return self.start_ns + count * Fraction(self._up, self._down)


class Timestamps:
    """Samples at times of their own.

    Args:
        times_ns: ascending, none twice; the owner has checked that.
    """

    period_ns: Fraction | None = None

    def __init__(self, times_ns: Sequence[int]) -> None:
        self._times = times_ns

    def time_ns(self, index: int) -> int:
        """When sample `index` is due."""
        return self._times[index]

    def index_at(self, time_ns: int) -> int:
        """The last sample due by then; -1 before the first."""
        return bisect_right(self._times, time_ns) - 1

    def pass_ns(self, count: int) -> Fraction:
        """How long `count` samples last: the last one as long as the one before it."""
        last = self._times[count - 1]
        step = last - self._times[count - 2] if count > 1 else max(last, 1)
        return Fraction(last + step)


def exact_rate(rate_hz: float | Fraction) -> Fraction:
    """A rate as a fraction: 44100, Fraction(32768, 3), or a float such as 12.5 or 33.3.

    Raises:
        StreamError: it is not a number from 1 per 10^9 s to 10^9 a second.
    """
    try:
        rate = Fraction(rate_hz) if not isinstance(rate_hz, float) else Fraction(repr(rate_hz))
    except (ValueError, TypeError, OverflowError):
        raise StreamError(f"{rate_hz!r} is not a rate in samples a second") from None
    if not Fraction(1, NS) <= rate <= NS:
        raise StreamError(f"a rate of {rate_hz} samples a second", hint="It is above 0, to 1e9.")
    return rate
