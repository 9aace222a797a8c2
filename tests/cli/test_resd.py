"""``simgate resd`` from outside: there and back, a look inside, and what it refuses."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.errors import StreamError
from simgate.sensor.resd_convert import Scale, from_resd, parse_mapping, to_resd
from simgate.sensor.stream import Stream

TAPS = "time_s,x_g,y_mg,z_g,die_degC\n0,0.5,-250,1,20\n0.01,0,0,1,20.5\n"


def simgate(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simgate", "resd", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_there_and_back(tmp_path: Path) -> None:
    (tmp_path / "taps.csv").write_text(TAPS)
    done = simgate(tmp_path / "taps.csv", tmp_path / "taps.resd")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'taps.resd'}: 2 blocks\n")

    shown = simgate(tmp_path / "taps.resd")
    assert "acceleration:0  2 samples, 100 Hz, from 0 s to 0.01 s" in shown.stdout
    blocks = json.loads(simgate(tmp_path / "taps.resd", "--json").stdout)["blocks"]
    assert [(b["kind"], b["offset"], b["samples"]) for b in blocks] == [
        ("temperature", 8, 2),
        ("acceleration", 53, 2),
    ]

    back = simgate(tmp_path / "taps.resd", tmp_path / "back.csv", "--map", "acceleration:x,y,z")
    assert back.returncode == 0
    assert (tmp_path / "back.csv").read_text() == "time_s,x_g,y_g,z_g\n0,0.5,-0.25,1\n0.01,0,0,1\n"


def test_errors_name_the_place(tmp_path: Path) -> None:
    (tmp_path / "taps.csv").write_text(TAPS.replace("-250", "many"))
    done = simgate(tmp_path / "taps.csv", tmp_path / "taps.resd")
    assert done.returncode == 2
    assert "taps.csv:2: 'many' is not a number" in done.stderr
    (tmp_path / "cut.resd").write_bytes(b"RESD\x01\0\0\0\x02\x02")
    done = simgate(tmp_path / "cut.resd")
    assert done.returncode == 2
    assert "at byte 8" in done.stderr
    assert simgate(tmp_path / "taps.csv", tmp_path / "taps.mp3").returncode == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("noise:x", "no kind of RESD sample 'noise'"),
        ("accel:x,y", "names 2 columns; acceleration has x, y, z"),
        ("voltage:v:first", "is no mapping"),
        ("a:b:c:d:e", "is no mapping"),
    ],
)
def test_mappings_that_are_none(text: str, message: str) -> None:
    with pytest.raises(StreamError, match=message):
        parse_mapping(text)


def test_mappings_as_csv2resd_takes_them() -> None:
    mapping = parse_mapping("acceleration:x,y,z::3")
    assert (mapping.kind.name, mapping.columns, mapping.channel) == (
        "acceleration",
        ("x", "y", "z"),
        3,
    )


def test_what_is_not_clear_has_to_be_said(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("time_s,a_g,b_g\n0,1,2\n")
    with pytest.raises(StreamError, match=r"a\.csv:1: which kind of sample .*not clear"):
        to_resd(Stream.from_csv(table), tmp_path / "a.resd")
    with pytest.raises(StreamError, match=r"a\.csv:1: there is no column 'z'"):
        to_resd(Stream.from_csv(table), tmp_path / "a.resd", [parse_mapping("accel:a,b,z")])
    with pytest.raises(StreamError, match=r"a\.csv:1: column 'a': g is a unit of acceleration"):
        to_resd(Stream.from_csv(table), tmp_path / "a.resd", [parse_mapping("voltage:a")])


def write_wav(path: Path, samples: list[int], rate: int) -> None:
    data = struct.pack(f"<{len(samples)}h", *samples)
    header = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + header + b"data" + struct.pack("<I", len(data))
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body) + len(data)) + body + data)


@settings(max_examples=40)
@given(
    st.lists(st.integers(-32768, 32767), min_size=1, max_size=50),
    st.sampled_from([8000, 16000, 22050, 44100, 48000]),
)
def test_sound_comes_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, samples: list[int], rate: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    write_wav(folder / "a.wav", samples, rate)
    scale = Scale(1.0, 1.65)  # steps of 30.5 uV, which the file's uV can tell apart
    to_resd(Stream.from_wav(folder / "a.wav"), folder / "a.resd", [parse_mapping("voltage")], scale)
    from_resd(folder / "a.resd", folder / "b.wav", None, scale, rate)
    assert (folder / "b.wav").read_bytes() == (folder / "a.wav").read_bytes()
