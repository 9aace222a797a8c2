"""The inputs of an ADC: what voltage each has at a moment, and what Renode's Feed... put there.

A channel takes, in this order: fed codes (`FeedSample`), fed voltages
(`FeedVoltageSampleToChannel`), what is attached or connected to it, what lies inside the chip, its
default level (0 V, or `SetDefaultValue`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

from simgate.errors import EngineError

Voltage = Callable[[float], float]  # virtual seconds -> volts
_MOST_SAMPLES = 10_000_000  # waiting for one channel


class Queue:
    """Values for the next conversions of one channel, and values that come for ever after."""

    __slots__ = ("_again", "_next")

    def __init__(self) -> None:
        self._next: deque[float] = deque()
        self._again: tuple[float, ...] = ()

    def feed(self, values: tuple[float, ...], repeat: int) -> None:
        """Append them `repeat` times; -1 stands for without end, as in Renode."""
        if repeat < -1:
            raise EngineError(f"a sample cannot be repeated {repeat} times")
        if len(values) * repeat > _MOST_SAMPLES:
            raise EngineError(
                f"{len(values):,} samples {repeat:,} times are more than {_MOST_SAMPLES:,}",
                hint="Give -1 to have them come without end.",
            )
        if repeat == -1:
            self._again = values
            return
        self._again = ()
        self._next.extend(values * repeat)

    def take(self) -> float | None:
        """The next value; None where none is left."""
        if not self._next:
            if not self._again:
                return None
            self._next.extend(self._again)
        return self._next.popleft()


class Channels:
    """The inputs 0 to ``count - 1``.

    ``voltage`` has the function of each; `codes` holds those with fed codes and is mostly empty.

    Args:
        name: of the ADC, for messages.
        count: of channels.
    """

    def __init__(self, name: str, count: int) -> None:
        self._name = name
        self._defaults_v = [0.0] * count
        self._sources: dict[int, Voltage] = {}
        self._inner: dict[int, Voltage] = {}
        self._fed: dict[int, Queue] = {}
        self.codes: dict[int, Queue] = {}
        self.voltage: list[Voltage] = []
        for channel in range(count):
            self.voltage.append(self._level_of(channel))

    def connect(self, channel: int, source: Voltage) -> None:
        """Lay a source on a channel, in place of what was there.

        Raises:
            EngineError: there is no such channel.
        """
        self._check(channel)
        self._sources[channel] = source
        self.voltage[channel] = self._voltage_of(channel)

    def lay(self, channel: int, source: Voltage) -> None:
        """What a channel has where nothing is connected: an input inside the chip."""
        self._inner[channel] = source
        self.voltage[channel] = self._voltage_of(channel)

    def is_free(self, channel: int) -> bool:
        """Whether nothing is connected.

        Raises:
            EngineError: there is no such channel.
        """
        self._check(channel)
        return channel not in self._sources

    def set_default(self, millivolts: float, channel: int | None) -> None:
        """The level of a channel, or of all, where nothing else is.

        Raises:
            EngineError: there is no such channel.
        """
        if channel is None:
            self._defaults_v = [millivolts / 1e3] * len(self._defaults_v)
            return
        self._check(channel)
        self._defaults_v[channel] = millivolts / 1e3

    def feed_codes(self, channel: int, codes: tuple[float, ...], repeat: int) -> None:
        """What the next conversions of the channel give, whatever is on its pin.

        Raises:
            EngineError: there is no such channel.
        """
        self._check(channel)
        self.codes.setdefault(channel, Queue()).feed(codes, repeat)

    def feed_millivolts(self, channel: int, values: tuple[float, ...], repeat: int) -> None:
        """What the next conversions of the channel see.

        Raises:
            EngineError: there is no such channel.
        """
        self._check(channel)
        self._fed.setdefault(channel, Queue()).feed(values, repeat)
        self.voltage[channel] = self._voltage_of(channel)

    def next_code(self, channel: int) -> int | None:
        """The next fed code; None where there is none."""
        queue = self.codes.get(channel)
        code = None if queue is None else queue.take()
        if code is None:
            self.codes.pop(channel, None)
            return None
        return int(code)

    def _voltage_of(self, channel: int) -> Voltage:
        source = self._sources.get(channel) or self._inner.get(channel) or self._level_of(channel)
        queue = self._fed.get(channel)
        if queue is None:
            return source

        def fed_first(time_s: float) -> float:
            millivolts = queue.take()
            if millivolts is not None:
                return millivolts / 1e3
            if self._fed.pop(channel, None) is not None:
                self.voltage[channel] = source
            return source(time_s)

        return fed_first

    def _level_of(self, channel: int) -> Voltage:
        return lambda _time_s: self._defaults_v[channel]

    def _check(self, channel: int) -> None:
        if not 0 <= channel < len(self.voltage):
            raise EngineError(
                f"{self._name} has no channel {channel}",
                hint=f"Its channels are 0 to {len(self.voltage) - 1}.",
            )


def read_values(path: Path, *, whole: bool) -> tuple[float, ...]:
    """A text file of samples, one a line, as Renode takes it.

    Args:
        path: to read.
        whole: whole numbers of 0 and more (codes) are wanted; else any (millivolts).

    Raises:
        EngineError: it cannot be read, or a line is something else; with file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(f"{path}: cannot be read: {error}") from None
    values = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        try:
            value = float(int(text)) if whole else float(text)
        except ValueError:
            value = -1.0 if whole else float("nan")
        if value != value or abs(value) == float("inf") or (whole and value < 0):
            wanted = "a whole number of 0 or more" if whole else "a number of millivolts"
            raise EngineError(f"{path}:{number}: {wanted} was expected, not {text[:40]!r}")
        values.append(value)
    return tuple(values)
