"""The way from mouth to converter: a room's echoes, a microphone's and a line's frequency curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_RATE_HZ = 16_000


def impulse_response(rng: np.random.Generator) -> NDArray[np.float64]:
    """A synthetic room: direct sound, a few early reflections, a decaying diffuse tail.

    The reverberation time (to -60 dB) is 0.08 to 0.6 s, direct to reverberant 0 to 18 dB.
    """
    decay_s = rng.uniform(0.08, 0.6)
    length = int(min(decay_s, 0.45) * _RATE_HZ)
    t = np.arange(length) / _RATE_HZ
    tail = rng.standard_normal(length) * 10 ** (-3 * t / decay_s)
    tail[: int(0.003 * _RATE_HZ)] = 0
    for _ in range(int(rng.integers(2, 8))):
        at = int(rng.uniform(0.001, 0.03) * _RATE_HZ)
        if at < length:
            tail[at] += rng.uniform(-3, 3)
    tail *= 10 ** (-rng.uniform(0, 18) / 20) / max(float(np.sqrt(np.sum(tail**2))), 1e-9)
    tail[0] += 1.0
    return np.asarray(tail, np.float64)


def frequency_curve(
    rng: np.random.Generator, frequency_hz: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Gain at each frequency: a smooth random curve of some dB, a tilt, and band limits."""
    points = np.geomspace(60, 8_000, 9)
    spread_db = rng.uniform(0, 5)
    tilt_db = rng.normal(0, 5) * np.linspace(-1, 1, len(points))
    gains_db = rng.normal(0, spread_db, len(points)) + tilt_db
    curve_db = np.interp(np.log(np.maximum(frequency_hz, 60)), np.log(points), gains_db)
    if rng.random() < 0.5:
        corner = rng.uniform(60, 450)
        curve_db -= 10 * np.log10(1 + (corner / np.maximum(frequency_hz, 1)) ** 4)
    if rng.random() < 0.35:
        corner = rng.uniform(3_000, 7_800)
        curve_db -= 10 * np.log10(1 + (frequency_hz / corner) ** 12)
    return np.asarray(10 ** (curve_db / 20), np.float64)
