"""Variation of features and scoring of predictions."""

from __future__ import annotations

import numpy as np

from tools.train import vary
from tools.train.score import Score


def test_warping_by_nothing_changes_nothing() -> None:
    x = np.random.default_rng(0).normal(size=(2, 49, 32)).astype(np.float32)
    time = np.tile(np.arange(49, dtype=np.float32), (2, 1))
    bins = np.tile(np.arange(32, dtype=np.float32), (2, 1))
    assert np.allclose(vary.warp(x, time, bins), x, atol=1e-6)


def test_warping_reads_between_neighbours() -> None:
    ramp = np.broadcast_to(np.arange(49, dtype=np.float32)[None, :, None], (1, 49, 32))
    time = np.full((1, 49), 10.25, np.float32)
    bins = np.tile(np.arange(32, dtype=np.float32), (1, 1))
    assert np.allclose(vary.warp(ramp, time, bins), 10.25)


def test_variation_stays_in_range_and_follows_its_seed() -> None:
    features = np.random.default_rng(1).integers(-128, 128, (8, 49, 32)).astype(np.int8)
    one = vary.vary(np.random.default_rng(2), features)
    two = vary.vary(np.random.default_rng(2), features)
    assert np.array_equal(one, two)
    assert one.min() >= -128 and one.max() <= 127
    assert np.abs(one - features).mean() > 1


def test_variation_of_no_strength_changes_nothing() -> None:
    features = np.random.default_rng(1).integers(-128, 128, (4, 49, 32)).astype(np.int8)
    same = vary.vary(np.random.default_rng(2), features, 0.0)
    assert np.allclose(same, features, atol=1e-3)


def test_mixing_keeps_targets_a_distribution_led_by_the_first() -> None:
    x = np.zeros((64, 49, 32), np.float32)
    targets = np.eye(12, dtype=np.float32)[np.arange(64) % 12]
    _, mixed = vary.mix(np.random.default_rng(3), x, targets, 1.0)
    assert np.allclose(mixed.sum(axis=1), 1, atol=1e-5)
    assert (mixed[np.arange(64), np.arange(64) % 12] >= 0.5).all()


def test_score_counts_by_hand() -> None:
    outputs = np.zeros((4, 12), np.int8)
    outputs[[0, 1, 2, 3], [2, 2, 3, 3]] = 100
    score = Score.of(np.array([2, 2, 2, 3]), outputs)
    assert score.accuracy == 0.75
    assert score.recall[2] == 2 / 3
    assert score.precision[3] == 0.5
    assert score.count == 4
