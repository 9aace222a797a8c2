"""Examples: what is said, by whom, how spoiled; and their features. Same seed, same examples.

The examples of a split are drawn first, as data (``Plan``); synthesis then goes through them in
chunks, each in a fresh process, because espeak-ng's breath depends on what it said before. Example
``i`` draws its randomness from (seed, split, i), so the number of processes does not matter.
"""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgate.reference.front_end import features
from tools.train import augment, other_synthesizers, words
from tools.train.augment import Strength
from tools.train.voices import Split, Voice, voices

SEED = 20_24
_CHUNK = 1_500
_SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a set of examples is made of."""

    split: Split
    per_keyword: int
    unknown: int
    silence: int
    strength: Strength
    variants: int = 1
    """How many clips, each spoiled differently, come of one utterance."""
    keep_clips: bool = False
    close: bool = False
    """Keywords in many accents' phonemes, and mostly near misses for the unknown."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One example before synthesis; ``voice`` is None for silence."""

    index: int
    label: int
    text: str
    voice: Voice | None
    rate_wpm: int
    pitch: int
    intonation: int


@dataclass(frozen=True, slots=True)
class Examples:
    """Features int8 [n, 49, 32], labels int64 [n], a name of the voice each, clips where kept."""

    features: NDArray[np.int8]
    labels: NDArray[np.int64]
    voices: tuple[str, ...]
    texts: tuple[str, ...]
    clips: NDArray[np.int16]

    def save(self, file: Path) -> None:
        """Write everything to one ``.npz``."""
        np.savez(
            file,
            features=self.features,
            labels=self.labels,
            voices=np.array(self.voices),
            texts=np.array(self.texts),
            clips=self.clips,
        )

    @classmethod
    def load(cls, file: Path) -> Examples:
        """Read what ``save`` wrote."""
        with np.load(file) as held:
            return cls(
                held["features"],
                held["labels"],
                tuple(map(str, held["voices"])),
                tuple(map(str, held["texts"])),
                held["clips"],
            )


def draw(plan: Plan, seed: int = SEED) -> list[Utterance]:
    """Who says what, in what manner: every voice and every text about equally often."""
    key = _key(plan, seed)
    rng = np.random.default_rng(key)
    speakers = voices(plan.split)
    others = words.unknown_texts(held_out=False)
    if plan.split != "train":
        # Half near-misses that training knows as words, half words that it never heard.
        others = (*words.NEAR_MISSES, *words.unknown_texts(held_out=True))
    elif plan.close:
        others = (*words.NEAR_MISSES * 3, *words.COMMON)
    said: list[tuple[str, str]] = []
    for keyword in words.KEYWORDS:
        for _ in range(plan.per_keyword):
            wording = _accented(rng, keyword) if plan.close else _wording(rng, keyword)
            said.append((keyword, wording))
    said += [("unknown", str(rng.choice(others))) for _ in range(plan.unknown)]
    said += [("silence", "")] * plan.silence
    found = []
    for index, (label, text) in enumerate(said):
        found.append(
            Utterance(
                index,
                words.LABELS.index(label),
                text,
                speakers[int(rng.integers(len(speakers)))] if text else None,
                int(rng.uniform(85, 250)),
                int(rng.integers(5, 96)),
                int(rng.integers(0, 100)),
            )
        )
    return found


def _wording(rng: np.random.Generator, keyword: str) -> str:
    """Spelt three times of five, with punctuation for its melody; else one of its phonemes."""
    if rng.random() < 0.6:
        return keyword + str(rng.choice(["", ".", "!", "?", ","]))
    return f"[[{rng.choice(words.PHONEMES[keyword])}]]"


def _accented(rng: np.random.Generator, keyword: str) -> str:
    """Once in four as spelt, else in one of the wider accents' phonemes."""
    if rng.random() < 0.25:
        return keyword
    return f"[[{rng.choice(words.ACCENTED[keyword])}]]"


def _key(plan: Plan, seed: int) -> list[int]:
    """What a plan's random numbers begin with."""
    return [seed, _SPLITS.index(plan.split) + (3 if plan.close else 0)]


def make(plan: Plan, seed: int = SEED, processes: int = 2) -> Examples:
    """Synthesise, spoil and analyse every example of a plan."""
    utterances = draw(plan, seed)
    chunks = [utterances[i : i + _CHUNK] for i in range(0, len(utterances), _CHUNK)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, maxtasksperchild=1) as pool:
        parts = pool.starmap(_make_chunk, [(plan, chunk, seed) for chunk in chunks], chunksize=1)
    return join(parts)


