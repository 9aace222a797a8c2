"""Speech by synthesizers built from recordings of people: Debian's flite and festival.

Training hears some of flite's voices for the sake of real spectra. The voices of ``PROXIES`` are
never trained on, nor is any other voice of the same speaker: how the network does on them stands
in for people, whom there is no data of. Both programs are optional; what is absent is left out and
the model card says so.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice of one of the programs; ``name`` is the program's own."""

    program: Literal["flite", "festival"]
    name: str


TRAINED = (Speaker("flite", "kal16"), Speaker("flite", "awb"), Speaker("flite", "rms"))
PROXIES = (
    Speaker("flite", "slt"),
    Speaker("festival", "cmu_us_slt_arctic_hts"),
    Speaker("festival", "ked_diphone"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say: stretch 1.0 is the voice's own pace, pitch is in Hz (flite only)."""

    text: str
    stretch: float
    pitch_hz: float


def is_installed(speaker: Speaker) -> bool:
    """Whether the speaker's program is on this machine."""
    return shutil.which(speaker.program) is not None


def say_all(speaker: Speaker, lines: list[Line]) -> list[tuple[int, NDArray[np.float32]]]:
    """(sample rate in Hz, mono samples in -1..1) of every line.

    Raises:
        RuntimeError: the program failed or said nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{i}.wav" for i in range(len(lines))]
        if speaker.program == "flite":
            for line, file in zip(lines, files, strict=True):
                _flite(speaker.name, line, file)
        else:
            _festival(speaker.name, lines, files)
        return [_read(file) for file in files]


def _flite(voice: str, line: Line, file: Path) -> None:
    settings = [
        f"duration_stretch={line.stretch:.3f}",
        f"int_f0_target_mean={line.pitch_hz:.1f}",
    ]
    options = [part for setting in settings for part in ("--setf", setting)]
    command = ["flite", "-voice", voice, *options, "-t", line.text, "-o", str(file)]
    subprocess.run(command, check=True, capture_output=True)


def _festival(voice: str, lines: list[Line], files: list[Path]) -> None:
    script = [f"(voice_{voice})"]
    for line, file in zip(lines, files, strict=True):
        script += [
            f"(Parameter.set 'Duration_Stretch {line.stretch:.3f})",
            f'(utt.save.wave (utt.synth (Utterance Text "{line.text}")) "{file}" \'riff)',
        ]
    with tempfile.NamedTemporaryFile("w", suffix=".scm") as scheme:
        scheme.write("\n".join(script))
        scheme.flush()
        subprocess.run(["festival", "-b", scheme.name], check=True, capture_output=True)


def _read(file: Path) -> tuple[int, NDArray[np.float32]]:
    if not file.exists():
        raise RuntimeError(f"the synthesizer wrote no {file.name}")
    with wave.open(str(file)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        return sound.getframerate(), (samples / 32_768.0).astype(np.float32)
