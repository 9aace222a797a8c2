"""Sizes as people write and read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.units import format_count, format_size, parse_size


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        (3072, 3072),
        ("3072", 3072),
        ("3 KiB", 3072),
        ("1.5KiB", 1536),
        ("1 MiB", 1_048_576),
        ("1_024 b", 1024),
    ],
)
def test_sizes_that_people_write(text: str | int, size_bytes: int) -> None:
    assert parse_size(text) == size_bytes


@pytest.mark.parametrize("text", ["", "KiB", "3 kB", "-1", "0.3 KiB", "1e3", "3 KiB 4", -1])
def test_what_is_no_size(text: str | int) -> None:
    with pytest.raises(ValueError, match=r"size|bytes"):
        parse_size(text)


@given(st.integers(0, 2**40))
def test_a_size_is_read_back(size_bytes: int) -> None:
    assert parse_size(str(size_bytes)) == size_bytes
    assert parse_size(f"{size_bytes} KiB") == size_bytes * 1024


def test_sizes_and_counts_for_people() -> None:
    assert format_size(512) == "512 B"
    assert format_size(3112) == "3,112 B (3.0 KiB)"
    assert format_size(-2048) == "-2,048 B (-2.0 KiB)"
    assert format_count(7697550) == "7,697,550"
