"""USART, UART and LPUART of F7, G4 and H7 at the level of registers."""

from __future__ import annotations

from fractions import Fraction

import pytest

from simgate.errors import EngineError
from simgate.peripheral.serial.stm32f7_usart import (
    BRR,
    CR1,
    CR2,
    CR3,
    ICR,
    ISR,
    PRESC,
    RDR,
    RQR,
    TDR,
    Stm32F7Usart,
)

UE, RE, TE = 1 << 0, 1 << 2, 1 << 3
ORE, IDLE, RXNE, TC, TXE = (1 << bit for bit in range(3, 8))
TEACK, REACK, TXFE = 1 << 21, 1 << 22, 1 << 23
FIFOEN = 1 << 29
CLOCK = 120_000_000


def usart(host, **attributes):
    return Stm32F7Usart("usart2", {"frequency": CLOCK, **attributes}, host)


@pytest.fixture
def uart(host):
    return usart(host)


def enable(model, extra=0, brr=130):
    read, write = model.region(None)
    write(BRR, 4, brr)
    write(CR1, 4, UE | RE | TE | extra)
    return read, write


def heard_by(model):
    heard = []
    model.listeners.append(heard.append)
    return heard


def test_reset_values_are_those_of_the_manual(host, uart):
    read, _ = uart.region(None)
    assert [read(offset, 4) for offset in range(0, 0x2C, 4)] == [0] * 7 + [0xC0, 0, 0, 0]
    read(PRESC, 4)
    assert host.notes == ["usart2: reserved offset 0x02c"]  # not on F7


def test_ready_flags_follow_the_enables(uart, host):
    read, write = enable(uart)
    assert read(ISR, 4) == TC | TXE | TEACK
    write(CR1, 4, UE | RE)
    assert read(ISR, 4) == TC | TXE
    fifo = usart(host, fifoDepth=16)
    read, _ = enable(fifo)
    assert read(ISR, 4) == TC | TXE | TEACK | REACK


def test_polled_bytes_are_sent_at_once(uart, host):
    heard = heard_by(uart)
    read, write = enable(uart)
    for byte in b"hi":
        assert read(ISR, 4) & (TXE | TC) == TXE | TC
        write(TDR, 1, byte)
    assert bytes(heard) == b"hi"
    assert read(TDR, 4) == ord("i")


@pytest.mark.parametrize(("cr1", "brr"), [(0, 130), (UE, 130), (TE, 130), (UE | TE, 0)])
def test_a_transmitter_that_is_off_sends_nothing_and_says_so(uart, cr1, brr):
    heard = heard_by(uart)
    _, write = uart.region(None)
    write(BRR, 4, brr)
    write(CR1, 4, cr1)
    write(TDR, 4, 0x41)
    assert heard == []
    assert "1 bytes were written to TDR while the transmitter was off" in uart.remarks()[0]


def test_received_bytes_come_as_rdr_is_read(uart):
    read, _ = enable(uart)
    uart.write(b"\x01\x02\x03")
    got = []
    while read(ISR, 4) & RXNE:
        got.append(read(RDR, 4))
    assert got == [1, 2, 3]
    assert read(RDR, 4) == 3


@pytest.mark.parametrize(
    ("attributes", "registers", "bit_s"),
    [
        ({}, {BRR: 130}, Fraction(130, CLOCK)),
        ({}, {BRR: 0x105, CR1: 1 << 15}, Fraction(0x10A, 2 * CLOCK)),  # OVER8: BRR[2:0] are 3 of 4
        ({"fifoDepth": 8}, {BRR: 130, PRESC: 3}, Fraction(130 * 6, CLOCK)),
        ({"lowPowerMode": True}, {BRR: 0x80000}, Fraction(0x80000, 256 * CLOCK)),
    ],
)
def test_the_baud_rate_is_that_of_the_formula(host, attributes, registers, bit_s):
    model = usart(host, **attributes)
    _, write = model.region(None)
    for offset, value in registers.items():
        write(offset, 4, value)
    assert model.line_format().bit_s == bit_s
    assert model.line_format().frame_s == 10 * bit_s


@pytest.mark.parametrize(
    ("cr1", "cr2", "bits"),
    [(0, 0, 10), (1 << 12, 0, 11), (1 << 28, 0, 9), (0, 2 << 12, 11), (0, 3 << 12, 10.5)],
)
def test_a_frame_is_as_long_as_word_and_stop_bits_say(uart, cr1, cr2, bits):
    _, write = uart.region(None)
    write(BRR, 4, 120)
    write(CR1, 4, cr1)
    write(CR2, 4, cr2)
    assert float(uart.line_format().frame_s) == pytest.approx(bits * 1e-6)


