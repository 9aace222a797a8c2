"""SPI and I2S of F4 (RM0090, section 28) and of F7 and G4 (RM0385, 32)."""

from __future__ import annotations

from typing import Any

import pytest

from simgate.peripheral.bus.dummy_spi_slave import DummySpiSlave
from simgate.peripheral.bus.spi_crc import next_crc
from simgate.peripheral.bus.stm32_i2s import CHSIDE, I2SCFGR, I2SE, I2SMOD, I2SPR, ODD, OVR
from simgate.peripheral.bus.stm32_spi import (
    BIDIMODE,
    BIDIOE,
    BSY,
    CR1,
    CR2,
    CRCEN,
    CRCERR,
    CRCNEXT,
    CRCPR,
    DFF,
    DR,
    ERRIE,
    FRXTH,
    LSBFIRST,
    MODF,
    MSTR,
    RXCRCR,
    RXDMAEN,
    RXNE,
    RXNEIE,
    RXONLY,
    SPE,
    SR,
    SSI,
    SSM,
    SSOE,
    TXCRCR,
    TXDMAEN,
    TXE,
    TXEIE,
    Stm32Spi,
)

MASTER = MSTR | SSM | SSI
FRAME_S = 8 * 16 / 84e6  # with BR = 3: divided by 16


class Bench:
    """A master at 84 MHz with one slave, the clock divided by 16."""

    def __init__(self, host: Any, *, second: bool = False) -> None:
        self.host = host
        self.spi = Stm32Spi("spi1", {"frequency": 84_000_000, "dataSizeField": second}, host)
        self.slave = DummySpiSlave("flash", {}, host)
        self.spi.attach(None, self.slave)
        self.spi.reset()

    def read(self, offset: int, width: int = 2) -> int:
        return self.spi.read(offset, width)

    def write(self, offset: int, value: int, width: int = 2) -> None:
        self.spi.write(offset, width, value)

    def on(self, flags: int = 0) -> None:
        self.write(CR1, MASTER | 3 << 3 | flags)
        self.write(CR1, MASTER | 3 << 3 | flags | SPE)

    def answer(self, *values: int) -> None:
        for value in values:
            self.slave.enqueue(value)

    def frames(self, count: float) -> None:
        self.host.advance(count * FRAME_S)


@pytest.fixture
def bench(host: Any) -> Bench:
    return Bench(host)


@pytest.fixture
def second(host: Any) -> Bench:
    return Bench(host, second=True)


@pytest.mark.parametrize(("is_second", "cr2"), [(False, 0), (True, 0x0700)])
def test_reset_values(host: Any, is_second: bool, cr2: int) -> None:
    spi = Stm32Spi("spi1", {"dataSizeField": is_second}, host)
    values = [spi.read(offset, 4) for offset in range(0, 0x24, 4)]
    assert values == [0, cr2, TXE, 0, 7, 0, 0, 0, 2]


def test_a_frame_takes_its_bits_at_the_divided_clock(bench: Bench) -> None:
    bench.answer(0xEF)
    bench.on()
    bench.write(DR, 0x9F)
    assert bench.read(SR) == TXE | BSY  # moved on into the shift register
    bench.frames(0.99)
    assert bench.read(SR) == TXE | BSY
    bench.frames(0.02)
    assert bench.read(SR) == TXE | RXNE
    assert bench.read(DR) == 0xEF
    assert bench.read(SR) == TXE
    assert bench.slave.transfers == [b"\x9f"]


def test_dr_holds_the_next_frame_until_the_shift_register_is_free(bench: Bench) -> None:
    bench.on()
    bench.write(DR, 1)
    bench.write(DR, 2)
    assert bench.read(SR) == BSY
    bench.frames(1.01)
    assert bench.read(SR) == TXE | RXNE | BSY
    bench.read(DR)
    bench.frames(1)
    assert bench.read(SR) == TXE | RXNE


def test_sixteen_bits_are_two_bytes_high_first(bench: Bench) -> None:
    bench.answer(0xAB, 0xCD)
    bench.on(DFF)
    bench.write(DR, 0x1234)
    bench.frames(1.5)
    assert not bench.read(SR) & RXNE
    bench.frames(0.6)
    assert bench.read(DR) == 0xABCD
    assert bench.slave.transfers == [b"\x12\x34"]


