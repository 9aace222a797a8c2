"""Whatever is wrong with what was given: one clear message and exit code 2."""

from __future__ import annotations

import shutil
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KWS = ROOT / "firmware" / "app" / "kws"


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The message of a command that could not be done."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("simgate: ")
    return done.stderr


def test_an_elf_that_is_missing(simgate) -> None:
    assert "absent.elf" in refused(simgate("run", "absent.elf", "--board", "stm32f407"))


def test_an_elf_that_is_cut_short(simgate, elf_of: Callable[[str], Path], tmp_path: Path) -> None:
    whole = elf_of("hello").read_bytes()
    for size in (0, 3, 40, 60, len(whole) // 2):
        cut = tmp_path / f"cut{size}.elf"
        cut.write_bytes(whole[:size])
        assert f"cut{size}.elf" in refused(simgate("run", cut, "--board", "stm32f407"))


def test_an_elf_for_this_machine(simgate) -> None:
    message = refused(simgate("run", Path(sys.executable).resolve(), "--board", "stm32f407"))
    assert "a 64-bit ELF" in message


def test_an_elf_for_another_core(simgate, tmp_path: Path) -> None:
    source, elf = tmp_path / "m33.c", tmp_path / "m33.elf"
    source.write_text("void _start(void) { for (;;) {} }\n")
    compiler = shutil.which("arm-none-eabi-gcc")
    assert compiler is not None
    subprocess.run(
        [compiler, "-mcpu=cortex-m33", "-mthumb", "-nostdlib", "-o", elf, source], check=True
    )
    message = refused(simgate("run", elf, "--board", "stm32f407"))
    assert "m33.elf" in message and "8-M" in message


def test_a_board_that_does_not_exist_and_those_that_do(simgate) -> None:
    message = refused(simgate("run", "x.elf", "--board", "stm32f999"))
    assert "stm32f999" in message and "stm32f407" in message


def test_an_engine_that_does_not_exist(simgate, elf_of: Callable[[str], Path]) -> None:
    arguments = ("--board", "stm32f407", "--engine", "magic")
    message = refused(simgate("run", elf_of("hello"), *arguments))
    assert "magic" in message and "strict" in message


def test_a_model_that_is_none(simgate, tmp_path: Path) -> None:
    model = tmp_path / "song.tflite"
    model.write_bytes(b"RIFF" + bytes(100))
    message = refused(simgate("compile", model, "--prefix", "net", "--out", tmp_path / "out"))
    assert "song.tflite" in message
    assert not (tmp_path / "out").exists()


def test_a_model_with_an_operator_that_is_not_supported(simgate, tmp_path: Path) -> None:
    """SOFTMAX (25) of the keyword spotter becomes LOCAL_RESPONSE_NORMALIZATION (13)."""
    import tflite

    data = bytearray((KWS / "model.tflite").read_bytes())
    root = tflite.Model.GetRootAsModel(data, 0)
    for number in range(root.OperatorCodesLength()):
        code = root.OperatorCodes(number)
        if max(code.BuiltinCode(), code.DeprecatedBuiltinCode()) == tflite.BuiltinOperator.SOFTMAX:
            for field, size in ((4, 1), (10, 4)):  # deprecated_builtin_code, builtin_code
                offset = code._tab.Offset(field)
                if offset:
                    start = code._tab.Pos + offset
                    data[start : start + size] = (13).to_bytes(size, "little")
    model = tmp_path / "odd.tflite"
    model.write_bytes(data)
    message = refused(simgate("compile", model, "--prefix", "net", "--out", tmp_path / "out"))
    assert "LOCAL_RESPONSE_NORMALIZATION" in message
    assert "operator 13" in message  # the last of fourteen


def application(folder: Path) -> Path:
    """A copy of the keyword spotter's description, with no clips."""
    app = folder / "kws"
    shutil.copytree(KWS, app, ignore=shutil.ignore_patterns("clips"))
    (app / "clips").mkdir()
    return app


def sound(path: Path, *, rate_hz: int = 16000, width: int = 2, channels: int = 1) -> None:
    with wave.open(str(path), "wb") as file:
        file.setframerate(rate_hz)
        file.setsampwidth(width)
        file.setnchannels(channels)
        file.writeframes(bytes(rate_hz * width * channels))


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ({"rate_hz": 8000}, "8000 Hz"),
        ({"width": 1}, "8-bit"),
        ({"channels": 2}, "stereo"),
    ],
)
def test_a_wav_of_another_rate_width_or_number_of_channels(
    simgate, tmp_path: Path, shape: dict[str, int], said: str
) -> None:
    app = application(tmp_path)
    sound(app / "clips" / "yes-odd.wav", **shape)
    message = refused(simgate("verify", app))
    assert "yes-odd.wav" in message and said in message and "needed is 16000 Hz" in message
    assert "building" not in message


def test_an_application_that_does_not_exist_and_those_that_do(simgate) -> None:
    message = refused(simgate("verify", "kwz"))
    assert "kwz" in message and "kws" in message


def test_a_mistake_in_the_budgets_has_its_line_and_comes_before_the_long_part(
    simgate, tmp_path: Path
) -> None:
    app = application(tmp_path)
    sound(app / "clips" / "yes-1.wav")
    (app / "budgets.toml").write_text('[memory]\nflash = "lots"\n')
    message = refused(simgate("verify", app))
    assert "budgets.toml:2" in message and "lots" in message
    assert "building" not in message


def test_options_that_do_not_exist_are_exit_code_2(simgate) -> None:
    for arguments in (("run", "x.elf", "--bord", "y"), ("verify",), ("frobnicate",)):
        done = simgate(*arguments)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
