"""The front end in C equals its Python reference, bit for bit."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from numpy.typing import NDArray

from simgate.reference.front_end import SPEC, features

RATE_HZ = SPEC.sample_rate_hz
TIME_S = np.arange(SPEC.clip_samples) / RATE_HZ
FULL = 32767


def in_c(library: ctypes.CDLL, pcm: NDArray[np.int16]) -> NDArray[np.int8]:
    out = np.full((SPEC.frames, SPEC.mel_bins), 99, np.int8)
    library.audio_front_end_run(
        pcm.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p)
    )
    return out


def noise(seed: int, amplitude: float) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, amplitude, SPEC.clip_samples)


def tone(frequency_hz: float, amplitude: float = FULL) -> NDArray[np.float64]:
    return amplitude * np.sin(2 * np.pi * frequency_hz * TIME_S)


def click(at: int) -> NDArray[np.float64]:
    clip = np.zeros(SPEC.clip_samples)
    clip[at] = FULL
    return clip


CLIPS = {
    "silence": np.zeros(SPEC.clip_samples),
    "highest": np.full(SPEC.clip_samples, FULL),
    "lowest": np.full(SPEC.clip_samples, -32768),
    "alternating extremes": np.where(np.arange(SPEC.clip_samples) % 2, FULL, -32768),
    "one step of noise": noise(1, 0.5),
    "quiet noise": noise(2, 30),
    "loud noise": noise(3, 8000),
    "clipping noise": noise(4, 60000),
    "uniform extremes": np.random.default_rng(5).choice([FULL, -32768], SPEC.clip_samples),
    "tone 50 Hz": tone(50),
    "tone 1 kHz": tone(1000),
    "tone 7.9 kHz": tone(7900),
    "square 440 Hz": np.sign(tone(440)) * FULL,
    "chirp": FULL * np.sin(2 * np.pi * (50 + 3900 * TIME_S) * TIME_S),
    "fading tone": tone(700) * np.exp(-8 * TIME_S),
    "click between frames": click(16_000 - 1),
    "click at the start": click(0),
    "noise after silence": noise(6, 3000) * (TIME_S > 0.5),
}


@pytest.mark.parametrize("clip", CLIPS)
def test_features_equal_the_reference(host_library: ctypes.CDLL, clip: str) -> None:
    pcm = np.clip(np.round(CLIPS[clip]), -32768, FULL).astype(np.int16)

    np.testing.assert_array_equal(in_c(host_library, pcm), features(pcm))


def test_features_of_many_levels_of_noise_equal_the_reference(host_library: ctypes.CDLL) -> None:
    levels = np.logspace(0, 4.5, 60)
    clips = np.stack([noise(100 + i, level) for i, level in enumerate(levels)])
    pcm = np.clip(np.round(clips), -32768, FULL).astype(np.int16)

    expected = features(pcm)
    for one, wanted in zip(pcm, expected, strict=True):
        np.testing.assert_array_equal(in_c(host_library, one), wanted)


def test_one_sample_more_or_less_is_seen(host_library: ctypes.CDLL) -> None:
    """The comparison can fail: another clip has other features."""
    pcm = CLIPS["quiet noise"].astype(np.int16)
    other = np.roll(pcm, 1)

    assert (in_c(host_library, pcm) != features(other)).any()