def test_low_bit_first(bench: Bench) -> None:
    bench.answer(0x01)
    bench.on(LSBFIRST)
    bench.write(DR, 0x80)
    bench.frames(1.1)
    assert bench.slave.transfers == [b"\x01"]
    assert bench.read(DR) == 0x80


def test_who_does_not_read_loses_the_new_frame(bench: Bench) -> None:
    bench.answer(1, 2)
    bench.on()
    bench.write(DR, 0)
    bench.write(DR, 0)
    bench.frames(2.1)
    assert bench.read(SR) & (OVR | RXNE) == OVR | RXNE
    assert bench.read(DR) == 1
    assert bench.read(SR) & OVR  # this read, after that of DR, clears it
    assert not bench.read(SR) & OVR


def test_a_low_ssi_is_a_mode_fault(bench: Bench) -> None:
    bench.write(CR2, ERRIE)
    bench.write(CR1, MSTR | SSM | SPE)
    assert bench.read(CR1) & (MSTR | SPE) == 0
    assert bench.spi.output("IRQ").level
    assert bench.read(SR) & MODF
    bench.write(CR1, MASTER)
    assert not bench.read(SR) & MODF
    assert not bench.spi.output(None).level


def test_interrupts(bench: Bench) -> None:
    irq = bench.spi.output("IRQ")
    bench.on()
    bench.write(CR2, TXEIE)
    assert irq.level
    bench.write(DR, 0)
    bench.write(DR, 0)
    assert not irq.level
    bench.write(CR2, RXNEIE)
    bench.frames(1.1)
    assert irq.level
    bench.read(DR)
    assert not irq.level


def test_receive_only_clocks_until_spe_goes_and_finishes_its_frame(bench: Bench) -> None:
    bench.answer(1, 2, 3)
    bench.on(RXONLY)
    bench.frames(1.1)
    assert bench.read(DR) == 1
    bench.write(CR1, MASTER | 3 << 3 | RXONLY)
    bench.frames(5)
    assert bench.read(DR) == 2
    assert len(bench.slave.transfers[0]) == 2
    assert not bench.slave.selected


def test_one_wire_out_receives_nothing(bench: Bench) -> None:
    bench.on(BIDIMODE | BIDIOE)
    bench.write(DR, 5)
    bench.frames(1.1)
    assert bench.read(SR) == TXE
    assert bench.slave.transfers == [b"\x05"]


def test_the_only_device_is_selected_while_spe_is_set(bench: Bench) -> None:
    bench.on()
    assert bench.slave.selected
    bench.write(CR1, MASTER)
    assert not bench.slave.selected


def test_a_missing_chip_select_wire_is_told_while_it_matters(bench: Bench) -> None:
    assert bench.spi.remarks() == ()
    bench.on()
    assert "'flash' has no chip select wire" in bench.spi.remarks()[0]


def test_nss_pulses_are_noted_with_hardware_nss_only(bench: Bench, second: Bench) -> None:
    second.write(CR1, MASTER)
    second.write(CR2, 0x0708)
    assert second.host.notes == []
    second.write(CR1, MSTR)
    second.write(CR2, 0x0700)
    second.write(CR2, 0x0708)
    assert second.host.notes == ["spi1: CR2 0x8 (TI, NSSP, LDMA)"]


def test_nss_follows_spe_with_ssoe(bench: Bench) -> None:
    nss = bench.spi.output("NSS")
    bench.write(CR2, SSOE)
    assert nss.level
    bench.write(CR1, MSTR | SPE)
    assert not nss.level
    bench.write(CR1, MSTR)
    assert nss.level


def test_devices_with_chip_selects_share_the_bus(bench: Bench, host: Any) -> None:
    other = DummySpiSlave("imu", {}, host)
    bench.spi.attach(None, other)
    for device in (bench.slave, other):
        device.input(0)(True)
    bench.on()
    other.drive_chip_select(False)
    bench.write(DR, 7)
    bench.frames(1.1)
    other.drive_chip_select(True)
    assert other.transfers == [b"\x07"]
    assert bench.slave.transfers == []
    bench.write(DR, 7)
    bench.frames(1.1)
    assert host.remarks == ["spi1: clocked while no chip select was low"]
    bench.read(DR)


