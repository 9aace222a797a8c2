"""Samples that come again: which one is in force, in which pass, and when each is due.

Every sample is due at its time rounded down to a nanosecond, in every pass: passes do not drift.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from simgate.sensor.rows import Row, Rows
from simgate.sensor.timing import ConstantRate, Timing


def place_at(timing: Timing, count: int | None, passed_ns: int) -> tuple[int, int | None]:
    """(pass, index of the sample in force) so long after the beginning of the first pass.

    The index is None before the first sample of all, and where there are none.
    """
    index = timing.index_at(passed_ns)
    if count is None or index < count - 1:  # the first pass
        return 0, index if index >= 0 else None
    if not count:
        return 0, None
    if _is_even(timing):
        return divmod(index, count)
    whole = timing.pass_ns(count)
    # the first instant of pass n is its beginning rounded down, as that of every sample
    turn = ((passed_ns + 1) * whole.denominator - 1) // whole.numerator
    if turn:
        index = timing.index_at(passed_ns - (turn * whole).__floor__())
    # what is before the first sample of a later pass is the last one of the pass before
    return turn, min(index, count - 1) if index >= 0 else count - 1


def samples_of(rows: Rows, timing: Timing, passes: int | None) -> Iterator[tuple[int, Row]]:
    """(due in ns, row) of every sample of so many passes; None: without end."""
    index, turn, before, begin = 0, 0, 0, Fraction(0)
    while passes is None or turn < passes:
        try:
            row = rows.row(index)
        except IndexError:
            if not index:
                return
            begin += timing.pass_ns(index)
            before += index
            index, turn = 0, turn + 1
            continue
        if _is_even(timing):
            yield timing.time_ns(before + index), row
        else:
            yield _due(timing, begin, index), row
        index += 1


def _is_even(timing: Timing) -> bool:
    """Whether the first sample of a pass follows the last one of the pass before by one period."""
    return isinstance(timing, ConstantRate) and not timing.start_ns


def _due(timing: Timing, begin: Fraction, index: int) -> int:
    if isinstance(timing, ConstantRate) and timing.period_ns is not None:
        return (begin + timing.start_ns + index * timing.period_ns).__floor__()
    return begin.__floor__() + timing.time_ns(index)
