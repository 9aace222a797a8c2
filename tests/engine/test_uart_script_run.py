"""UART scripts on whole machines: they keep their times, and a replay repeats them exactly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.errors import EngineError, UartError
from simgate.image import Image
from simgate.machine import Machine
from simgate.sensor.pcm_frame import encode
from simgate.sensor.uart_script import UartScript
from simgate.sensor.uart_script_text import parse_script
from simgate.sensor.wav import read_pcm16
from simgate.toolchain import build_app

ROOT = Path(__file__).resolve().parents[2]
CLIPS = ROOT / "firmware" / "app" / "kws" / "clips"


def build(app: str | Path, board: str) -> Image:
    name = Path(app).name
    return Image.read(
        build_app(app, board=board, build_directory=ROOT / "build" / "tests" / board / name)
    )


HELLO = ROOT / "tests" / "firmware" / "apps" / "hello"


@pytest.mark.parametrize("board", ["stm32f407", "stm32g474"])
def test_a_replay_of_a_script_is_the_same_run(board: str, tmp_path: Path) -> None:
    image = build(HELLO, board)
    path = tmp_path / "echo.uart"
    path.write_text('baud 921600\nat 0.71\nsend "ab"\ngap 0.000123456789\nsend noise "c"\n')
    with Machine(find_board(board), image) as machine:
        machine.run_for(0.02)
        machine.play(path, "usart2")
        machine.run_for(1.0)
        first = machine.result()
    path.unlink()  # what a result keeps does not need the file
    with Machine(find_board(board), image, replay=first.inputs) as machine:
        machine.run_for(1.02)
        again = machine.result()
    assert [line.text for line in first.uart][-3:] == ["a", "b", "c"]
    assert (again.instructions, again.uart, again.inputs) == (
        first.instructions,
        first.uart,
        first.inputs,
    )


def test_a_script_needs_a_uart_that_is_there_and_free() -> None:
    with Machine(find_board("stm32f407"), build(HELLO, "stm32f407")) as machine:
        script = parse_script('at 1\nsend "a"')
        with pytest.raises(UartError, match="no UART 'uart9'"):
            machine.play(script, "uart9")
        machine.play(script, "usart2")
        with pytest.raises(EngineError, match="a script is being played already"):
            machine.play(script, "usart2")
        machine.play(script, "usart3")


@pytest.mark.parametrize("board", ["stm32f407", "stm32h743"])
def test_a_clip_at_the_speed_of_the_wire_is_received_without_a_loss(board: str) -> None:
    clip = CLIPS / "yes-en-gb-x-rp-f4.wav"
    frame = encode(read_pcm16(clip, rate_hz=16_000)[:32_000].ljust(32_000, b"\0"))
    with Machine(find_board(board), build("kws", board), capture_layers=False) as machine:
        terminal = machine.terminal("usart2", timeout=1.0)
        terminal.wait_for_line('{"ready":')
        began = machine.time_s
        machine.play(UartScript().baud(921_600).send(frame), "usart2")
        played = json.loads(terminal.wait_for_next_line().line)
        assert machine.time_s - began > len(frame) * 10 / 921_600
        machine.uart("usart2").write(frame)
        written = json.loads(terminal.wait_for_next_line().line)
        assert machine.result().remarks == ()
    assert played["label"] == "yes"
    assert (played["label"], played["scores"]) == (written["label"], written["scores"])
