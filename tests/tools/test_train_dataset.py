"""Drawing, placing and spoiling examples, without a synthesizer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tools.train import augment, clips, dataset, noise, room, words
from tools.train.voices import voices

PLAN = dataset.Plan("test", 4, 6, 3, augment.MILD)


def test_the_same_seed_draws_the_same_examples() -> None:
    assert dataset.draw(PLAN, 1) == dataset.draw(PLAN, 1)
    assert dataset.draw(PLAN, 1) != dataset.draw(PLAN, 2)


def test_a_plan_is_drawn_in_full_from_its_own_voices() -> None:
    drawn = dataset.draw(PLAN)
    counts = np.bincount([u.label for u in drawn], minlength=12).tolist()
    assert counts == [3, 6] + [4] * 10
    assert {u.voice for u in drawn if u.voice} <= set(voices("test"))
    assert all((u.voice is None) == (u.label == 0) for u in drawn)
    assert [u.index for u in drawn] == list(range(len(drawn)))


def test_a_keyword_is_spelt_or_given_in_phonemes() -> None:
    for utterance in dataset.draw(replace(PLAN, per_keyword=30)):
        label = words.LABELS[utterance.label]
        if label in words.KEYWORDS:
            spelt = utterance.text.rstrip(".!?,") == label
            assert spelt or utterance.text.strip("[]") in words.PHONEMES[label]


def test_examples_survive_the_file(tmp_path: Path) -> None:
    clip = np.zeros((1, augment.CLIP), np.int16)
    made = dataset.Examples(
        np.full((1, 49, 32), 7, np.int8), np.array([3]), ("en+m1",), ("no",), clip
    )
    made.save(tmp_path / "set.npz")
    again = dataset.Examples.load(tmp_path / "set.npz")
    assert np.array_equal(again.features, made.features)
    assert (again.labels.tolist(), again.voices, again.texts) == ([3], ("en+m1",), ("no",))
    assert dataset.join([made, again]).labels.tolist() == [3, 3]
    assert dataset.join([]).features.shape == (0, 49, 32)


def test_trim_leaves_the_word() -> None:
    sound = np.zeros(16_000, np.float32)
    sound[5_000:9_000] = 0.5
    assert 4_000 <= len(augment.trim(sound, 16_000)) <= 4_000 + 3 * 160
    assert len(augment.trim(np.zeros(10, np.float32), 16_000)) == 10


def test_place_keeps_every_sample_unless_it_may_cut() -> None:
    word = np.arange(1, 101, dtype=np.float32)
    for seed in range(20):
        clip = augment.place(np.random.default_rng(seed), word)
        assert clip.shape == (augment.CLIP,)
        assert clip[clip > 0].tolist() == word.tolist()
    starts = {int(augment.place(np.random.default_rng(s), word).argmax()) for s in range(20)}
    assert len(starts) > 10
    assert len(augment.place(np.random.default_rng(0), np.ones(20_000, np.float32))) == 16_000


@pytest.fixture
def _scipy() -> None:
    pytest.importorskip("scipy", reason="resampling needs scipy, which the train extra installs")


@pytest.mark.usefixtures("_scipy")
def test_resample_moves_a_tone_by_the_ratio() -> None:
    tone = np.sin(2 * np.pi * 1_000 * np.arange(16_000) / 16_000).astype(np.float32)
    longer = augment.resample(tone, 1.25)
    assert len(longer) == 20_000
    peak = np.abs(np.fft.rfft(longer[2_000:18_000])).argmax()
    assert peak == 800  # Hz, as 16,000 samples are one second


@pytest.mark.usefixtures("_scipy")
def test_speech_and_silence_fill_one_second_of_int16() -> None:
    word = np.sin(np.arange(9_000) / 9).astype(np.float32)
    for seed in range(12):
        rng = np.random.default_rng(seed)
        for clip in (
            augment.speech_clip(rng, word, 22_050, augment.TRAINING, [word]),
            augment.silence_clip(rng, augment.TRAINING, [word]),
        ):
            assert (clip.dtype, clip.shape) == (np.int16, (16_000,))


@pytest.mark.usefixtures("_scipy")
def test_mild_noise_leaves_the_word_above_it() -> None:
    word = np.sin(np.arange(4_000) / 3).astype(np.float32)
    clip = augment.speech_clip(np.random.default_rng(5), word, 16_000, augment.MILD)
    energy = np.square(clip.astype(float)).reshape(-1, 400).sum(axis=1)
    assert energy.max() > 30 * np.median(energy)


@pytest.mark.parametrize("kind", noise.KINDS, ids=lambda kind: kind.__name__)
def test_noises_have_unit_power(kind: object) -> None:
    assert callable(kind)
    sound = kind(np.random.default_rng(4), 16_000)
    assert sound.dtype == np.float32
    assert np.sqrt(np.mean(sound.astype(float) ** 2)) == pytest.approx(1, abs=1e-3)


def test_a_room_starts_with_the_direct_sound_and_dies_away() -> None:
    for seed in range(10):
        response = room.impulse_response(np.random.default_rng(seed))
        assert response[0] == pytest.approx(1)
        quarter = len(response) // 4
        assert np.sum(response[1:quarter] ** 2) > np.sum(response[-quarter:] ** 2)


def test_clips_are_named_by_label_and_voice() -> None:
    made = dataset.Examples(
        np.zeros((3, 49, 32), np.int8),
        np.array([0, 2, 2]),
        ("none", "en-us-nyc+m6", "en-gb-x-rp+grandpa"),
        ("", "yes", "yes"),
        np.zeros((3, 16_000), np.int16),
    )
    assert clips.names(made) == (
        "silence-noise1.wav",
        "yes-en-us-nyc-m6.wav",
        "yes-en-gb-x-rp-grandpa.wav",
    )
    twice = replace(made, voices=("none", "a+b", "a+b"))
    with pytest.raises(ValueError, match="another seed"):
        clips.names(twice)