def _make_chunk(plan: Plan, utterances: list[Utterance], seed: int) -> Examples:
    from tools.train.espeak import Espeak, Manner

    espeak = Espeak()
    rate = espeak.sample_rate_hz
    rng = np.random.default_rng([*_key(plan, seed), 1, utterances[0].index])
    speakers = voices(plan.split)
    babble = []
    for text in ("water music hello please", "between because maybe never", "children question"):
        for _ in range(6):
            voice = speakers[int(rng.integers(len(speakers)))]
            murmur = espeak.say(text, voice, Manner(170, 50, 50))
            babble.append(augment.resample(murmur, augment.RATE_HZ / rate))
    clips, labels, names, texts = [], [], [], []
    for utterance in utterances:
        rng = np.random.default_rng([*_key(plan, seed), 2, utterance.index])
        sound: NDArray[np.float32] | None = None
        if utterance.voice is not None:
            manner = Manner(utterance.rate_wpm, utterance.pitch, utterance.intonation)
            sound = espeak.say(utterance.text, utterance.voice, manner, utterance.index)
        if utterance.text in words.HOMOPHONES:
            continue
        for _ in range(plan.variants):
            if sound is None:
                clips.append(augment.silence_clip(rng, plan.strength, babble))
            else:
                clips.append(augment.speech_clip(rng, sound, rate, plan.strength, babble))
            labels.append(utterance.label)
            names.append(utterance.voice.name if utterance.voice else "none")
            texts.append(utterance.text)
    return _examples(clips, labels, names, texts, keep_clips=plan.keep_clips)


def make_recorded(
    speakers: tuple[other_synthesizers.Speaker, ...],
    takes: int,
    strength: Strength,
    variants: int,
    seed: int = SEED,
) -> Examples:
    """Every keyword ``takes`` times and as many near-misses, by flite's and festival's voices."""
    parts = []
    for number, speaker in enumerate(speakers):
        if not other_synthesizers.is_installed(speaker):
            continue
        rng = np.random.default_rng([seed, 9, number])
        texts = [word for word in words.KEYWORDS for _ in range(takes)]
        texts += [str(t) for t in rng.choice(words.NEAR_MISSES + words.COMMON, takes * 6)]
        low, high = rng.uniform(70, 120), rng.uniform(150, 260)
        lines = [
            other_synthesizers.Line(t, float(rng.uniform(0.7, 1.7)), float(rng.uniform(low, high)))
            for t in texts
        ]
        clips, labels, spoken = [], [], []
        for text, (rate, sound) in zip(
            texts, other_synthesizers.say_all(speaker, lines), strict=True
        ):
            label = words.LABELS.index(text if text in words.KEYWORDS else "unknown")
            for _ in range(variants):
                clip = augment.speech_clip(rng, sound, rate, strength)
                if text not in words.HOMOPHONES and text not in words.HELD_OUT:
                    clips.append(clip)
                    labels.append(label)
                    spoken.append(text)
        names = [f"{speaker.program}-{speaker.name}"] * len(labels)
        parts.append(_examples(clips, labels, names, spoken, keep_clips=False))
    return join(parts)


def join(parts: list[Examples]) -> Examples:
    """Several sets as one, in order; none gives an empty set."""
    empty = _examples([], [], [], [], keep_clips=False)
    parts = parts or [empty]
    return Examples(
        np.concatenate([p.features for p in parts]),
        np.concatenate([p.labels for p in parts]),
        tuple(name for p in parts for name in p.voices),
        tuple(text for p in parts for text in p.texts),
        np.concatenate([p.clips for p in parts]),
    )


def sample(examples: Examples, share: float, seed: int) -> Examples:
    """A random ``share`` (0 to 1) of a set, without its clips."""
    count = round(share * len(examples.labels))
    chosen = np.random.default_rng(seed).permutation(len(examples.labels))[:count]
    return Examples(
        examples.features[chosen],
        examples.labels[chosen],
        tuple(examples.voices[i] for i in chosen),
        tuple(examples.texts[i] for i in chosen),
        examples.clips[:0],
    )


def _examples(
    clips: list[NDArray[np.int16]],
    labels: list[int],
    names: list[str],
    texts: list[str],
    *,
    keep_clips: bool,
) -> Examples:
    stacked = np.stack(clips) if clips else np.zeros((0, augment.CLIP), np.int16)
    kept = stacked if keep_clips else np.zeros((0, augment.CLIP), np.int16)
    return Examples(features(stacked), np.array(labels, np.int64), tuple(names), tuple(texts), kept)


TRAIN = Plan("train", 3_000, 11_000, 4_000, augment.TRAINING, variants=2)
CLOSE = Plan("train", 800, 6_000, 0, replace(augment.TRAINING, snr_db=(8, 40)), close=True)
VALIDATION = Plan("validation", 120, 350, 150, augment.MILD)
TEST_MILD = Plan("test", 200, 400, 200, augment.MILD)
TEST_HARSH = Plan("test", 200, 400, 200, augment.HARSH)
