"""Hosts for peripherals."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import pytest


class FakeHost:
    """Time is set by hand, calls are run when their time has come."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.notes: list[str] = []
        self.resets: list[str] = []
        self._calls: list[tuple[float, int, Callable[[], None]]] = []

    def time_s(self) -> float:
        return self.now_s

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        heapq.heappush(self._calls, (self.now_s + seconds, len(self._calls), callback))

    def touched(self, what: str) -> None:
        self.notes.append(what)

    def reset(self, cause: str) -> None:
        self.resets.append(cause)

    def advance(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self._calls and self._calls[0][0] <= end_s:
            self.now_s, _, callback = heapq.heappop(self._calls)
            callback()
        self.now_s = end_s


class QuietHost:
    """Time creeps on, and no planned call ever runs."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def time_s(self) -> float:
        self.now_s += 1e-6
        return self.now_s

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        assert seconds >= 0

    def touched(self, what: str) -> None:
        assert what

    def reset(self, cause: str) -> None:
        assert cause


@pytest.fixture(scope="session")
def quiet_host() -> type[QuietHost]:
    """For tests of many examples: a new host for each."""
    return QuietHost


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()