def test_cutting_a_frame_is_told(bench: Bench, host: Any) -> None:
    bench.on()
    bench.write(DR, 1)
    bench.write(CR1, MASTER)
    bench.frames(2)
    assert bench.slave.transfers == [b""]
    assert "SPE was cleared while BSY was set" in host.remarks[0]


def test_dma_asks_at_the_pace_of_the_wire(bench: Bench) -> None:
    to_send, got = [1, 2, 3], []

    def send(level: bool) -> None:
        if level and to_send:
            bench.write(DR, to_send.pop(0))

    def receive(level: bool) -> None:
        if level:
            got.append(bench.read(DR))

    bench.host.signal("SPI1_TX").sinks.append(send)
    bench.host.signal("SPI1_RX").sinks.append(receive)
    bench.answer(7, 8, 9)
    bench.on()
    bench.write(CR2, RXDMAEN)
    bench.write(CR2, RXDMAEN | TXDMAEN)
    send(bench.host.signal("SPI1_TX").level)  # the controller looks again: the line is still high
    assert to_send == [3]
    bench.frames(1.1)
    assert (to_send, got) == ([], [7])
    bench.frames(2)
    assert got == [7, 8, 9]


def test_crc_is_sent_after_the_last_frame_and_checked(bench: Bench) -> None:
    expected = next_crc(next_crc(0, 0x31, 7, 8), 0x32, 7, 8)
    received = next_crc(next_crc(0, 5, 7, 8), 6, 7, 8)
    for last, error in ((received, 0), (received ^ 1, CRCERR)):
        bench.answer(5, 6, last)
        bench.write(CRCPR, 7)
        bench.on(CRCEN)
        for byte in (0x31, 0x32):
            bench.write(DR, byte)
            bench.frames(1.1)
            bench.read(DR)
        assert bench.read(TXCRCR) == expected
        assert bench.read(RXCRCR) == received
        bench.write(CR1, bench.read(CR1) | CRCNEXT)
        bench.frames(1.1)
        assert bench.slave.transfers[-1] == bytes((0x31, 0x32, expected))
        assert bench.read(SR) & CRCERR == error
        bench.read(DR)
        bench.write(CR1, 0)


# ---- the generation with FIFOs ----


def test_a_halfword_in_dr_is_two_short_frames(second: Bench) -> None:
    second.answer(0xEF, 0x40, 0x18, 0)
    second.on()
    second.write(DR, 0x2211)
    second.frames(2.1)
    assert second.slave.transfers == [b"\x11\x22"]
    assert second.read(SR) == TXE | RXNE | 2 << 9
    assert second.read(DR) == 0x40EF
    second.write(DR, 0x9F, 1)
    second.frames(1.1)
    assert second.read(SR) == TXE | 1 << 9  # without FRXTH one byte is not enough
    second.write(CR2, 0x0700 | FRXTH)
    assert second.read(SR) & RXNE
    assert second.read(DR, 1) == 0x18


def test_four_bytes_fit_and_txe_goes_above_two(second: Bench) -> None:
    second.write(DR, 1, 1)
    second.write(DR, 2, 1)
    assert second.read(SR) == TXE | 2 << 11
    second.write(DR, 3, 1)
    assert second.read(SR) == 3 << 11
    second.write(DR, 4, 1)
    second.write(DR, 5, 1)
    assert "a frame is lost" in second.host.remarks[0]
    second.on()
    second.frames(4.1)
    assert second.slave.transfers == [b"\x01\x02\x03\x04"]
    assert second.read(SR) == TXE | RXNE | 3 << 9
    second.write(DR, 6, 1)
    second.frames(1.1)
    assert second.read(SR) & OVR


@pytest.mark.parametrize(("ds", "bits", "mask"), [(3, 4, 0xF), (7, 8, 0xFF), (11, 12, 0xFFF)])
def test_ds_sets_the_size_of_a_frame(second: Bench, ds: int, bits: int, mask: int) -> None:
    second.answer(0xFF, 0xFF)
    second.write(CR2, ds << 8 | FRXTH)
    second.on()
    second.write(DR, 0xFFFF, 1 if bits <= 8 else 2)
    second.host.advance(bits * 16 / 84e6 * 0.99)
    assert not second.read(SR) & RXNE
    second.host.advance(bits * 16 / 84e6 * 0.02)
    assert second.read(DR, 1 if bits <= 8 else 2) == mask


