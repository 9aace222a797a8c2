"""The firmware on the simulated STM32F407: clocks, tick, console, features, protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from simgate.board import find_board
from simgate.engine.terminal_tester import TerminalTester
from simgate.image import Image
from simgate.machine import Machine
from simgate.reference.front_end import features
from simgate.sensor.pcm_frame import encode

ImageOf = Callable[[str], Path]
FRAME = encode(bytes(32_000))
SILENCE = "20" * (49 * 32)


@contextmanager
def running(elf: Path) -> Iterator[tuple[Machine, TerminalTester]]:
    with Machine(find_board("stm32f407"), Image.read(elf)) as machine:
        yield machine, machine.terminal("usart2", timeout=1.0)
        assert machine.result().fault is None


def test_the_start_up_code_prepares_memory_and_fpu(image_of: ImageOf) -> None:
    with running(image_of("start_state")) as (_, terminal):
        line = terminal.wait_for_next_line().line

    assert json.loads(line) == {
        "initialised": 112233,
        "zeroed": 0,
        "by_fpu": 1000,
        "signed": -2147483648,
    }


def test_the_core_reaches_168_mhz_and_the_tick_counts_milliseconds(image_of: ImageOf) -> None:
    with running(image_of("hello")) as (machine, terminal):
        terminal.wait_for_line("hello from stm32f407")
        for expected_ms in (100, 200, 300):
            line = terminal.wait_for_next_line().line
            assert json.loads(line) == {"clock_hz": 168_000_000, "tick_ms": expected_ms}
            assert machine.time_s * 1000 == pytest.approx(expected_ms, abs=1)


def test_bytes_received_by_interrupt_are_echoed(image_of: ImageOf) -> None:
    with running(image_of("hello")) as (machine, terminal):
        for _ in range(6):
            terminal.wait_for_next_line()
        machine.uart("usart2").write(b"ab")
        assert [terminal.wait_for_next_line().line for _ in "ab"] == ["a", "b"]


def test_features_on_the_core_equal_the_reference(image_of: ImageOf) -> None:
    random = np.random.default_rng(11)
    levels = (1, 10, 100, 1000, 10_000, 100_000)
    noise = [random.normal(0, level, 16_000) for level in levels]
    extremes = [random.choice([-32768, 32767], 16_000), np.full(16_000, -32768.0)]
    pcm = np.clip(np.round([*noise, *extremes]), -32768, 32767).astype(np.int16)

    with running(image_of("front_end_probe")) as (machine, terminal):
        terminal.wait_for_line('{"ready":"front_end_probe"}')
        for clip, expected in zip(pcm, features(pcm), strict=True):
            machine.uart("usart2").write(encode(clip.tobytes()))
            found = np.frombuffer(bytes.fromhex(terminal.wait_for_next_line().line), np.int8)
            np.testing.assert_array_equal(found.reshape(49, 32), expected)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"rubbish", {"error": "no frame", "skipped_bytes": 7}),
        (b"PCM", {"error": "no frame", "skipped_bytes": 3}),
        (FRAME[:4], {"error": "timeout", "received_bytes": 4}),
        (FRAME[:1000], {"error": "timeout", "received_bytes": 1000}),
        (FRAME[:-1], {"error": "timeout", "received_bytes": 32_011}),
        (
            b"PCM1\x01\0\0\0" + b"passed over",
            {"error": "sample count", "received": 1, "expected": 16_000},
        ),
    ],
)
def test_a_bad_frame_is_answered_by_one_line_and_survived(
    image_of: ImageOf, bad: bytes, told: dict[str, object]
) -> None:
    with running(image_of("front_end_probe")) as (machine, terminal):
        terminal.wait_for_next_line()
        machine.uart("usart2").write(bad)
        assert json.loads(terminal.wait_for_next_line().line) == told
        terminal.should_be_idle(0.3)

        machine.uart("usart2").write(FRAME)
        assert terminal.wait_for_next_line().line == SILENCE


def test_a_wrong_checksum_is_told_with_the_right_one(image_of: ImageOf) -> None:
    right = int.from_bytes(FRAME[-4:], "little")
    with running(image_of("front_end_probe")) as (machine, terminal):
        terminal.wait_for_next_line()
        machine.uart("usart2").write(FRAME[:-4] + b"\1\0\0\0" + FRAME)
        line = terminal.wait_for_next_line().line

        assert json.loads(line) == {"error": "crc", "received": 1, "computed": right}
        assert terminal.wait_for_next_line().line == SILENCE
