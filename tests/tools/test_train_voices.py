"""No test speaker is ever trained on, and no word of the hold-out either."""

from __future__ import annotations

import itertools

from tools.train import words
from tools.train.other_synthesizers import PROXIES, TRAINED
from tools.train.voices import ACCENTS, VARIANTS, Split, voices

SPLITS: tuple[Split, ...] = ("train", "validation", "test")


def test_no_two_splits_share_a_variant_and_test_shares_no_accent() -> None:
    for one, other in itertools.combinations(SPLITS, 2):
        assert not set(VARIANTS[one]) & set(VARIANTS[other])
    assert not set(ACCENTS["test"]) & {*ACCENTS["train"], *ACCENTS["validation"]}


def test_a_voice_is_named_as_espeak_names_it() -> None:
    names = [voice.name for split in SPLITS for voice in voices(split)]
    assert "en-us+m1" in names
    assert "en-us+Mr serious" in names
    assert len(names) == len(set(names))


def test_the_proxies_speakers_are_not_trained_on() -> None:
    def person(name: str) -> str:
        return name.removeprefix("cmu_us_")[:3]

    assert not {person(s.name) for s in TRAINED} & {person(s.name) for s in PROXIES}


def test_labels_are_in_the_order_that_the_firmware_prints() -> None:
    assert " ".join(words.LABELS) == "silence unknown yes no up down left right on off stop go"
    assert set(words.PHONEMES) == set(words.KEYWORDS)


def test_unknown_words_are_not_keywords_and_the_held_out_ones_not_trained() -> None:
    trained = set(words.unknown_texts(held_out=False))
    assert not trained & set(words.KEYWORDS)
    assert not trained & set(words.HELD_OUT)
    assert not set(words.HELD_OUT) & {*words.KEYWORDS, *words.HOMOPHONES}
    assert words.nonsense(5, seed=3) == words.nonsense(5, seed=3)
