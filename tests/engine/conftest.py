"""A firmware that is a list of what it says and when, so that waits can be tested without a core."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from simgate.engine.base import Halt
from simgate.engine.terminal_tester import TerminalTester
from simgate.result import StopReason


class FakeUart:
    name = "usart2"

    def __init__(self) -> None:
        self.listeners: list[Callable[[int], None]] = []
        self.received = bytearray()
        self.on_write: Callable[[bytes], None] = lambda data: None

    @property
    def pending(self) -> int:
        return 0

    def write(self, data: bytes) -> None:
        self.received += data
        self.on_write(data)


class FakeRun:
    """Virtual time, and calls that are due at some time; `say` makes the firmware speak."""

    def __init__(self) -> None:
        self.uart = FakeUart()
        self.now_s = 0.0
        self.ends_with: Halt | None = None  # once nothing is left to do
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._stop = False

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        self._count += 1
        self._due.append((self.now_s + seconds, self._count, callback))
        self._due.sort()

    def say(self, at_s: float, data: bytes) -> None:
        for byte in data:
            self.after(at_s - self.now_s, lambda byte=byte: self._hear(byte))

    def _hear(self, byte: int) -> None:
        for listener in list(self.uart.listeners):
            listener(byte)

    def clock(self) -> float:
        return self.now_s

    def stop(self) -> None:
        self._stop = True

    def run(self, seconds: float) -> Halt:
        end_s = self.now_s + seconds
        self._stop = False
        while self._due and self._due[0][0] <= end_s:
            self.now_s, _, callback = self._due.pop(0)
            callback()
            if self._stop:
                return Halt(StopReason.DONE, 0, self.now_s)
        if self.ends_with is not None:
            return self.ends_with
        self.now_s = end_s
        return Halt(StopReason.TIME, 0, self.now_s)

    def tester(self, **options) -> TerminalTester:
        return TerminalTester(
            self.uart,
            clock=self.clock,
            run=self.run,
            stop=self.stop,
            after=self.after,
            **options,
        )


@pytest.fixture
def fake() -> FakeRun:
    return FakeRun()
