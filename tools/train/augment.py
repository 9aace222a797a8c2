"""From an utterance to a clip as a microphone would have it: one second of 16 kHz int16."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.train import noise, room

RATE_HZ = 16_000
CLIP = 16_000
_FFT = 32_768


@dataclass(frozen=True, slots=True)
class Strength:
    """How hard an utterance is treated. Each range is drawn from evenly."""

    size: tuple[float, float]
    """Factor on time and inverse pitch and formants: above 1 a larger throat."""
    snr_db: tuple[float, float]
    peak_db: tuple[float, float]
    """Loudest sample against full scale."""
    room: float
    """Probability of an echo; likewise below."""
    curve: float
    clip: float
    cut: float
    """Probability that the word runs over an edge of the clip by up to a tenth of its length."""


TRAINING = Strength((0.82, 1.25), (3, 40), (-36, 0), 0.5, 0.8, 0.08, 0.1)
MILD = Strength((1.0, 1.0), (18, 36), (-18, -1), 0.0, 0.0, 0.0, 0.0)
"""What test clips get: the voice itself is what is new about them."""
HARSH = Strength((0.95, 1.05), (6, 20), (-30, -1), 0.6, 0.8, 0.03, 0.0)
"""A second test condition: noise, rooms and microphones."""


def resample(sound: NDArray[np.float32], ratio: float) -> NDArray[np.float32]:
    """``sound`` stretched to ``ratio`` times its length, band-limited (by FFT)."""
    from scipy.fft import irfft, next_fast_len, rfft

    padded = next_fast_len(len(sound) + 256, real=True)
    target = max(2, round(padded * ratio))
    spectrum = rfft(sound, padded)
    bins = target // 2 + 1
    fitted = np.zeros(bins, spectrum.dtype)
    shared = min(bins, len(spectrum))
    fitted[:shared] = spectrum[:shared]
    stretched = irfft(fitted, target) * (target / padded)
    return np.asarray(stretched[: max(1, round(len(sound) * ratio))], np.float32)


def trim(sound: NDArray[np.float32], rate_hz: int, floor_db: float = -38.0) -> NDArray[np.float32]:
    """Without the quiet before and after: 10 ms blocks below ``floor_db`` of the loudest one."""
    block = rate_hz // 100
    usable = len(sound) // block * block
    if usable == 0:
        return sound
    energy = np.sum(np.square(sound[:usable].reshape(-1, block)), axis=1)
    loud = np.flatnonzero(energy > energy.max() * 10 ** (floor_db / 10))
    if len(loud) == 0:
        return sound
    return sound[max(0, loud[0] - 1) * block : (loud[-1] + 2) * block]


def place(
    rng: np.random.Generator, sound: NDArray[np.float32], *, cut: bool = False
) -> NDArray[np.float32]:
    """``sound`` somewhere in one second; too long a sound loses its end."""
    sound = sound[:CLIP]
    over = int(len(sound) * rng.uniform(0, 0.1)) if cut else 0
    start = int(rng.integers(-over, CLIP - len(sound) + over + 1))
    clip = np.zeros(CLIP + 2 * over, np.float32)
    clip[start + over : start + over + len(sound)] = sound
    return clip[over : over + CLIP]


def through_air(
    rng: np.random.Generator, clip: NDArray[np.float32], *, echo: bool, curve: bool
) -> NDArray[np.float32]:
    """A room and a microphone, as one multiplication of spectra."""
    if not (echo or curve):
        return clip
    spectrum = np.fft.rfft(clip, _FFT)
    if echo:
        spectrum *= np.fft.rfft(room.impulse_response(rng), _FFT)
    if curve:
        frequency_hz = np.linspace(0.0, RATE_HZ / 2, _FFT // 2 + 1)
        spectrum *= room.frequency_curve(rng, frequency_hz)
    return np.asarray(np.fft.irfft(spectrum, _FFT)[:CLIP], np.float32)


def speech_clip(
    rng: np.random.Generator,
    sound: NDArray[np.float32],
    rate_hz: int,
    strength: Strength,
    babble: list[NDArray[np.float32]] | None = None,
) -> NDArray[np.int16]:
    """An utterance at ``rate_hz`` as a clip: resized, placed, echoed, coloured, noisy, scaled."""
    word = resample(trim(sound, rate_hz), RATE_HZ / rate_hz * rng.uniform(*strength.size))
    clip = place(rng, word, cut=rng.random() < strength.cut)
    echo, curve = rng.random() < strength.room, rng.random() < strength.curve
    clip = through_air(rng, clip, echo=echo, curve=curve)
    active = float(np.sqrt(np.sum(np.square(clip, dtype=np.float64)) / max(len(word), 1_600)))
    level = active * 10 ** (-rng.uniform(*strength.snr_db) / 20)
    noisy = clip + level * noise.any_noise(rng, CLIP, babble)
    return to_pcm(rng, noisy.astype(np.float32), strength)


def silence_clip(
    rng: np.random.Generator,
    strength: Strength,
    babble: list[NDArray[np.float32]] | None = None,
) -> NDArray[np.int16]:
    """A clip in which nobody says a word: noises alone or together, or next to nothing at all."""
    if rng.random() < 0.12:
        samples = rng.normal(0, rng.choice([0.0, 0.4, 1.0, 3.0]), CLIP)
        return np.round(samples + rng.integers(-30, 31)).astype(np.int16)
    sound = noise.any_noise(rng, CLIP)
    if rng.random() < 0.5:
        sound = sound + rng.uniform(0.05, 1) * noise.any_noise(rng, CLIP, babble)
    echo, curve = rng.random() < strength.room, rng.random() < strength.curve
    sound = through_air(rng, sound.astype(np.float32), echo=echo, curve=curve)
    quieter = Strength(
        strength.size, strength.snr_db, (-60, -6), strength.room, strength.curve, 0.0, 0.0
    )
    return to_pcm(rng, sound, quieter)


def to_pcm(
    rng: np.random.Generator, sound: NDArray[np.float32], strength: Strength
) -> NDArray[np.int16]:
    """Scaled to a random peak, sometimes overdriven, rounded to 16 bits."""
    scaled = (
        sound / max(float(np.abs(sound).max()), 1e-9) * 10 ** (rng.uniform(*strength.peak_db) / 20)
    )
    if rng.random() < strength.clip:
        scaled = np.clip(scaled * rng.uniform(1.5, 6), -1, 1) * rng.uniform(0.2, 1)
    return np.clip(np.round(scaled * 32_767), -32_768, 32_767).astype(np.int16)
