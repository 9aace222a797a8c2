"""The serial NOR flash against the data sheet of W25Q128JV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simgate.errors import EngineError
from simgate.peripheral.bus.w25q128 import BUSY, WEL, W25q128
from simgate.peripheral.reset_cause import ResetCause


class Wire:
    """Commands as a master clocks them, with its chip select."""

    def __init__(self, host: Any, **attributes: object) -> None:
        self.host = host
        self.flash = W25q128("flash", attributes, host)
        self.drive = self.flash.input(0)
        self.drive(True)

    def send(self, *sent: int, answer: int = 0) -> bytes:
        self.drive(False)
        for byte in sent:
            self.flash.exchange(byte)
        got = bytes(self.flash.exchange(0) for _ in range(answer))
        self.drive(True)
        return got

    def status(self) -> int:
        return self.send(0x05, answer=1)[0]

    def wait(self) -> float:
        began = self.host.now_s
        while self.status() & BUSY:
            self.host.advance(100e-6)
        return self.host.now_s - began

    def write(self, *sent: int) -> float:
        self.send(0x06)
        self.send(*sent)
        return self.wait()

    def read(self, address: int, count: int) -> bytes:
        return self.send(0x03, *address.to_bytes(3, "big"), answer=count)


@pytest.fixture
def wire(host: Any) -> Wire:
    return Wire(host)


def test_identification(wire: Wire) -> None:
    assert wire.send(0x9F, answer=3) == b"\xef\x40\x18"
    assert wire.send(0x90, 0, 0, 0, answer=2) == b"\xef\x17"
    assert wire.send(0xAB, 0, 0, 0, answer=1) == b"\x17"
    assert len(set(wire.send(0x4B, 0, 0, 0, 0, answer=8))) > 1


def test_renodes_name_and_attributes_make_other_members(host: Any) -> None:
    wire = Wire(host, manufacturerId=0xC2, memoryType=0x28, capacityCode=0x14)
    assert wire.send(0x9F, answer=3) == b"\xc2\x28\x14"
    assert wire.flash.cells.size == 1 << 20
    with pytest.raises(EngineError):
        Wire(host, capacityCode=0x30)


def test_program_clears_bits_only_and_erase_sets_them(wire: Wire) -> None:
    assert wire.write(0x02, 0, 0x10, 0, 0xF0, 0x12) == pytest.approx(0.4e-3, abs=0.2e-3)
    assert wire.read(0x1000, 3) == b"\xf0\x12\xff"
    wire.write(0x02, 0, 0x10, 0, 0x0F)
    assert wire.read(0x1000, 1) == b"\x00"
    assert "1 bytes were programmed over others" in wire.flash.remarks()[0]
    assert wire.write(0x20, 0, 0x12, 0x34) == pytest.approx(45e-3, abs=0.2e-3)
    assert wire.read(0x1000, 2) == b"\xff\xff"
    assert wire.flash.erase_count(0x1FFF) == 1


def test_a_program_wraps_within_its_page(wire: Wire) -> None:
    wire.write(0x02, 0, 0, 0xFE, 1, 2, 3)
    assert wire.read(0xFE, 2) == b"\x01\x02"
    assert wire.read(0, 1) == b"\x03"
    assert wire.read(0x100, 1) == b"\xff"


def test_of_more_than_a_page_the_last_256_bytes_stay(wire: Wire) -> None:
    wire.write(0x02, 0, 0, 0, *([0x55] * 4), *range(256))
    assert wire.read(0, 6) == bytes((252, 253, 254, 255, 0, 1))


def test_more_than_a_page_stays_in_its_page(wire: Wire) -> None:
    wire.write(0x02, 0, 1, 0xF0, *([0x55] * 44), *range(256))
    assert wire.read(0x0100, 256) == bytes((place - 28) % 256 for place in range(256))
    assert wire.read(0x0200, 4) == b"\xff" * 4


def test_fast_read_has_a_dummy_byte_and_reads_go_on_to_the_next_page(wire: Wire) -> None:
    wire.flash.cells.load(bytes(range(16)), 0xF8)
    assert wire.send(0x0B, 0, 0, 0xF8, 0, answer=16) == bytes(range(16))


@pytest.mark.parametrize(
    ("code", "size", "seconds"), [(0x52, 32 << 10, 120e-3), (0xD8, 64 << 10, 150e-3)]
)
def test_blocks_are_erased_from_their_start(
    wire: Wire, code: int, size: int, seconds: float
) -> None:
    wire.flash.cells.load(b"\0" * (3 * size))
    assert wire.write(code, *(size + 5).to_bytes(3, "big")) == pytest.approx(seconds, abs=2e-4)
    assert wire.read(size - 1, 2) == b"\x00\xff"
    assert wire.read(2 * size - 1, 2) == b"\xff\x00"


def test_chip_erase_takes_its_time(wire: Wire) -> None:
    wire.flash.cells.load(b"\0")
    wire.send(0x06)
    wire.send(0xC7)
    wire.host.advance(39.9)
    assert wire.status() & BUSY
    wire.host.advance(0.2)
    assert wire.read(0, 1) == b"\xff"


def test_without_write_enable_nothing_is_written(wire: Wire) -> None:
    wire.send(0x02, 0, 0, 0, 0)
    assert wire.read(0, 1) == b"\xff"
    assert "without write enable" in wire.host.remarks[0]


def test_wel_goes_when_the_work_is_done(wire: Wire) -> None:
    wire.send(0x06)
    assert wire.status() == WEL
    wire.send(0x04)
    assert wire.status() == 0
    wire.send(0x06)
    wire.send(0x02, 0, 0, 0, 0)
    assert wire.status() == WEL | BUSY
    wire.wait()
    assert wire.status() == 0


def test_while_busy_it_answers_status_only(wire: Wire) -> None:
    wire.flash.cells.load(b"\x11", 5)
    wire.send(0x06)
    wire.send(0x02, 0, 0, 0, 0)
    assert wire.read(5, 1) == b"\xff"
    assert wire.host.remarks == ["flash: command 0x03 came while it was busy"]


def test_protected_blocks_stay(wire: Wire) -> None:
    wire.write(0x01, 1 << 2)  # the upper 64th
    assert wire.status() == 1 << 2
    wire.write(0x02, 0xFC, 0, 0, 0)
    assert wire.read(0xFC0000, 1) == b"\xff"
    wire.write(0x02, 0xFB, 0xFF, 0, 0)
    assert wire.read(0xFBFF00, 1) == b"\x00"
    wire.write(0x01, 0, 1 << 6)  # CMP: all but nothing
    wire.write(0x02, 0, 0, 0, 0)
    assert wire.read(0, 1) == b"\xff"


def test_status_registers_outlast_a_reset_unless_volatile(wire: Wire) -> None:
    wire.write(0x31, 0x02)
    assert wire.send(0x35, answer=1) == b"\x02"
    wire.send(0x50)
    wire.send(0x11, 0x60)
    assert wire.send(0x15, answer=1) == b"\x60"
    wire.send(0x66)
    wire.send(0x99)
    assert wire.send(0x35, answer=1) == b"\x02"
    assert wire.send(0x15, answer=1) == b"\x00"


def test_power_down_listens_to_release_only(wire: Wire) -> None:
    wire.send(0xB9)
    assert wire.send(0x9F, answer=1) == b"\xff"
    wire.send(0xAB)
    assert wire.send(0x9F, answer=1) == b"\xef"


def test_four_byte_addresses(host: Any) -> None:
    wire = Wire(host, capacityCode=0x19)
    wire.flash.cells.load(b"\x42", 0x1FFFFFF)
    assert wire.send(0x13, 1, 0xFF, 0xFF, 0xFF, answer=1) == b"\x42"
    wire.send(0xB7)
    assert wire.send(0x03, 1, 0xFF, 0xFF, 0xFF, answer=1) == b"\x42"
    assert wire.send(0x15, answer=1) == b"\x01"


def test_content_goes_from_and_to_files(host: Any, tmp_path: Path) -> None:
    image = tmp_path / "content.bin"
    image.write_bytes(b"hello")
    wire = Wire(host, image=str(image))
    assert wire.read(0, 6) == b"hello\xff"
    wire.flash.commands()["SaveBinary"](tmp_path / "out.bin")
    saved = (tmp_path / "out.bin").read_bytes()
    assert saved[:6] == b"hello\xff"
    assert len(saved) == 16 << 20
    with pytest.raises(EngineError):
        wire.flash.commands()["LoadBinary"](tmp_path / "absent", 0)
    with pytest.raises(EngineError):
        wire.flash.commands()["LoadBinary"](image, 16 << 20)


def test_an_unknown_command_is_told(wire: Wire) -> None:
    wire.send(0x6B, 0, 0, 0)
    assert wire.host.remarks == ["flash: command 0x6b is not modelled"]


def test_the_chips_reset_leaves_it_alone(wire: Wire) -> None:
    wire.send(0x06)
    wire.flash.system_reset(ResetCause.SOFTWARE)
    assert wire.status() == WEL
