"""Scripts on the receive line: what a receiver makes of them, in both generations."""

from __future__ import annotations

import pytest

from simgate.errors import EngineError
from simgate.peripheral.serial import stm32_uart, stm32f7_usart
from simgate.peripheral.serial.stm32_uart import Stm32Uart
from simgate.peripheral.serial.stm32f7_usart import Stm32F7Usart
from simgate.sensor.uart_script import UartScript

PE, FE, NE, ORE, IDLE, RXNE = (1 << bit for bit in range(6))
CLOCK = 42_000_000
BAUD = 10_000
BIT_S = 1e-4
FRAME_S = 10 * BIT_S
WORD_9, PARITY, ODD = 1 << 12, 1 << 10, 1 << 9  # M, PCE, PS: the same in both generations


class First:
    """USART of the F4: flags are cleared by reading SR, then DR."""

    CR1 = stm32_uart.CR1

    def __init__(self, host, cr1=0):
        self.model = Stm32Uart("usart2", {"frequency": CLOCK}, host)
        self.read, self.write = self.model.region(None)
        self.write(stm32_uart.BRR, 4, CLOCK // BAUD)
        self.write(stm32_uart.CR1, 4, 1 << 13 | 1 << 3 | 1 << 2 | cr1)

    def status(self):
        return self.read(stm32_uart.SR, 4) & 0x3F

    def data(self):
        return self.read(stm32_uart.DR, 4)

    def off(self):
        self.write(stm32_uart.CR1, 4, 0)


class Second:
    """USART of F7, G4 and H7: flags are cleared through ICR."""

    CR1 = stm32f7_usart.CR1

    def __init__(self, host, cr1=0, fifo=0):
        attributes = {"frequency": CLOCK, "fifoDepth": fifo}
        self.model = Stm32F7Usart("usart2", attributes, host)
        self.read, self.write = self.model.region(None)
        self.write(stm32f7_usart.BRR, 4, CLOCK // BAUD)
        self.write(stm32f7_usart.CR1, 4, 1 << 0 | 1 << 3 | 1 << 2 | cr1)

    def status(self):
        return self.read(stm32f7_usart.ISR, 4) & 0x3F

    def data(self):
        self.write(stm32f7_usart.ICR, 4, 0x1F)
        return self.read(stm32f7_usart.RDR, 4)

    def off(self):
        self.write(stm32f7_usart.CR1, 4, 0)


@pytest.fixture(params=[First, Second])
def make(request, host):
    return lambda cr1=0: request.param(host, cr1)


def script():
    return UartScript().baud(BAUD)


def test_a_byte_is_there_at_its_stop_bit_and_idle_comes_a_frame_later(make, host):
    uart = make()
    uart.model.play(script().at(0.5).send(b"\xa5"))
    host.advance(0.5 + 9.4 * BIT_S)
    assert uart.status() == 0
    host.advance(0.2 * BIT_S)
    assert uart.status() == RXNE
    assert uart.data() == 0xA5
    host.advance(FRAME_S)
    assert uart.status() == 0
    host.advance(0.6 * BIT_S)
    assert uart.status() == IDLE
    uart.data()
    assert uart.status() == 0


def test_bytes_that_are_read_in_time_all_arrive(make, host):
    uart = make()
    uart.model.play(script().send(bytes(range(64))))
    got = []
    for _ in range(64):
        host.advance(FRAME_S)
        assert uart.status() & ORE == 0
        got.append(uart.data())
    assert got == list(range(64))


def test_a_byte_that_finds_no_room_is_lost_and_ore_says_so(make, host):
    uart = make()
    uart.model.play(script().send(b"abc"))
    host.advance(4 * FRAME_S)
    assert uart.status() & (RXNE | ORE) == RXNE | ORE
    assert uart.data() == ord("a")
    assert uart.status() & (RXNE | ORE) == 0
    assert "2 characters were lost to overruns" in " ".join(uart.model.remarks())


@pytest.mark.parametrize(
    ("flaw", "flag", "value"), [("framing", FE, 0x55), ("noise", NE, 0x55), ("", 0, 0x55)]
)
def test_a_flawed_frame_raises_its_flag_with_its_byte(make, host, flaw, flag, value):
    uart = make()
    uart.model.play(script().send(b"\x55", flaw).gap(FRAME_S).send(b"\xaa"))
    host.advance(FRAME_S)
    assert uart.status() == RXNE | flag
    assert uart.data() == value
    assert uart.status() == 0
    host.advance(3 * FRAME_S)
    assert uart.status() & (FE | NE | RXNE) == RXNE
    assert uart.data() == 0xAA


@pytest.mark.parametrize(("odd", "shape"), [(0, "E"), (ODD, "O")])
def test_the_parity_bit_is_checked_and_stands_above_the_data(make, host, odd, shape):
    uart = make(WORD_9 | PARITY | odd)
    right = script().shape(8, shape).send(b"\x07")
    uart.model.play(right.gap(FRAME_S).send(b"\x07", "parity"))
    host.advance(1.1 * FRAME_S)
    assert uart.status() == RXNE
    expected = 0x107 if shape == "E" else 0x007  # three ones in the data
    assert uart.data() == expected
    host.advance(2.2 * FRAME_S)
    assert uart.status() & (RXNE | PE) == RXNE | PE
    assert uart.data() == expected ^ 0x100
    assert uart.status() & PE == 0


def test_a_break_is_one_byte_of_zeros_with_a_framing_error(make, host):
    uart = make()
    uart.model.play(script().break_for(5 * FRAME_S).gap(FRAME_S).send(b"z"))
    host.advance(FRAME_S)
    assert uart.status() == RXNE | FE
    assert uart.data() == 0
    host.advance(4 * FRAME_S)
    assert uart.status() & RXNE == 0
    host.advance(2 * FRAME_S)
    assert uart.data() == ord("z")


def test_another_baud_rate_gives_other_bytes_as_on_silicon(make, host):
    # half the rate: 0x55 looks like start, 00 11 00 11 ..., its low bits doubled
    uart = make()
    uart.model.play(UartScript().baud(BAUD / 2).send(b"\x55"))
    host.advance(FRAME_S)
    assert uart.status() & (RXNE | FE) == RXNE | FE  # the ninth sample falls into a data bit
    assert uart.data() == 0b01100110
    # a clock that is off by two percent is within what a receiver bears
    uart = make()
    uart.model.play(UartScript().baud(BAUD * 1.02).send(b"\x55\xc3"))
    host.advance(FRAME_S)
    assert (uart.status() & (RXNE | FE), uart.data()) == (RXNE, 0x55)
    host.advance(FRAME_S)
    assert (uart.status() & (RXNE | FE), uart.data()) == (RXNE, 0xC3)


def test_a_receiver_that_is_off_loses_frames_and_says_so(make, host):
    uart = make()
    uart.off()
    uart.model.play(script().send(b"abc"))
    host.advance(4 * FRAME_S)
    assert uart.status() & RXNE == 0
    assert "3 bytes arrived while the receiver was off" in " ".join(uart.model.remarks())


def test_one_script_at_a_time(make, host):
    uart = make()
    uart.model.play(script().send(b"a"))
    with pytest.raises(EngineError, match="usart2: a script is being played already"):
        uart.model.play(script().send(b"b"))
    host.advance(2 * FRAME_S)
    assert uart.data() == ord("a")
    uart.model.play(script().send(b"b"))
    host.advance(2 * FRAME_S)
    assert uart.data() == ord("b")


def test_a_script_is_a_monitor_command_too(make, host, tmp_path):
    uart = make()
    path = tmp_path / "hello.uart"
    path.write_text('baud 10000\nsend "h"\n')
    uart.model.commands()["PlayScript"](path)
    host.advance(FRAME_S)
    assert uart.data() == ord("h")
    uart.model.commands()["PlayScriptText"]('baud 10000\nsend "i"\n')
    host.advance(FRAME_S)
    assert uart.data() == ord("i")


def test_bytes_that_are_written_never_overrun(make, host):
    uart = make()
    uart.model.write(b"abc")
    host.advance(5 * FRAME_S)
    assert uart.status() & ORE == 0
    assert [uart.data() for _ in "abc"] == list(b"abc")


def test_reception_asks_for_dma_while_there_is_something_to_read(host):
    for uart, cr3 in ((First(host), stm32_uart.CR3), (Second(host), stm32f7_usart.CR3)):
        request = host.signal("USART2_RX")
        uart.model.write(b"ab")
        assert not request.level
        uart.write(cr3, 4, 1 << 6)  # DMAR
        assert request.level
        uart.data()
        assert request.level
        uart.data()
        assert not request.level
        uart.model.reset()


def interrupts(uart):
    levels = []
    uart.model.output("IRQ").sinks.append(levels.append)
    return levels


def test_an_error_is_an_interrupt_of_its_own_where_dma_reads_the_data(host):
    first = First(host)
    levels = interrupts(first)
    first.write(stm32_uart.CR3, 4, 1 << 0)  # EIE alone does nothing here (RM0090, 30.6.6)
    first.model.play(script().send(b"a", "framing").gap(FRAME_S).send(b"b", "noise"))
    host.advance(FRAME_S)
    assert levels == []
    first.write(stm32_uart.CR3, 4, 1 << 0 | 1 << 6)  # with DMAR
    assert levels == [True]
    first.status()
    first.data()
    assert levels == [True, False]
    host.advance(3 * FRAME_S)
    assert levels == [True, False, True]

    second = Second(host)
    levels = interrupts(second)
    second.write(stm32f7_usart.CR3, 4, 1 << 0)
    second.model.play(script().send(b"a", "framing"))
    host.advance(FRAME_S)
    assert levels == [True]
    second.write(stm32f7_usart.ICR, 4, FE)
    assert levels == [True, False]


def test_a_wrong_parity_bit_interrupts_with_peie(make, host):
    uart = make(WORD_9 | PARITY | 1 << 8)
    levels = interrupts(uart)
    uart.model.play(script().shape(8, "E").send(b"a").send(b"a", "parity"))
    host.advance(1.1 * FRAME_S)
    uart.status()
    uart.data()
    assert levels == []
    host.advance(1.1 * FRAME_S)
    assert levels == [True]


def test_an_overrun_interrupts_with_rxneie(make, host):
    uart = make(1 << 5)
    levels = interrupts(uart)
    uart.model.play(script().send(b"ab"))
    host.advance(3 * FRAME_S)
    assert uart.status() & (RXNE | ORE) == RXNE | ORE
    uart.data()
    assert levels == [True, False]


def test_a_fifo_takes_as_many_as_it_is_deep(host):
    uart = Second(host, 1 << 29, fifo=8)  # FIFOEN
    uart.model.play(script().send(b"abcd").send(b"e", "framing").send(b"fghijkl"))
    host.advance(13 * FRAME_S)
    rxff, rxft = 1 << 24, 1 << 26
    assert uart.read(stm32f7_usart.ISR, 4) & rxff
    assert uart.status() & (RXNE | ORE | FE) == RXNE | ORE
    assert uart.read(stm32f7_usart.ISR, 4) & rxft
    assert [uart.data() for _ in "abcd"] == list(b"abcd")
    assert uart.status() & FE  # the next one's
    assert [uart.data() for _ in "efgh"] == list(b"efgh")
    assert uart.status() & RXNE == 0
    assert "4 characters were lost" in " ".join(uart.model.remarks())


def test_with_ovrdis_the_newer_byte_takes_the_older_ones_place(host):
    uart = Second(host)
    uart.write(stm32f7_usart.CR3, 4, 1 << 12)
    uart.model.play(script().send(b"abc"))
    host.advance(4 * FRAME_S)
    assert uart.status() & (RXNE | ORE) == RXNE
    assert uart.data() == ord("c")


def test_the_receiver_time_out_counts_bits_of_silence(host):
    uart = Second(host)
    uart.write(stm32f7_usart.RTOR, 4, 40)
    uart.write(stm32f7_usart.CR2, 4, 1 << 23)  # RTOEN
    uart.model.play(script().send(b"ab"))
    host.advance(3 * FRAME_S)
    rtof = 1 << 11
    assert not uart.read(stm32f7_usart.ISR, 4) & rtof
    host.advance(3 * FRAME_S + BIT_S)
    assert uart.read(stm32f7_usart.ISR, 4) & rtof
    uart.write(stm32f7_usart.ICR, 4, rtof)
    assert not uart.read(stm32f7_usart.ISR, 4) & rtof


def test_a_start_bit_ends_the_silence_that_the_time_out_counts(host):
    """RM0440, 37.8.6: no new start bit for so long behind the last character."""
    uart = Second(host)
    uart.write(stm32f7_usart.RTOR, 4, 5)
    uart.write(stm32f7_usart.CR2, 4, 1 << 23)
    uart.model.play(script().send(b"ab"))
    host.advance(2 * FRAME_S + 4.5 * BIT_S)
    assert uart.data() == ord("a")
    assert not uart.read(stm32f7_usart.ISR, 4) & 1 << 11
    host.advance(BIT_S)
    assert uart.read(stm32f7_usart.ISR, 4) & 1 << 11


def test_reading_the_fifo_does_not_prolong_the_time_out(host):
    uart = Second(host, cr1=1 << 29, fifo=8)
    uart.write(stm32f7_usart.RTOR, 4, 20)
    uart.write(stm32f7_usart.CR2, 4, 1 << 23)
    uart.model.play(script().send(b"ab"))
    host.advance(3 * FRAME_S)
    assert uart.data() == ord("a")
    host.advance(FRAME_S + BIT_S)
    assert uart.read(stm32f7_usart.ISR, 4) & 1 << 11


def test_a_receiver_that_was_switched_off_sees_no_idle_line(make, host):
    uart = make()
    uart.model.play(script().send(b"a"))
    host.advance(FRAME_S)
    assert uart.data() == ord("a")
    uart.write(uart.CR1, 4, uart.read(uart.CR1, 4) & ~(1 << 2))
    host.advance(2 * FRAME_S)
    assert not uart.status() & IDLE


def test_busy_while_a_frame_comes(host):
    uart = Second(host)
    uart.model.play(script().at(0.1).send(b"a"))
    busy = 1 << 16
    host.advance(0.1)
    assert uart.read(stm32f7_usart.ISR, 4) & busy
    host.advance(FRAME_S)
    assert not uart.read(stm32f7_usart.ISR, 4) & busy


def test_the_mirror_of_the_flags_is_true_and_hidden_where_reading_has_an_effect(host):
    for uart, offset in ((First(host), stm32_uart.SR), (Second(host), stm32f7_usart.ISR)):
        shown = [True]
        words = memoryview(bytearray(0x400))
        assert uart.model.mirrors(uart.read) == (offset,)
        uart.model.show_mirror(lambda _offset, visible, shown=shown: shown.append(visible))
        uart.model.mirror(words)
        assert uart.model.mirrors(uart.read) == ()  # a second window is not mirrored
        uart.model.play(script().send(b"a").send(b"b", "framing").send(b"c"))
        for byte, hidden in ((b"a", False), (b"b", True), (b"c", False)):
            host.advance(1.05 * FRAME_S)
            assert words.cast("I")[offset >> 2] == uart.read(offset, 4)
            # of the first generation a read of SR, then of DR clears an error
            assert shown[-1] is not (hidden and isinstance(uart, First))
            assert uart.data() == byte[0]
            assert words.cast("I")[offset >> 2] == uart.read(offset, 4)
        uart.model.reset()
        host.advance(5 * FRAME_S)
