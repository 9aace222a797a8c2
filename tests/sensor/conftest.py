"""The host of the peripherals' tests, and buses by hand."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_SHARED = Path(__file__).parents[1] / "peripheral" / "conftest.py"
_spec = importlib.util.spec_from_file_location("peripheral_hosts", _SHARED)
assert _spec is not None and _spec.loader is not None
_hosts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_hosts)


class I2cBus:
    """A master that talks to one device."""

    def __init__(self, device: Any) -> None:
        self.device = device

    def write(self, *data: int) -> bool:
        done = self.device.start(reading=False) and all(self.device.write(byte) for byte in data)
        self.device.stop()
        return done

    def read(self, count: int) -> bytes:
        assert self.device.start(reading=True)
        data = bytes(self.device.read() for _ in range(count))
        self.device.stop()
        return data

    def read_register(self, address: int, count: int = 1) -> bytes:
        assert self.device.start(reading=False)
        assert self.device.write(address)
        return self.read(count)


class SpiBus:
    """A master with one slave and its chip select."""

    def __init__(self, device: Any) -> None:
        self.device = device
        self.select = device.input(0)
        self.select(True)

    def transfer(self, *data: int) -> bytes:
        self.select(False)
        answer = bytes(self.device.exchange(byte) for byte in data)
        self.select(True)
        return answer


@pytest.fixture
def host() -> Any:
    return _hosts.FakeHost()


@pytest.fixture
def i2c() -> type[I2cBus]:
    return I2cBus


@pytest.fixture
def spi() -> type[SpiBus]:
    return SpiBus


@pytest.fixture(scope="session")
def host_kind() -> Any:
    """For tests of many examples: a new host for each."""
    return _hosts.FakeHost
