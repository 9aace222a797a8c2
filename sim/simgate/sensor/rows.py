"""Where the values of a stream come from, by index: memory, a function, a generator.

A row is a tuple with one number a channel. The readers of files have sources of their own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from simgate.errors import StreamError

Row = tuple[float, ...]


class Rows(Protocol):
    """Values by index."""

    @property
    def count(self) -> int | None:
        """How many there are; None where that is not known, or there is no end."""
        ...

    def row(self, index: int) -> Row:
        """One row; `index` is at least 0.

        Raises:
            IndexError: there are not so many.
        """
        ...


class FlatRows:
    """Doubles one after the other, eight bytes each."""

    def __init__(self, values: array[float], width: int) -> None:
        self._values, self._width = values, width
        self.count: int | None = len(values) // width

    def row(self, index: int) -> Row:
        """One row."""
        start = index * self._width
        row = tuple(self._values[start : start + self._width])
        if not row:
            raise IndexError(index)
        return row


class ArrayRows:
    """A NumPy array, samples first: shape (samples,) or (samples, channels). It is not copied."""

    def __init__(self, samples: Any) -> None:
        import numpy

        values = numpy.asarray(samples)
        if values.ndim == 1:
            values = values[:, None]
        if values.ndim != 2 or not values.shape[1]:
            raise StreamError(
                f"an array of shape {values.shape} is no stream",
                hint="Its shape is (samples,) or (samples, channels).",
            )
        if values.dtype.kind not in "iufb":
            raise StreamError(f"an array of {values.dtype} is no stream of numbers")
        self._values = values
        self.width = int(values.shape[1])
        self.count: int | None = len(values)

    def row(self, index: int) -> Row:
        """One row."""
        return tuple(self._values[index].tolist())


class FunctionRows:
    """A function of the index, such as a table's or a formula's; `count` None: it has no end."""

    def __init__(self, function: Callable[[int], object], width: int, count: int | None) -> None:
        self._function, self._width = function, width
        self.count = count

    def row(self, index: int) -> Row:
        """One row."""
        if self.count is not None and index >= self.count:
            raise IndexError(index)
        return as_row(self._function(index), self._width)


class GeneratorRows:
    """What an iterator yields, taken when it is needed; only the latest row is kept.

    Args:
        source: an iterator, or a function that makes one (then the stream can begin again).
        width: numbers a row.
    """

    def __init__(
        self, source: Iterable[object] | Callable[[], Iterable[object]], width: int
    ) -> None:
        self._source, self._width = source, width
        self._iterator: Iterator[object] | None = None
        self._index = -1
        self._row: Row = ()
        self.count: int | None = None

    def row(self, index: int) -> Row:
        """One row.

        Raises:
            StreamError: it has gone by, and the source cannot begin again.
        """
        if self.count is not None and index >= self.count:
            raise IndexError(index)
        if self._iterator is None or index < self._index:
            self._begin(index)
        assert self._iterator is not None
        while self._index < index:
            try:
                value = next(self._iterator)
            except StopIteration:
                self.count = self._index + 1
                raise IndexError(index) from None
            self._row = as_row(value, self._width)
            self._index += 1
        return self._row

    def _begin(self, index: int) -> None:
        if callable(self._source):
            self._iterator = iter(self._source())
        elif self._iterator is None:
            self._iterator = iter(self._source)
        else:
            raise StreamError(
                f"a generator that has gone on to sample {self._index} cannot give sample {index}",
                hint="Give the function that makes the generator, not the generator.",
            )
        self._index = -1


def as_row(value: object, width: int) -> Row:
    """What a function or a generator gave, as a row.

    Raises:
        StreamError: it is not `width` numbers.
    """
    try:
        row = tuple(map(float, value)) if isinstance(value, Iterable) else (float(value),)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise StreamError(f"a generator gave {value!r}, which is no number") from None
    if len(row) != width:
        raise StreamError(f"a generator gave {len(row)} numbers for {width} channels: {value!r}")
    return row


@dataclass(frozen=True, slots=True)
class MappedRows:
    """Rows of another source, changed by a function."""

    source: Rows
    change: Callable[[Row], Row]

    @property
    def count(self) -> int | None:
        """As many as the source has."""
        return self.source.count

    def row(self, index: int) -> Row:
        """One row."""
        return self.change(self.source.row(index))
