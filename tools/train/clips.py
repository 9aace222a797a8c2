"""The clips that verification speaks to the firmware: two a label, by voices never trained on.

They are drawn by seed alone, before and without asking the network.
"""

from __future__ import annotations

import wave
from pathlib import Path

from tools.train import augment, dataset, words

SEED = 78
PLAN = dataset.Plan("test", 2, 2, 2, augment.MILD, keep_clips=True)


def make() -> dataset.Examples:
    """The 24 examples, their clips included."""
    return dataset.make(PLAN, SEED, processes=1)


def names(examples: dataset.Examples) -> tuple[str, ...]:
    """A file name each: ``<label>-<voice>.wav``; silence is numbered."""
    made = []
    silent = 0
    for label, voice in zip(examples.labels, examples.voices, strict=True):
        speaker = voice.replace("+", "-").replace(" ", "_")
        if speaker == "none":
            silent += 1
            speaker = f"noise{silent}"
        made.append(f"{words.LABELS[int(label)]}-{speaker}.wav")
    if len(set(made)) != len(made):
        raise ValueError("a voice says the same word twice: choose another seed")
    return tuple(made)


def write(examples: dataset.Examples, folder: Path) -> None:
    """Write every clip as 16 kHz mono 16-bit WAV; older clips in ``folder`` go."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.wav"):
        old.unlink()
    for name, clip in zip(names(examples), examples.clips, strict=True):
        with wave.open(str(folder / name), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(augment.RATE_HZ)
            sound.writeframes(clip.astype("<i2").tobytes())