def test_dma_is_asked_for_one_byte_a_frame(uart, host):
    heard = heard_by(uart)
    _, write = enable(uart, brr=1200)  # a frame of 100 us
    request = host.signal("USART2_TX")
    assert not request.level
    write(CR3, 4, 1 << 7)  # DMAT
    assert request.level
    write(TDR, 1, 1)  # goes on to the shift register
    assert request.level
    write(TDR, 1, 2)
    assert not request.level and heard == []
    host.advance(100e-6)
    assert request.level and heard == [1]
    host.advance(100e-6)
    assert heard == [1, 2]


def test_tc_comes_with_the_end_of_the_last_frame(uart, host):
    levels = []
    uart.output(None).sinks.append(levels.append)
    read, write = enable(uart, brr=1200)
    write(ICR, 4, 1 << 6)
    assert not read(ISR, 4) & TC
    write(CR1, 4, UE | RE | TE | TC)  # TCIE
    write(TDR, 1, 1)
    write(TDR, 1, 2)
    host.advance(199e-6)
    assert levels == [] and not read(ISR, 4) & TC
    host.advance(1.1e-6)
    assert levels == [True] and read(ISR, 4) & TC
    write(ICR, 4, 1 << 6)
    assert levels == [True, False]


def test_a_transmit_fifo_takes_its_depth(host):
    model = usart(host, fifoDepth=8)
    heard = heard_by(model)
    read, write = enable(model, FIFOEN | TXE, brr=1200)  # TXFNFIE: paced
    assert read(ISR, 4) & TXFE
    for byte in range(9):  # one of them in the shift register
        assert read(ISR, 4) & TXE
        write(TDR, 1, byte)
    assert not read(ISR, 4) & (TXE | TXFE)
    host.advance(100e-6)
    assert read(ISR, 4) & TXE
    host.advance(800e-6)
    assert heard == list(range(9))
    assert read(ISR, 4) & (TXE | TXFE | TC) == TXE | TXFE | TC


@pytest.mark.parametrize(("bit", "flag"), [(5, RXNE), (4, IDLE)])
def test_an_interrupt_is_a_level(uart, host, bit, flag):
    levels = []
    uart.output("IRQ").sinks.append(levels.append)
    read, write = enable(uart, 1 << bit)
    uart.write(b"x")
    host.advance(1e-3)
    assert levels == [True]
    assert read(ISR, 4) & flag
    read(RDR, 4)
    write(ICR, 4, IDLE)
    assert levels == [True, False]


def test_a_character_match_is_told(uart):
    read, write = enable(uart)
    write(CR2, 4, ord("\n") << 24)
    uart.write(b"ab\ncd")
    cmf, found = 1 << 17, []
    while read(ISR, 4) & RXNE:
        found.append(bool(read(ISR, 4) & cmf))
        write(ICR, 4, cmf)
        read(RDR, 4)
    assert found == [False, False, True, False, False]


def test_requests_drop_what_waits(uart):
    read, write = enable(uart)
    uart.write(b"ab")
    write(RQR, 4, 1 << 3)
    assert read(RDR, 4) == ord("b")
    write(RQR, 4, 1 << 3)
    assert not read(ISR, 4) & RXNE
    assert read(RQR, 4) == 0


def test_without_ue_the_flags_go_back(uart, host):
    read, write = enable(uart)
    uart.write(b"ab")
    host.advance(1)
    write(CR1, 4, 0)
    assert read(ISR, 4) == TC | TXE
    assert uart.pending == 0


def test_reserved_bits_read_as_zero(host):
    read, write = usart(host).region(None)
    for offset in (CR1, CR2, CR3, BRR):
        write(offset, 4, 0xFFFF_FFFF)
    assert read(CR1, 4) == 0x1FFF_FFFF
    assert read(BRR, 4) == 0xFFFF
    assert read(CR3, 4) == 0x007F_FFFF
    read, write = usart(host, fifoDepth=8).region(None)
    write(CR1, 4, 0xFFFF_FFFE)
    assert read(CR1, 4) == 0xFFFF_FFFE


def test_modes_that_are_not_modelled_are_named(uart, host):
    _, write = uart.region(None)
    write(CR2, 4, 1 << 14)
    write(CR3, 4, 1 << 9)
    assert host.notes == ["usart2: LIN mode", "usart2: CTS flow control"]


def test_attributes_are_checked(host):
    with pytest.raises(EngineError, match="'lowPowerMode' must be true or false"):
        Stm32F7Usart("x", {"lowPowerMode": 1}, host)
