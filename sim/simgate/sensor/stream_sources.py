"""Where streams come from: files, arrays, generators, functions of time.

Each reader is imported when it is asked for. The keywords after a source's own say how the stream
is played, see `Stream.playing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simgate.sensor.stream import Stream


class StreamSources:
    """The constructors of `Stream`."""

    __slots__ = ()

    @classmethod
    def from_file(cls, path: Path | str, **options: Any) -> Stream:
        """By the file's suffix: .wav, .csv, .resd; anything else is Renode's text of samples.

        Raises:
            StreamError: see the readers of the formats.
        """
        suffix = Path(path).suffix.lower()
        if suffix == ".wav":
            return cls.from_wav(path, **options)
        if suffix == ".csv":
            return cls.from_csv(path, **options)
        if suffix == ".resd":
            return cls.from_resd(path, **options)
        return cls.from_text(path, **options)

    @classmethod
    def from_wav(cls, path: Path | str, **playing: Any) -> Stream:
        """A sound file: parts of full scale (unit FS, -1 to 1), one channel or several.

        Raises:
            StreamError: it is not a WAV file of 8, 16, 24 or 32 bits or floats.
        """
        from simgate.sensor.wav_stream import wav_stream

        return wav_stream(Path(path)).playing(**playing)

    @classmethod
    def from_csv(
        cls,
        path: Path | str,
        *,
        rate_hz: float | Fraction | None = None,
        units: Sequence[str] = (),
        **playing: Any,
    ) -> Stream:
        """A table with a header such as ``time_s,x_g,y_g,z_g``, see `simgate.sensor.csv_stream`.

        Raises:
            StreamError: a column, a rate, a unit or a number is wrong; it names file and line.
        """
        from simgate.sensor.csv_stream import csv_stream

        return csv_stream(Path(path), rate_hz=rate_hz, units=units).playing(**playing)

    @classmethod
    def from_text(
        cls,
        path: Path | str,
        *,
        names: Sequence[str] = (),
        units: Sequence[str] = (),
        rate_hz: float | Fraction | None = None,
        **playing: Any,
    ) -> Stream:
        """Renode's text of samples: one a line, its values separated by spaces.

        Raises:
            StreamError: a line is wrong, or no rate was given; it names file and line.
        """
        from simgate.sensor.text_stream import text_stream

        return text_stream(Path(path), names, units, rate_hz).playing(**playing)

    @classmethod
    def from_resd(
        cls, path: Path | str, kind: str | int | None = None, channel: int = 0, **playing: Any
    ) -> Stream:
        """One kind of samples and channel of a RESD file, see `simgate.sensor.resd_stream`.

        Raises:
            StreamError: the file is damaged, or has no such block.
        """
        from simgate.sensor.resd_stream import resd_stream

        return resd_stream(Path(path), kind, channel).playing(**playing)

    @classmethod
    def from_array(
        cls,
        samples: Any,
        rate_hz: float | Fraction,
        *,
        names: Sequence[str] = (),
        units: Sequence[str] = (),
        **playing: Any,
    ) -> Stream:
        """A NumPy array (or nested list) of shape (samples,) or (samples, channels).

        Raises:
            StreamError: its shape, its type, or the names do not fit.
        """
        from simgate.sensor.made_stream import array_stream

        return array_stream(samples, rate_hz, names, units).playing(**playing)

    @classmethod
    def from_generator(
        cls,
        source: Iterable[object] | Callable[[], Iterable[object]],
        rate_hz: float | Fraction,
        *,
        names: Sequence[str] = (),
        units: Sequence[str] = (),
        **playing: Any,
    ) -> Stream:
        """What an iterator yields, or what the iterator that a function makes yields.

        Rows are taken when they are due and not kept: time must not go back, and such a stream
        loops only where `source` is a function.

        Raises:
            StreamError: names, units and rate do not fit together.
        """
        from simgate.sensor.made_stream import generator_stream

        return generator_stream(source, rate_hz, names, units).playing(**playing)

    @classmethod
    def from_function(
        cls,
        function: Callable[[float], object],
        *,
        rate_hz: float | Fraction | None = None,
        names: Sequence[str] = (),
        units: Sequence[str] = (),
        **playing: Any,
    ) -> Stream:
        """A function of the time in seconds since the stream's start.

        With a rate it is asked at the sample times and holds between them; without one it is
        asked for each instant, and has no samples to go through.

        Raises:
            StreamError: names, units and rate do not fit together.
        """
        from simgate.sensor.made_stream import function_stream

        return function_stream(function, rate_hz, names, units).playing(**playing)
