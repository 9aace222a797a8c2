"""What is heard beside speech: hiss, rumble, hum, clicks, breath, tones, and a babble of voices.

Every function returns float32 of unit root mean square, ``count`` samples at 16 kHz.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
_RATE_HZ = 16_000


def unit(sound: NDArray[np.floating]) -> Sound:
    """Scaled to unit root mean square; silence stays silence."""
    level = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return (sound / max(level, 1e-9)).astype(np.float32)


def coloured(rng: np.random.Generator, count: int) -> Sound:
    """Noise whose power falls (or rises) by a random slope, with a random bump or two."""
    bins = count // 2 + 1
    frequency = np.fft.rfftfreq(count, 1 / _RATE_HZ)
    slope = rng.uniform(-1.2, 0.3)
    shape = np.maximum(frequency, 30.0) ** slope
    for _ in range(int(rng.integers(0, 3))):
        centre, width = rng.uniform(100, 7_000), rng.uniform(50, 1_500)
        shape *= 1 + rng.uniform(0, 6) * np.exp(-(((frequency - centre) / width) ** 2))
    spectrum = shape * (rng.standard_normal(bins) + 1j * rng.standard_normal(bins))
    return unit(np.fft.irfft(spectrum, count))


def hum(rng: np.random.Generator, count: int) -> Sound:
    """Mains or motor hum: a fundamental and its harmonics, over a little hiss."""
    t = np.arange(count) / _RATE_HZ
    base = float(rng.choice([50.0, 60.0, 100.0, 120.0, rng.uniform(40, 400)]))
    total = np.zeros(count)
    for harmonic in range(1, int(rng.integers(3, 25))):
        if base * harmonic < 7_800:
            gain = rng.uniform(0.1, 1) / harmonic ** rng.uniform(0.3, 1.5)
            total += gain * np.sin(2 * np.pi * (base * harmonic * t + rng.random()))
    return unit(unit(total) + rng.uniform(0.01, 0.5) * coloured(rng, count))


def clicks(rng: np.random.Generator, count: int) -> Sound:
    """Knocks, taps and typing: a few short decaying bursts over a little hiss."""
    total = 0.003 * rng.standard_normal(count)
    for _ in range(int(rng.integers(1, 9))):
        length = int(rng.integers(20, 2_500))
        start = int(rng.integers(0, count - length))
        t = np.arange(length)
        ring = np.sin(2 * np.pi * rng.uniform(80, 5_000) / _RATE_HZ * t)
        burst = np.exp(-t / (length / rng.uniform(3, 9)))
        mix = rng.random()
        total[start : start + length] += (
            rng.uniform(0.1, 1) * burst * (mix * ring + (1 - mix) * rng.standard_normal(length))
        )
    return unit(total)


def breath(rng: np.random.Generator, count: int) -> Sound:
    """Breath, wind and rustle: noise whose loudness swells and sinks."""
    points = rng.uniform(0, 1, int(rng.integers(3, 14))) ** rng.uniform(1, 3)
    swell = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(points)), points)
    return unit(coloured(rng, count) * (swell + 0.02))


def tones(rng: np.random.Generator, count: int) -> Sound:
    """Beeps, whistles and music: steady or gliding tones with harmonics, switched on and off."""
    total = 0.01 * rng.standard_normal(count)
    for _ in range(int(rng.integers(1, 5))):
        start = int(rng.integers(0, count * 3 // 4))
        length = int(rng.integers(count // 16, count - start))
        begin = rng.uniform(150, 3_000)
        end = begin * (1.0 if rng.random() < 0.6 else rng.uniform(0.6, 1.6))
        phase = np.cumsum(np.linspace(begin, end, length)) / _RATE_HZ
        fade = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / 160)
        for harmonic in range(1, int(rng.integers(2, 7))):
            if max(begin, end) * harmonic < 7_800:
                tone = np.sin(2 * np.pi * harmonic * phase) / harmonic ** rng.uniform(0.5, 2)
                total[start : start + length] += rng.uniform(0.2, 1) * fade * tone
    return unit(total)


def white(rng: np.random.Generator, count: int) -> Sound:
    """White noise."""
    return unit(rng.standard_normal(count))


KINDS: tuple[Callable[[np.random.Generator, int], Sound], ...] = (
    coloured,
    hum,
    clicks,
    breath,
    tones,
    white,
)


def any_noise(rng: np.random.Generator, count: int, babble: list[Sound] | None = None) -> Sound:
    """One kind at random, coloured noise most often; ``babble`` adds a murmur of other voices."""
    if babble and rng.random() < 0.2:
        return murmur(rng, count, babble)
    weights = np.array([0.45, 0.1, 0.1, 0.15, 0.08, 0.12])
    kind = KINDS[int(rng.choice(len(KINDS), p=weights))]
    return kind(rng, count)


def murmur(rng: np.random.Generator, count: int, babble: list[Sound]) -> Sound:
    """Four to nine voices at once."""
    total = np.zeros(count)
    for _ in range(int(rng.integers(4, 10))):
        voice = babble[int(rng.integers(len(babble)))]
        placed = np.resize(voice, count)
        total += rng.uniform(0.3, 1) * np.roll(unit(placed), int(rng.integers(count)))
    return unit(total)
