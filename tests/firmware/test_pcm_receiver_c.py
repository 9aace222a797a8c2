"""What the receiver answers to line errors that no simulator makes: overruns and broken bytes."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

import pytest

from simgate.assets import root
from simgate.sensor.pcm_frame import encode

HOST = Path(__file__).parent / "host"
PCM = bytes(range(250)) * 128
FRAME = encode(PCM)


class Status(IntEnum):
    """usart_status of firmware/driver/usart.h, and a pause."""

    BYTE = 1
    OVERRUN = 2
    FRAMING = 3
    SILENCE_MS = 0xFF


Entry = tuple[Status, int]
Play = Callable[[list[Entry]], list[dict[str, object]]]


def received(data: bytes) -> list[Entry]:
    return [(Status.BYTE, byte) for byte in data]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    library_file = tmp_path_factory.mktemp("receiver") / "receiver.so"
    driver = root("firmware") / "driver"
    sources = [driver / f"{name}.c" for name in ("pcm_receiver", "pcm_frame", "console")]
    compiler = shutil.which("cc") or shutil.which("gcc") or "cc"
    flags = ["-shared", "-fPIC", "-O1", "-std=c11", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(
        [compiler, *flags, "-I", HOST, "-I", root("firmware"), "-o", library_file,
         HOST / "serial_line.c", *sources],
        check=True,
    )  # fmt: skip
    library = ctypes.CDLL(str(library_file))
    library.play.restype = ctypes.c_char_p

    def run(script: list[Entry]) -> list[dict[str, object]]:
        """The lines answered until a whole clip was there; the clip must be PCM."""
        samples = ctypes.create_string_buffer(len(PCM))
        statuses, data = (bytes(column) for column in zip(*script, strict=True))
        answered: bytes = library.play(statuses, data, samples)
        assert samples.raw == PCM
        return [json.loads(line) for line in answered.splitlines()]

    return run


def test_a_good_frame_is_taken_without_a_word(play: Play) -> None:
    assert play(received(FRAME)) == []


@pytest.mark.parametrize(
    ("status", "kind"), [(Status.OVERRUN, "overrun"), (Status.FRAMING, "framing")]
)
def test_a_line_error_within_a_frame_is_told_once_and_the_rest_passed_over(
    play: Play, status: Status, kind: str
) -> None:
    broken = [*received(FRAME[:100]), (status, 0x55), *received(FRAME[200:300]), (status, 1)]

    assert play([*broken, *received(FRAME)]) == [{"error": kind}]


def test_a_sender_that_did_not_wait_for_the_answer_is_told(play: Play) -> None:
    too_early = [(Status.OVERRUN, FRAME[0]), *received(FRAME[2000:])]
    silence = [(Status.SILENCE_MS, 101)]

    assert play([*too_early, *silence, *received(FRAME)]) == [{"error": "overrun"}]


def test_a_stall_is_told_after_100_ms_but_not_before(play: Play) -> None:
    def with_pause(pause_ms: int) -> list[Entry]:
        return [*received(FRAME[:50]), (Status.SILENCE_MS, pause_ms)]

    assert play([*with_pause(100), *received(FRAME[50:])]) == []
    assert play([*with_pause(101), *received(FRAME)]) == [
        {"error": "timeout", "received_bytes": 50}
    ]


def test_bytes_of_no_frame_are_told_when_they_end(play: Play) -> None:
    script = [*received(b"AT\r\n"), (Status.SILENCE_MS, 101), (Status.SILENCE_MS, 200)]

    assert play([*script, *received(FRAME)]) == [{"error": "no frame", "skipped_bytes": 4}]


def test_silence_alone_is_not_told(play: Play) -> None:
    assert play([*[(Status.SILENCE_MS, 250)] * 3, *received(FRAME)]) == []


def test_what_follows_a_bad_count_is_passed_over_in_silence(play: Play) -> None:
    bad = received(b"PCM1" + (8000).to_bytes(4, "little") + PCM[:16_000] + b"\0\0\0\0")

    assert play([*bad, (Status.SILENCE_MS, 101), *received(FRAME)]) == [
        {"error": "sample count", "received": 8000, "expected": 16_000}
    ]


def test_after_the_silence_that_ends_a_bad_frame_new_rubbish_is_told(play: Play) -> None:
    script = [(Status.FRAMING, 0), (Status.SILENCE_MS, 101), *received(b"xyz")]

    assert play([*script, (Status.SILENCE_MS, 101), *received(FRAME)]) == [
        {"error": "framing"},
        {"error": "no frame", "skipped_bytes": 3},
    ]
