"""A stream as the voltage of an analogue output: fast to ask at any time, filtered if wanted.

Between two samples the value holds, or lies on the line between them. A low-pass filter is of the
first order and hears a signal that holds between its samples; the output between them is exact:
y(t) = x + (y0 - x) exp(-2 pi f (t - t0)).
"""

from __future__ import annotations

import math

from simgate.sensor.stream import Stream
from simgate.sensor.timing import NS

_SETTLING = 20.0  # time constants after which a filter has forgotten
_BLOCK = 2048  # samples that are taken from the stream at once


class Course:
    """Values of a stream with a constant rate, one channel.

    Args:
        stream: one channel.
        factor, offset: the output is value x factor + offset.
        low, high: what the value, before that, cannot leave.
        linear: interpolate between samples.
        bandwidth_hz: of the low-pass filter; 0: none.
    """

    def __init__(
        self,
        stream: Stream,
        factor: float,
        offset: float,
        *,
        low: float = -math.inf,
        high: float = math.inf,
        linear: bool = False,
        bandwidth_hz: float = 0.0,
    ) -> None:
        self._stream = stream
        self._factor, self._offset = factor, offset
        self._low, self._high = low, high
        timing = stream.timing
        period_ns = None if timing is None else timing.period_ns
        self._has_rate = period_ns is not None
        self._up, self._down = (1, 1) if period_ns is None else period_ns.as_integer_ratio()
        self._period_ns = self._up / self._down
        self._linear = linear and self._has_rate
        self._omega = 2 * math.pi * bandwidth_hz / NS if self._has_rate else 0.0  # a nanosecond
        self._decay = math.exp(-self._omega * self._period_ns)
        self._plain = not self._linear and not self._omega
        # a generator is not asked for what lies far ahead
        self._block = 1 if stream.count is None else _BLOCK
        self._first = 0
        self._inputs: list[float] = []
        self._outputs: list[float] = []  # of the filter, when a sample begins
        self._start_ns = stream.start_ns

    def at(self, time_s: float) -> float:
        """The output at a time in virtual seconds since the stream began."""
        time_ns = int(time_s * 1e9 + 0.5)
        if not self._has_rate:
            return self._shaped(self._stream.at_ns(time_ns)[0])
        since = time_ns - self._start_ns
        index = ((since + 1) * self._down - 1) // self._up if since >= 0 else -1
        place = index - self._first
        if not 0 <= place < len(self._inputs) - 1:
            place = self._load(index)
        value = self._inputs[place]
        if self._plain:
            return value
        passed_ns = since - index * self._period_ns
        if self._omega:
            return value + (self._outputs[place] - value) * math.exp(-self._omega * passed_ns)
        return value + (self._inputs[place + 1] - value) * passed_ns / self._period_ns

    def _shaped(self, value: float) -> float:
        return min(max(value, self._low), self._high) * self._factor + self._offset

    def _load(self, index: int) -> int:
        """Take a block that begins at the index; its place in the block."""
        goes_on = index == self._first + len(self._inputs) - 1 and bool(self._inputs)
        inputs = [self._shaped(self._value(index + n)) for n in range(self._block + 1)]
        if self._omega:
            level = self._outputs[-1] if goes_on else self._settled(index)
            decay, outputs = self._decay, []
            for value in inputs:
                outputs.append(level)
                level = value + (level - value) * decay
            self._outputs = outputs
        self._first, self._inputs = index, inputs
        return 0

    def _settled(self, index: int) -> float:
        """The filter's output when a sample begins, from the samples before it."""
        first = index - min(math.ceil(_SETTLING / (self._omega * self._period_ns)), _BLOCK)
        if self._block == 1:
            first = index
        level = self._shaped(self._value(first))
        for earlier in range(first, index):
            value = self._shaped(self._value(earlier))
            level = value + (level - value) * self._decay
        return level

    def _value(self, index: int) -> float:
        """One sample of the stream as it is played; index 0 is the first."""
        stream, count = self._stream, self._stream.count
        if count and index >= 0 and not stream.skip_ns:
            if stream.end == "loop" or index < count * stream.repeat:
                return stream.rows.row(index % count)[0]
            if stream.end == "hold":
                return stream.rows.row(count - 1)[0]
        # the middle of a period is the same sample whatever rounding does
        return stream.at_ns(int(self._start_ns + (index + 0.5) * self._period_ns))[0]
