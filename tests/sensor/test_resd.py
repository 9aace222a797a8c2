"""RESD: what is written is read, and no file breaks the reader."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.errors import StreamError
from simgate.sensor.resd_file import read_resd
from simgate.sensor.resd_format import KINDS, Kind, find_kind
from simgate.sensor.resd_metadata import build_metadata, read_metadata
from simgate.sensor.resd_writer import ResdWriter
from simgate.sensor.rows import FlatRows
from simgate.sensor.stream import Stream
from simgate.sensor.timing import Timestamps

# two samples of 0.5, -1, 0.000001 g at 100 Hz from 1 s on, by hand
BY_HAND = (
    b"RESD\x01\0\0\0"
    + struct.pack("<BHHQ", 2, 2, 7, 16 + 8 + 24)
    + struct.pack("<QQ", 1_000_000_000, 10_000_000)
    + struct.pack("<Q", 0)
    + struct.pack("<6i", 500_000, -1_000_000, 1, 0, 0, 1_000_000)
)


def save(folder: Path, content: bytes) -> Path:
    path = folder / "a.resd"
    path.write_bytes(content)
    return path


def test_a_file_made_by_hand(tmp_path: Path) -> None:
    stream = Stream.from_resd(save(tmp_path, BY_HAND), "accel", channel=7)
    assert list(stream) == [
        (1_000_000_000, (0.5, -1.0, 0.000001)),
        (1_010_000_000, (0.0, 0.0, 1.0)),
    ]
    assert (stream.names, stream.units) == (("x", "y", "z"), ("g", "g", "g"))
    assert stream.at(0.5) == (0.0, 0.0, 0.0)


def test_the_writer_writes_the_same(tmp_path: Path) -> None:
    stream = Stream.from_resd(save(tmp_path, BY_HAND), channel=7)
    writer = ResdWriter()
    writer.add(find_kind("acceleration"), stream, channel=7)
    assert writer.content() == BY_HAND


def test_times_count_from_the_start_of_their_block(tmp_path: Path) -> None:
    block = struct.pack("<BHHQ", 1, 1, 0, 8 + 8 + 24) + struct.pack("<QQ", 500, 0)
    samples = struct.pack("<QiQi", 0, 20_000, 100, 21_500)
    stream = Stream.from_resd(save(tmp_path, BY_HAND[:8] + block + samples), "temperature")
    assert list(stream) == [(500, (20.0,)), (600, (21.5,))]
    assert [stream.at_ns(t) for t in (499, 500, 599, 600)] == [(0.0,), (20.0,), (20.0,), (21.5,)]


def test_blocks_of_one_channel_follow_each_other(tmp_path: Path) -> None:
    writer = ResdWriter()
    kind = find_kind("voltage")
    first = Stream.from_array([1, 2], 10, units=["V"])
    writer.add(kind, first)
    writer.add(kind, first.playing(start_s=1.0))
    path = tmp_path / "a.resd"
    writer.save(path)
    stream = Stream.from_resd(path)
    assert [time for time, _ in stream] == [0, 100_000_000, 1_000_000_000, 1_100_000_000]
    assert (stream.at(0.5), stream.at(1.05), stream.at(1.1)) == ((2.0,), (1.0,), (2.0,))
    writer.add(kind, first)
    writer.save(path)
    with pytest.raises(StreamError, match="begins before the one before it has ended"):
        Stream.from_resd(path)


def test_binary_data(tmp_path: Path) -> None:
    samples = struct.pack("<QI3s", 0, 3, b"abc") + struct.pack("<QI", 9, 0)
    block = struct.pack("<BHHQ", 1, 9, 0, 16 + len(samples)) + struct.pack("<QQ", 5, 0)
    path = save(tmp_path, BY_HAND[:8] + block + samples)
    (found,) = read_resd(path)
    assert (found.count, list(found.binary())) == (2, [(5, b"abc"), (14, b"")])
    with pytest.raises(StreamError, match="no stream of numbers"):
        Stream.from_resd(path)


@st.composite
def recordings(draw: st.DrawFn) -> tuple[Kind, Stream]:
    kind = draw(st.sampled_from(KINDS))
    unsigned = kind.layout.format[-1].isupper()
    bits = 53 if kind.layout.format[-1] == "Q" else 31
    number = st.integers(0 if unsigned else -(2**bits), 2**bits - 1)
    width = len(kind.names)
    rows = draw(st.lists(st.tuples(*[number] * width), min_size=1, max_size=20))
    from array import array

    values = array("d", [n * kind.step[0] / kind.step[1] for row in rows for n in row])
    steps = draw(st.lists(st.integers(1, 10**12), min_size=len(rows), max_size=len(rows)))
    times = [sum(steps[: i + 1]) for i in range(len(steps))]
    return kind, Stream(
        FlatRows(values, width), Timestamps(times), kind.names, (kind.unit,) * width
    )


@given(recordings(), st.integers(0, 0xFFFF))
def test_a_round_trip_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, recording: tuple[Kind, Stream], channel: int
) -> None:
    kind, stream = recording
    writer = ResdWriter()
    writer.add(kind, stream, channel=channel, metadata={"name": "trip", "number": -3})
    path = tmp_path_factory.getbasetemp() / "trip.resd"
    writer.save(path)
    assert list(Stream.from_resd(path, kind.name, channel)) == list(stream)
    assert read_resd(path)[0].metadata == {"name": "trip", "number": -3}


@given(st.integers(1, 10**9), st.integers(1, 50))
def test_a_constant_rate_stays_one(
    tmp_path_factory: pytest.TempPathFactory, period_ns: int, count: int
) -> None:
    from fractions import Fraction

    stream = Stream.from_array(
        numpy.arange(count), Fraction(10**9, period_ns), units=["V"], start_s=0.5
    )
    writer = ResdWriter()
    writer.add(find_kind("voltage"), stream)
    path = tmp_path_factory.getbasetemp() / "rate.resd"
    writer.save(path)
    assert read_resd(path)[0].period_ns == period_ns
    assert list(Stream.from_resd(path)) == list(stream)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False)
        | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
        | st.binary(),
    )
)
def test_metadata_round_trip(items: dict[str, int | float | str | bytes]) -> None:
    assert read_metadata(build_metadata(items), 0, "here") == items


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda b: b"", "not a RESD file"),
        (lambda b: b"RIFF" + b[4:], "not a RESD file"),
        (lambda b: b[:4] + b"\x02" + b[5:], "version 2 at byte 4"),
        (lambda b: b + b"\x01", "truncated: at byte 69"),
        (lambda b: b[:-1], "at byte 8 is truncated: it announces 48 bytes, 47"),
        (lambda b: b[:8] + b"\x03" + b[9:], "of type 3"),
        (
            lambda b: b[:13] + struct.pack("<Q", 2**64 - 1) + b[21:],
            "announces 18446744073709551615",
        ),
        (lambda b: b[:13] + struct.pack("<Q", 23) + b[21:44], "too few for its headers"),
        (lambda b: b[:29] + bytes(8) + b[37:], "period of 0 ns, at byte 29"),
        (lambda b: b[:21] + b"\xff" * 8 + b[29:], "starts at 18446744073709551615 ns, at byte 21"),
        (lambda b: b[:37] + b"\xff" * 8 + b[45:], "bytes of metadata at byte 37"),
        (lambda b: b[:37] + struct.pack("<Q", 1) + b[45:], "metadata at byte 45 is truncated"),
        (lambda b: b[:29] + struct.pack("<Q", 2**63 - 1) + b[37:], "last samples come after"),
    ],
)
def test_hostile_files(tmp_path: Path, change: object, message: str) -> None:
    with pytest.raises(StreamError, match=message):
        Stream.from_resd(save(tmp_path, change(BY_HAND)), channel=7)  # type: ignore[operator]


@given(st.binary(max_size=60), st.integers(0, len(BY_HAND)))
def test_no_bytes_break_the_reader(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.resd"
    path.write_bytes(BY_HAND[:at] + noise + BY_HAND[at + len(noise) // 2 :])
    try:
        for block in read_resd(path):
            if block.layout is not None:
                Stream.from_resd(path, block.kind, block.channel).at(1.0)
    except StreamError:
        pass


def test_what_does_not_fit_is_refused() -> None:
    writer = ResdWriter()
    kind = find_kind("acceleration")
    with pytest.raises(StreamError, match=r"sample 1, .* does not fit"):
        writer.add(kind, Stream.from_array([[0, 0, 0], [0, 0, 3000]], 1, units=["g"]))
    with pytest.raises(StreamError, match="1 columns for acceleration"):
        writer.add(kind, Stream.from_array([1], 1, units=["g"]))
    with pytest.raises(StreamError, match="no end"):
        writer.add(kind, Stream.from_array([[0, 0, 0]], 1, units=["g"], end="loop"))
    with pytest.raises(StreamError, match="V is a unit of voltage"):
        writer.add(kind, Stream.from_array([[0, 0, 0]], 1, units=["V"]))
    with pytest.raises(StreamError, match="no kind of RESD sample 'a'"):
        find_kind("a")
