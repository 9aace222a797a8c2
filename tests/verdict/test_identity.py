"""Two runs' tensors, byte by byte."""

from __future__ import annotations

from simgate.verdict.identity import first_difference

HERE = [(0, "CONV_2D 'a'", b"\1\2\3"), (1, "CONV_2D 'a'", b"\4\5\6")]


def test_identical_tensors_differ_in_nothing() -> None:
    assert first_difference(HERE, list(HERE)) == ""


def test_the_first_difference_is_named() -> None:
    other = [HERE[0], (1, "CONV_2D 'a'", b"\4\xff\6")]
    text = first_difference(HERE, other)
    assert text == "inference 1, CONV_2D 'a': byte 1 is 0xff instead of 0x05"
    assert first_difference(HERE, HERE[:1]) == "1 tensors instead of 2"
    shorter = [HERE[0], (1, "CONV_2D 'a'", b"\4")]
    assert "of 3 bytes, against CONV_2D 'a' of 1 bytes there" in first_difference(HERE, shorter)
