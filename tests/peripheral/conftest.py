"""Hosts for peripherals."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable

import pytest

from simgate.peripheral.host import BusRefusal, Port
from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.wire import Wire


class FakeFlash:
    """A Flash at 0x08000000, as erased; ``store`` is what the processor's stores go to."""

    base = 0x0800_0000

    def __init__(self, size: int) -> None:
        self.size = size
        self.bytes = bytearray(b"\xff" * size)
        self.store: Callable[[int, int, int], bool] = lambda offset, width, value: False

    def read(self, offset: int, size: int) -> bytes:
        return bytes(self.bytes[offset : offset + size])

    def write(self, offset: int, data: bytes) -> None:
        self.bytes[offset : offset + len(data)] = data

    def on_store(self, handler: Callable[[int, int, int], bool]) -> None:
        self.store = handler


class FakeHost:
    """Time is set by hand, calls are run when their time has come.

    ``memory`` is one RAM of 64 KiB at 0x20000000; registers are added to ``windows`` as
    (base, size, read, write).
    """

    tick_hz = 168_000_000
    RAM = 0x2000_0000

    def __init__(self) -> None:
        self.now = 0  # ticks
        self.notes: list[str] = []
        self.resets: list[str] = []
        self.causes: list[ResetCause] = []  # of resets and restarts
        self.remarks: list[str] = []
        self.transfers: list[tuple[str, int, int, bool]] = []
        self.restarts = 0
        self.signals: dict[str, Wire] = {}
        self.gates: dict[str, bool] = {}
        self.models_reset: list[str] = []
        self.memory = bytearray(64 << 10)
        self.tcm = bytearray(4 << 10)  # at 0, for MDMA only
        self.windows: list[tuple[int, int, Callable, Callable]] = []
        self._calls: list[tuple[int, int, Callable[[], None]]] = []
        self._planned = 0
        self.flashes: dict[str, FakeFlash] = {}

    @property
    def now_s(self) -> float:
        return self.now / self.tick_hz

    def ticks(self) -> int:
        return self.now

    def time_s(self) -> float:
        return self.now / self.tick_hz

    def at_tick(self, tick: int, callback: Callable[[], None]) -> int:
        self._planned += 1
        heapq.heappush(self._calls, (max(tick, self.now), self._planned, callback))
        return self._planned

    def after(self, seconds: float, callback: Callable[[], None]) -> int:
        ticks = max(round(seconds * self.tick_hz), 1 if seconds > 0 else 0)
        return self.at_tick(self.now + ticks, callback)

    def cancel(self, handle: int) -> bool:
        if any(number == handle for _, number, _ in self._calls):
            self._calls = [call for call in self._calls if call[1] != handle]
            heapq.heapify(self._calls)
            return True
        return False

    def signal(self, name: str) -> Wire:
        return self.signals.setdefault(name, Wire())

    def bus_read(self, address: int, width: int) -> int:
        for base, size, read, _ in self.windows:
            if base <= address < base + size:
                return read(address - base, width)
        return int.from_bytes(self.bus_read_block(address, width), "little")

    def bus_write(self, address: int, width: int, value: int) -> None:
        for base, size, _, write in self.windows:
            if base <= address < base + size:
                write(address - base, width, value)
                return
        self.bus_write_block(address, value.to_bytes(width, "little"))

    def bus_read_block(self, address: int, size: int) -> bytes:
        start = address - self.RAM
        if not 0 <= start <= len(self.memory) - size:
            raise BusRefusal(f"nothing at 0x{address:08x}")
        return bytes(self.memory[start : start + size])

    def bus_write_block(self, address: int, data: bytes) -> None:
        start = address - self.RAM
        if not 0 <= start <= len(self.memory) - len(data):
            raise BusRefusal(f"nothing at 0x{address:08x}")
        self.memory[start : start + len(data)] = data

    def add_flash(self, name: str, size: int) -> FakeFlash:
        return self.flashes.setdefault(name, FakeFlash(size))

    def flash(self, name: str) -> FakeFlash:
        return self.flashes[name]

    def bus_port(self, address: int, size: int) -> Port:
        for base, length, read, write in self.windows:
            if base <= address and address + size <= base + length:
                return Port(base, read, write)
        self.bus_read_block(address, size)
        return Port(0, self.bus_read, self.bus_write)

    def note_transfer(self, master: str, address: int, size: int, writes: bool) -> None:
        self.transfers.append((master, address, size, writes))

    def tcm_read(self, address: int, size: int) -> bytes:
        if not 0 <= address <= len(self.tcm) - size:
            raise BusRefusal(f"no tightly coupled memory at 0x{address:08x}")
        return bytes(self.tcm[address : address + size])

    def tcm_write(self, address: int, data: bytes) -> None:
        self.tcm_read(address, len(data))
        self.tcm[address : address + len(data)] = data

    def gate(self, name: str, on: bool) -> None:
        self.gates[name] = on

    def reset_model(self, name: str) -> None:
        self.models_reset.append(name)

    def touched(self, what: str) -> None:
        self.notes.append(what)

    def remark(self, text: str) -> None:
        self.remarks.append(text)

    def reset(self, cause: ResetCause, why: str) -> None:
        self.causes.append(cause)
        self.resets.append(why)

    def restart(self, cause: ResetCause = ResetCause.SOFTWARE) -> None:
        self.causes.append(cause)
        self.restarts += 1

    def random(self, name: str) -> random.Random:
        return random.Random(name)

    def advance(self, seconds: float) -> None:
        self.advance_ticks(round(seconds * self.tick_hz))

    def advance_ticks(self, ticks: int) -> None:
        end = self.now + ticks
        while self._calls and self._calls[0][0] <= end:
            self.now, _, callback = heapq.heappop(self._calls)
            callback()
        self.now = end


class QuietHost(FakeHost):
    """Time creeps on, and no planned call ever runs."""

    def ticks(self) -> int:
        self.now += 168
        return self.now

    def time_s(self) -> float:
        return self.ticks() / self.tick_hz

    def at_tick(self, tick: int, callback: Callable[[], None]) -> int:
        self._planned += 1
        return self._planned

    def cancel(self, handle: int) -> bool:
        return False


@pytest.fixture(scope="session")
def quiet_host() -> type[QuietHost]:
    """For tests of many examples: a new host for each."""
    return QuietHost


@pytest.fixture(scope="session")
def new_host() -> type[FakeHost]:
    """As `quiet_host`, where planned calls are to run."""
    return FakeHost


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()
