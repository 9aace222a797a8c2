"""Variation drawn anew in every epoch, on features: pace, throat, level, blots and mixtures.

Speech of people differs from synthesised speech in the length of its sounds and the shape of its
spectrum more than in anything else, so both axes are warped and a smooth random relief is added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def _path(rng: np.random.Generator, count: int, length: int, spread: float, shift: float) -> Floats:
    """[count, length] source positions: a monotone random warp of 0..length-1, shifted."""
    knots = 6
    speed = np.exp(rng.normal(0, spread, (count, knots)))
    fine = np.stack(
        [np.interp(np.linspace(0, knots - 1, length), np.arange(knots), row) for row in speed]
    )
    path = np.cumsum(fine, axis=1)
    path -= path[:, length // 2 : length // 2 + 1]
    path += length // 2 + rng.uniform(-shift, shift, (count, 1))
    return np.asarray(np.clip(path, 0, length - 1), np.float32)


def warp(features: Floats, time: Floats, bins: Floats) -> Floats:
    """Each example read at ``time`` [n, frames] and ``bins`` [n, bins], interpolated linearly."""
    n, frames, width = features.shape
    rows = np.arange(n)[:, None]
    low = np.minimum(time.astype(np.int32), frames - 2)
    part = (time - low)[..., None]
    x = features[rows, low] * (1 - part) + features[rows, low + 1] * part
    x = x.transpose(0, 2, 1)
    low = np.minimum(bins.astype(np.int32), width - 2)
    part = (bins - low)[..., None]
    x = x[rows, low] * (1 - part) + x[rows, low + 1] * part
    return np.ascontiguousarray(x.transpose(0, 2, 1), dtype=np.float32)


def relief(rng: np.random.Generator, count: int, frames: int, bins: int, spread: float) -> Floats:
    """Smooth random hills and valleys, ``spread`` steps high: [count, frames, bins]."""
    coarse = rng.normal(0, spread, (count, 7, 5)).astype(np.float32)
    time = np.broadcast_to(np.linspace(0, 6, frames, dtype=np.float32), (count, frames))
    band = np.broadcast_to(np.linspace(0, 4, bins, dtype=np.float32), (count, bins))
    return warp(coarse, time, band)


def vary(rng: np.random.Generator, features: NDArray[np.int8], strength: float = 1.0) -> Floats:
    """int8 [n, 49, 32] to varied float32 of the same shape, in the features' own steps.

    ``strength`` scales every spread and probability; 0 changes nothing.
    """
    x = features.astype(np.float32)
    n, frames, bins = x.shape
    time = _path(rng, n, frames, 0.22 * strength, 4.0 * strength)
    band = _path(rng, n, bins, 0.06 * strength, 0.8 * strength)
    x = warp(x, time, band)
    x += relief(rng, n, frames, bins, 9.0 * strength)
    x += rng.normal(0, 5 * strength, (n, 1, 1)).astype(np.float32)
    x += rng.normal(0, 3 * strength, x.shape).astype(np.float32)
    floor = x.min(axis=(1, 2))
    for i in range(n):
        if rng.random() < 0.5 * strength:
            width = int(rng.integers(1, 8))
            start = int(rng.integers(0, frames - width))
            x[i, start : start + width] = floor[i] + rng.uniform(0, 60)
        if rng.random() < 0.5 * strength:
            width = int(rng.integers(1, 6))
            start = int(rng.integers(0, bins - width))
            x[i, :, start : start + width] = floor[i] + rng.uniform(0, 60)
    return np.clip(x, -128, 127)


def mix(
    rng: np.random.Generator, x: Floats, targets: Floats, probability: float
) -> tuple[Floats, Floats]:
    """Mixup on some of the batch: two examples and their targets in the same proportion."""
    share = rng.beta(0.3, 0.3, len(x)).astype(np.float32)
    share = np.where(rng.random(len(x)) < probability, np.maximum(share, 1 - share), 1.0)
    share = share.astype(np.float32)
    other = rng.permutation(len(x))
    mixed = x * share[:, None, None] + x[other] * (1 - share[:, None, None])
    return mixed, targets * share[:, None] + targets[other] * (1 - share[:, None])
