from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.peripheral.serial.stm32_uart import BRR, CR1, CR2, DR, SR, Stm32Uart

UE, TE, RE = 1 << 13, 1 << 3, 1 << 2
IDLE, RXNE, TC, TXE = 0x10, 0x20, 0x40, 0x80


@pytest.fixture
def uart(host):
    return Stm32Uart("usart2", {"frequency": 42_000_000}, host)


def enable(uart, extra=0):
    read, write = uart.region(None)
    write(BRR, 4, 0x2D)
    write(CR1, 4, UE | TE | RE | extra)
    return read, write


def test_reset_values_are_those_of_the_manual(uart):
    read, _ = uart.region(None)
    assert [read(offset, 4) for offset in range(0, 0x1C, 4)] == [0xC0, 0, 0, 0, 0, 0, 0]


def test_a_sent_byte_is_heard_and_the_transmitter_is_ready_again(uart):
    heard = []
    uart.listeners.append(heard.append)
    read, write = enable(uart)
    for byte in b"hi":
        write(DR, 4, byte)
        assert read(SR, 4) & (TXE | TC) == TXE | TC
    assert bytes(heard) == b"hi"


@pytest.mark.parametrize("cr1", [0, UE, TE, UE | RE])
def test_a_transmitter_that_is_off_sends_nothing_and_says_so(uart, cr1):
    heard = []
    uart.listeners.append(heard.append)
    _, write = uart.region(None)
    write(BRR, 4, 0x2D)
    write(CR1, 4, cr1)
    write(DR, 4, 0x41)
    assert heard == []
    assert "1 bytes were written to DR while the transmitter was off" in uart.remarks()[0]


def test_without_a_baud_rate_nothing_is_sent(uart):
    heard = []
    uart.listeners.append(heard.append)
    _, write = uart.region(None)
    write(CR1, 4, UE | TE)
    write(DR, 4, 0x41)
    assert heard == []


def test_received_bytes_come_one_by_one_as_dr_is_read(uart):
    read, _ = enable(uart)
    uart.write(b"\x01\x02\x03")
    got = []
    while read(SR, 4) & RXNE:
        got.append(read(DR, 4))
    assert got == [1, 2, 3]
    assert uart.pending == 0
    assert read(DR, 4) == 3  # DR keeps the last byte


def test_a_receiver_that_is_off_loses_bytes_and_says_so(uart):
    uart.write(b"abc")
    read, _ = enable(uart)
    assert not read(SR, 4) & RXNE
    assert "3 bytes arrived while the receiver was off" in uart.remarks()[0]


def test_rxne_interrupt_is_a_level(uart):
    levels = []
    uart.output(None).sinks.append(levels.append)
    read, write = enable(uart, extra=RXNE)
    uart.write(b"ab")
    assert levels == [True]
    read(DR, 4)
    assert levels == [True]  # the second byte is there already
    read(DR, 4)
    assert levels == [True, False]
    uart.write(b"c")
    write(CR1, 4, UE | TE | RE)  # RXNEIE off: the request goes, the byte stays
    assert levels == [True, False, True, False]
    assert uart.pending == 1


def test_txe_and_tc_interrupts_are_pending_as_soon_as_they_are_enabled(uart):
    wire = uart.output("IRQ")
    _, write = enable(uart)
    assert not wire.level
    for bit in (TXE, TC):
        write(CR1, 4, UE | TE | bit)
        assert wire.level
        write(CR1, 4, UE | TE)
        assert not wire.level


def test_tc_is_cleared_by_writing_zero_and_set_by_the_next_byte(uart):
    read, write = enable(uart)
    write(SR, 4, ~TC & 0xFFFFFFFF)
    assert read(SR, 4) & TC == 0
    write(DR, 4, 0x55)
    assert read(SR, 4) & TC


def test_idle_comes_one_frame_after_the_last_byte_and_goes_by_reading_sr_then_dr(uart, host):
    read, _ = enable(uart, extra=IDLE)
    uart.write(b"x")
    frame_s = 10 * 0x2D / 42_000_000
    host.advance(frame_s * 0.9)
    assert not read(SR, 4) & IDLE
    host.advance(frame_s * 0.2)
    assert uart.output(None).level
    assert read(SR, 4) & IDLE
    assert read(DR, 4) == ord("x")
    assert not read(SR, 4) & IDLE
    assert not uart.output(None).level


def test_more_bytes_put_the_idle_line_off(uart, host):
    read, _ = enable(uart)
    frame_s = 10 * 0x2D / 42_000_000
    uart.write(b"x")
    host.advance(frame_s * 0.5)
    read(DR, 4)
    uart.write(b"y")
    host.advance(frame_s * 0.7)
    assert not read(SR, 4) & IDLE


def test_narrow_accesses_change_their_lanes_only(uart):
    read, write = uart.region(None)
    write(CR2, 2, 0x3000)
    write(CR2 + 1, 1, 0x10)
    assert read(CR2, 4) == 0x1000
    assert read(CR2 + 1, 1) == 0x10


def test_a_reserved_offset_reads_zero_and_is_reported(uart, host):
    read, write = uart.region(None)
    assert read(0x40, 4) == 0
    write(0x44, 4, 1)
    assert host.notes == ["usart2: reserved offset 0x040", "usart2: reserved offset 0x044"]


@given(st.lists(st.one_of(st.binary(max_size=8), st.just(None)), max_size=30))
def test_every_byte_arrives_once_and_in_order(quiet_host, steps):
    """None: the firmware reads one byte; bytes: they arrive."""

    uart = Stm32Uart("u", {}, quiet_host())
    read, _ = enable(uart)
    sent, got = b"", bytearray()
    for step in [*steps, *[None] * 300]:
        if step is None:
            if read(SR, 4) & RXNE:
                got.append(read(DR, 4))
        else:
            uart.write(step)
            sent += step
    assert bytes(got) == sent
