"""The firmware's answers, and how many are right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.verdict.application import Clip
from simgate.verdict.hearing import Answer, AnswerError, Hearing, judge_words, parse_answer

LABELS = ("yes", "no")
LINE = '{"label":"yes","scores":[127,-128],"front_end":100,"network":200}'


def test_an_answer_is_read() -> None:
    assert parse_answer(LINE, LABELS) == Answer("yes", (127, -128), 100, 200)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "[]",
        "{}",
        LINE.replace('"yes"', '"maybe"'),
        LINE.replace("[127,-128]", "[127]"),
        LINE.replace("[127,-128]", "127"),
        LINE.replace("200", '"200"'),
        LINE.replace("200", "true"),
        LINE.replace(',"front_end":100', ""),
    ],
)
def test_what_is_no_answer_is_refused_and_shown(line: str) -> None:
    with pytest.raises(AnswerError) as caught:
        parse_answer(line, LABELS)
    assert repr(line) in caught.value.message


def test_an_error_of_the_firmware_is_passed_on() -> None:
    with pytest.raises(AnswerError, match="the firmware refused the clip: crc"):
        parse_answer('{"error":"crc","expected":1}', LABELS)


@given(st.text())
def test_hostile_lines_are_an_error_and_nothing_else(line: str) -> None:
    with pytest.raises(AnswerError):
        parse_answer(line, LABELS)


def hearings(*heard: str) -> tuple[Hearing, ...]:
    clip = Clip(Path("yes-1.wav"), "yes")
    return tuple(Hearing(clip, Answer(word, (0, 0), 1, 1), b"") for word in heard)


def test_words_are_counted_and_held_against_the_minimum() -> None:
    verdict = judge_words(hearings("yes", "yes", "yes", "no"), 0.75)
    assert (verdict.right, verdict.clips, verdict.accuracy) == (3, 4, 0.75)
    assert verdict.passed
    assert not judge_words(hearings("yes", "yes", "yes", "no"), 0.76).passed


def test_no_clip_at_all_is_no_pass() -> None:
    assert not judge_words((), 0.1).passed
