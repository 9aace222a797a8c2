"""A small sanity check on a recorded voice: the channel announcements that Debian's alsa-utils has.

"Front left", "rear right" and so on: eight recordings, of which the last word is a keyword in six.
Far too few to be a measurement, and nothing of them is trained on or kept.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgate.reference.front_end import features
from tools.train import augment

FOLDER = Path("/usr/share/sounds/alsa")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One recording's last word, as the front end's features."""

    file: str
    label: str
    features: NDArray[np.int8]


def spoken(folder: Path = FOLDER) -> list[Spoken]:
    """Every announcement found, cut so that its last word ends 150 ms before the clip does."""
    found = []
    for file in sorted(folder.glob("*_*.wav")):
        word = file.stem.split("_")[1].lower()
        label = word if word in ("left", "right") else "unknown"
        found.append(Spoken(file.name, label, features(_last_word(file))))
    return found


def _last_word(file: Path) -> NDArray[np.int16]:
    with wave.open(str(file)) as recording:
        rate = recording.getframerate()
        samples = np.frombuffer(recording.readframes(recording.getnframes()), "<i2")
        mono = samples.reshape(-1, recording.getnchannels())[:, 0] / 32_768
    sound = augment.trim(mono.astype(np.float32), rate, floor_db=-30.0)
    sound = augment.resample(sound, augment.RATE_HZ / rate)
    word = sound[_start_of_last_word(sound) :][: augment.CLIP - 2_400]
    clip = np.random.default_rng(1).normal(0, 3e-4, augment.CLIP)
    start = augment.CLIP - 2_400 - len(word)
    clip[start : start + len(word)] += word
    return np.clip(np.round(clip * 32_767), -32_768, 32_767).astype(np.int16)


def _start_of_last_word(sound: NDArray[np.float32]) -> int:
    """The quietest 40 ms between a quarter and two thirds of the announcement."""
    block = augment.RATE_HZ // 100
    energy = np.square(sound[: len(sound) // block * block]).reshape(-1, block).sum(axis=1)
    smooth = np.convolve(energy, np.ones(4), mode="same")
    low, high = len(smooth) // 4, len(smooth) * 2 // 3
    return (low + int(np.argmin(smooth[low:high]))) * block
