"""Padding and output sizes, as TFLite places windows."""

from __future__ import annotations

import pytest

from simgate.model.window import axis


@pytest.mark.parametrize(
    ("padding", "image", "kernel", "stride", "dilation", "output", "pad"),
    [
        ("SAME", 49, 10, 2, 1, 25, 4),  # 24 * 2 + 10 - 49 = 9 to pad, the odd one behind
        ("SAME", 10, 4, 2, 1, 5, 1),
        ("SAME", 5, 3, 1, 1, 5, 1),
        ("SAME", 5, 3, 1, 2, 5, 2),
        ("SAME", 4, 1, 3, 1, 2, 0),
        ("VALID", 5, 3, 1, 1, 3, 0),
        ("VALID", 8, 3, 2, 1, 3, 0),
        ("VALID", 8, 3, 1, 3, 2, 0),
    ],
)
def test_axis(padding, image, kernel, stride, dilation, output, pad):
    result = axis(padding, image, kernel, stride, dilation)

    assert (result.output, result.pad) == (output, pad)


def test_reach_is_from_the_first_pixel_seen_to_the_last():
    assert axis("SAME", 5, 3, 1, 1).reach == 7  # one pixel of padding on each side