def test_ds_below_four_bits_is_taken_as_eight(second: Bench) -> None:
    second.write(CR2, 0x0200)
    assert second.read(CR2) == 0x0700


# ---- I2S ----


class Ramp:
    """Left counts up with the frames of 16 kHz, right is its complement."""

    TYPE, name = "Ramp", "mic"

    def frame(self, time_s: float) -> tuple[int, int]:
        number = round(time_s * 16_000)
        return number << 16 | 0x1234, ~number << 16 & 0xFFFF0000


def i2s(host: Any, **attributes: object) -> Stm32Spi:
    spi = Stm32Spi("spi2", {"i2sFrequency": 38_400_000, **attributes}, host)
    spi.reset()
    spi.attach(None, Ramp())  # type: ignore[arg-type]
    return spi


def test_sixteen_bits_at_16_khz_left_then_right(host: Any) -> None:
    spi = i2s(host)
    # 38.4 MHz / (32 * 75) = 16 kHz: I2SDIV 37, ODD
    spi.write(I2SPR, 4, 37 | ODD)
    spi.write(I2SCFGR, 4, I2SMOD | 3 << 8)
    spi.write(I2SCFGR, 4, I2SMOD | 3 << 8 | I2SE)
    got = []
    for _ in range(6):
        host.advance(1 / 32_000)
        status = spi.read(SR, 2)
        assert status & RXNE
        got.append((bool(status & CHSIDE), spi.read(DR, 2)))
    assert got == [
        (False, 0),
        (True, 0xFFFF),
        (False, 1),
        (True, 0xFFFE),
        (False, 2),
        (True, 0xFFFD),
    ]


def test_24_bits_come_as_two_halves(host: Any) -> None:
    spi = i2s(host, i2sFrequency=51_200_000)
    spi.write(I2SPR, 4, 25)  # 51.2 MHz / (64 * 50) = 16 kHz
    spi.write(I2SCFGR, 4, I2SMOD | 3 << 8 | 1 << 1 | I2SE)
    got = []
    for _ in range(8):
        host.advance(1 / 64_000)
        got.append(spi.read(DR, 2))
    assert got == [0, 0x1200, 0xFFFF, 0, 1, 0x1200, 0xFFFE, 0]
    host.advance(2 / 64_000)
    assert spi.read(SR, 2) & OVR  # nobody read


def test_the_length_of_a_running_i2s_stays(host: Any) -> None:
    spi = i2s(host)
    spi.write(I2SPR, 4, 25)
    spi.write(I2SCFGR, 4, I2SMOD | 3 << 8 | 1 << 1 | I2SE)
    spi.write(I2SCFGR, 4, I2SMOD | 3 << 8 | I2SE)
    got = []
    spi.read(DR, 2)
    for _ in range(4):
        host.advance(1 / 48_000)
        got.append(spi.read(DR, 2))
    assert got == [0, 0x1234, 0xFFFF, 0]  # two halves still


def test_i2s_does_not_drift(host: Any) -> None:
    spi = i2s(host, i2sFrequency=38_400_000)
    items = []
    host.signal("SPI2_RX").sinks.append(lambda level: level and items.append(spi.read(DR, 2)))
    spi.write(CR2, 4, RXDMAEN)
    spi.write(I2SPR, 4, 37 | ODD)
    spi.write(I2SCFGR, 4, I2SMOD | 3 << 8 | I2SE)
    host.advance(1.0)
    assert len(items) == 32_000
    assert items[0::2] == [number & 0xFFFF for number in range(16_000)]


def test_a_master_that_sends_makes_room_at_the_pace_and_clocks_i2s_ext(host: Any) -> None:
    ext = i2s(host, clockedBy="spi2x")
    ext.write(I2SCFGR, 4, I2SMOD | 1 << 8 | I2SE)
    master = Stm32Spi("spi2x", {"i2sFrequency": 38_400_000}, host)
    master.write(I2SPR, 4, 37 | ODD)
    master.write(DR, 2, 5)
    assert not master.read(SR, 2) & TXE
    master.write(I2SCFGR, 4, I2SMOD | 2 << 8 | I2SE)
    host.advance(1 / 32_000)
    assert master.read(SR, 2) & TXE
    assert ext.read(DR, 2) == 0
    host.advance(1 / 32_000)
    assert ext.read(DR, 2) == 0xFFFF
