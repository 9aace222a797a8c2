"""Tables of samples: every error names its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.errors import StreamError
from simgate.sensor.stream import Stream


def write(folder: Path, text: str, name: str = "taps.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_names_units_and_times_come_from_the_header(tmp_path: Path) -> None:
    path = write(tmp_path, "time_ms,x_mg,y [g],temp_degC\n0,500,0.25,20\n10,-1,0,21\n")
    stream = Stream.from_csv(path)
    assert (stream.names, stream.units) == (("x", "y", "temp"), ("mg", "g", "degC"))
    assert stream.rate_hz == 100
    assert stream.columns(("x", "y"), "g").at(0.0) == (0.5, 0.25)
    assert stream.at(0.01) == (-1, 0, 21)


def test_times_are_exact_and_may_be_uneven(tmp_path: Path) -> None:
    path = write(tmp_path, "time_s,v_V\n0.1,1\n0.3,2\n0.300000001,3\n")
    stream = Stream.from_csv(path)
    assert [time for time, _ in stream] == [100_000_000, 300_000_000, 300_000_001]
    assert stream.rate_hz is None
    assert (stream.at(0.05), stream.at(0.3), stream.at(0.4)) == ((0.0,), (2.0,), (3.0,))


def test_the_rate_comes_from_the_caller_or_a_line_above(tmp_path: Path) -> None:
    bare = write(tmp_path, "v\n1\n2\n")
    assert Stream.from_csv(bare, rate_hz=4, units=["V"]).at(0.25) == (2.0,)
    noted = write(tmp_path, "# recorded on Monday\n# rate_hz: 12.5\nv_V\n# pause\n1\n2\n")
    assert [time for time, _ in Stream.from_csv(noted)] == [0, 80_000_000]


def test_renodes_text_of_samples(tmp_path: Path) -> None:
    path = write(tmp_path, "# x y z\n1 2 3\n\n-0.5 0 1e-3\n", "taps.txt")
    stream = Stream.from_file(path, units=["g"] * 3, rate_hz=10)
    assert [row for _, row in stream] == [(1.0, 2.0, 3.0), (-0.5, 0.0, 0.001)]
    with pytest.raises(StreamError, match=r"taps\.txt:2: 3 values instead of 1"):
        Stream.from_text(path, names=["v"], units=["V"], rate_hz=1)
    with pytest.raises(StreamError, match="does not say its rate"):
        Stream.from_text(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"taps\.csv: there is no header"),
        ("0,1,2\n", r"taps\.csv:1: there is no header"),
        ("time_s,x\n0,1\n", r"taps\.csv:1: column 'x' has no unit"),
        ("time_s,x_furlong\n0,1\n", r"taps\.csv:1: column 'x_furlong' has no unit"),
        ("time_h,x_g\n0,1\n", r"taps\.csv:1: column 'time_h' has no unit"),
        ("time_g,x_g\n0,1\n", r"taps\.csv:1: column 'time_g': times are in s, ms"),
        ("x_g\n1\n", r"taps\.csv:1: there is no column of times, and no rate"),
        ("time_s,x_g,x_mg\n0,1,2\n", r"taps\.csv:1: there are two columns 'x'"),
        ("time_s,x_g\n", r"taps\.csv:1: there are no samples"),
        ("time_s\n0\n", r"taps\.csv:1: there is no column beside"),
        ("time_s,x_g\n0,1\n\n1,2,3\n", r"taps\.csv:4: 3 values for 2 columns"),
        ("time_s,x_g\n0,1\n1,one\n", r"taps\.csv:3: 'one' is not a number"),
        ("time_s,x_g\n0,1\n1,nan\n", r"taps\.csv:3: 'nan' is not a number"),
        ("time_s,x_g\n0,1_0\n", r"taps\.csv:2: '1_0' is not a number"),
        ("time_s,x_g\n0,1\n0,2\n", r"taps\.csv:3: the time 0 does not come after"),
        ("time_s,x_g\n-1,1\n", r"taps\.csv:2: a time of -1"),
        ("time_s,x_g\n1e300,1\n", r"taps\.csv:2: a time of 1e300"),
        ("# rate_hz: fast\nx_g\n1\n", r"taps\.csv:1: 'fast' is not a number"),
        ("# rate_hz: 0\nx_g\n1\n", r"taps\.csv:1: a rate of 0"),
        ("# rate_hz: 100\ntime_s,x_g\n0,1\n0.02,2\n", r"taps\.csv:4: at 100 samples a second"),
        ("x" * 70_000, r"taps\.csv:1: a line of more than"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StreamError, match=message) as caught:
        Stream.from_csv(write(tmp_path, text))
    assert caught.value.exit_code == 2


def test_units_that_were_given_must_be_those_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "time_s,x_mg\n0,1\n")
    assert Stream.from_csv(path, units=["mg"]).units == ("mg",)
    with pytest.raises(StreamError, match=r"taps\.csv:1: column 'x_mg' is in mg, not in g"):
        Stream.from_csv(path, units=["g"])
    with pytest.raises(StreamError, match=r"taps\.csv:1: column 'x': mg is a unit of accel"):
        Stream.from_csv(path).columns(("x",), "V")


def test_bytes_that_are_no_text_and_files_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "noise.csv"
    path.write_bytes(b"time_s,x_g\n0,\xff\xfe\n")
    with pytest.raises(StreamError, match=r"noise\.csv:.: this is no text"):
        Stream.from_csv(path)
    with pytest.raises(StreamError, match="cannot read"):
        Stream.from_csv(tmp_path / "absent.csv")


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        stream = Stream.from_csv(path)
    except StreamError:
        return
    assert stream.at(0)
