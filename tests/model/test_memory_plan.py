"""The memory plan: nothing that lives together overlaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simgate.model.memory_plan import Buffer, plan_memory

BUFFERS = st.lists(
    st.builds(
        lambda size, first, length: Buffer(size, first, first + length),
        st.integers(0, 300),
        st.integers(0, 8),
        st.integers(0, 4),
    ),
    max_size=12,
)


def test_buffers_that_never_meet_share_their_place():
    plan = plan_memory([Buffer(100, 0, 1), Buffer(80, 2, 3)])

    assert plan.offsets == (0, 0)
    assert plan.size_bytes == 104  # a multiple of eight


def test_a_small_buffer_goes_between_two_large_ones_in_time():
    plan = plan_memory([Buffer(64, 0, 1), Buffer(16, 1, 2), Buffer(64, 2, 3)])

    assert plan.offsets == (0, 64, 0)
    assert plan.size_bytes == 80


@given(BUFFERS)
def test_no_two_living_buffers_overlap(buffers):
    plan = plan_memory(buffers)

    placed = list(zip(buffers, plan.offsets, strict=True))
    for i, (a, start_a) in enumerate(placed):
        assert start_a % 8 == 0
        assert start_a + a.size_bytes <= plan.size_bytes
        for b, start_b in placed[i + 1 :]:
            if a.lives_with(b) and a.size_bytes and b.size_bytes:
                assert start_a + a.size_bytes <= start_b or start_b + b.size_bytes <= start_a


@given(BUFFERS)
def test_the_plan_is_never_larger_than_all_buffers_apart(buffers):
    assert plan_memory(buffers).size_bytes <= sum(-(-b.size_bytes // 8) * 8 for b in buffers)
