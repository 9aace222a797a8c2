"""The kws application as the benchmarks use it: built once, its clips at hand."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from simgate.machine import Machine
from simgate.model import compile_model
from simgate.sensor.pcm_frame import encode
from simgate.sensor.wav import read_pcm16
from simgate.toolchain import build_app

ROOT = Path(__file__).resolve().parents[2]
FRONT_END = "audio_front_end_run"
NETWORK = "kws_model_invoke"


@dataclass(frozen=True, slots=True)
class KeywordSpotter:
    """The built firmware and its inputs."""

    root: Path
    board: str
    elf: Path
    macs: int
    clips: tuple[Path, ...]

    def boot(self, machine: Machine) -> None:
        """Run until the firmware is ready."""
        machine.terminal("usart2").wait_for_line('"ready"', 1.0)

    def send(self, machine: Machine, clip: int) -> None:
        """Put one clip on the wire."""
        machine.uart("usart2").write(encode(read_pcm16(self.clips[clip])))

    def answer(self, machine: Machine) -> str:
        """The line that the firmware answers."""
        return machine.terminal("usart2").wait_for_line('"label"', 5.0).line


def build() -> KeywordSpotter:
    """Build the firmware as it is verified."""
    folder = ROOT / "firmware" / "app" / "kws"
    elf = build_app("kws", board="stm32f407", build_directory=ROOT / "build" / "bench")
    with tempfile.TemporaryDirectory() as scratch:
        macs = compile_model(folder / "model.tflite", "kws_model", Path(scratch)).macs
    clips = tuple(sorted((folder / "clips").glob("*.wav")))
    return KeywordSpotter(ROOT, "stm32f407", elf, macs, clips)
