"""The memory plan: nothing that lives together overlaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simgate.model.memory_plan import Buffer, Span, plan_memory

SPANS = st.builds(
    lambda size, first, length: Span(size, first, first + length),
    st.integers(0, 300),
    st.integers(0, 8),
    st.integers(0, 4),
)
BUFFERS = st.lists(
    st.lists(SPANS, min_size=1, max_size=3).map(lambda spans: Buffer(tuple(spans))), max_size=12
)


def _buffer(size, first, last):
    return Buffer((Span(size, first, last),))


def test_buffers_that_never_meet_share_their_place():
    plan = plan_memory([_buffer(100, 0, 1), _buffer(80, 2, 3)])

    assert plan.offsets == (0, 0)
    assert plan.size_bytes == 104  # a multiple of eight


def test_a_small_buffer_goes_beside_two_large_ones():
    plan = plan_memory([_buffer(64, 0, 1), _buffer(16, 1, 2), _buffer(64, 2, 3)])

    assert plan.offsets == (0, 64, 0)
    assert plan.size_bytes == 80


def test_what_a_buffer_no_longer_needs_is_free():
    shrinking = Buffer((Span(100, 0, 1), Span(20, 1, 3)))

    plan = plan_memory([shrinking, _buffer(64, 2, 3)])

    assert plan.offsets == (0, 24)
    assert plan.size_bytes == 104


@given(BUFFERS)
def test_no_two_living_spans_overlap(buffers):
    plan = plan_memory(buffers)

    placed = list(zip(buffers, plan.offsets, strict=True))
    for i, (a, start_a) in enumerate(placed):
        assert start_a % 8 == 0
        assert start_a + a.size_bytes <= plan.size_bytes
        for b, start_b in placed[i + 1 :]:
            for mine in a.spans:
                for its in b.spans:
                    if mine.lives_with(its):
                        apart = start_a + mine.size_bytes <= start_b
                        assert apart or start_b + its.size_bytes <= start_a


@given(BUFFERS)
def test_the_plan_is_never_larger_than_all_buffers_apart(buffers):
    assert plan_memory(buffers).size_bytes <= sum(-(-b.size_bytes // 8) * 8 for b in buffers)
