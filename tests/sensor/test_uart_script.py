"""UART scripts: the language, the builder, the level of the line that comes out."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.sensor.uart_script import Flaw, UartScript, UartScriptError
from simgate.sensor.uart_script_text import parse_script, read_script
from simgate.sensor.uart_waveform import UartWaveform

EVERYTHING = r"""
# a slow sender
baud 1000
format 7E2     # seven data bits
spacing 0.001
at 0.010
send "a\r\n\x00\"\\" 0x41 7 # and a remark
gap 0.5
send noise "n"
send framing 1
send parity "p" "q"
break 0.002
"""


def test_each_line_is_a_step() -> None:
    script = (
        UartScript()
        .baud(1000)
        .shape(7, "E", 2)
        .spacing(0.001)
        .at(0.010)
        .send(b'a\r\n\0"\\A\x07')
        .gap(0.5)
        .send(b"n", Flaw.NOISE)
        .send(b"\x01", "framing")
        .send(b"pq", "parity")
        .break_for(0.002)
    )
    assert parse_script(EVERYTHING) == script
    assert parse_script(script.text()) == script


TIMES = st.floats(0, 1e6)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("baud"), st.floats(1e-3, 1e8)),
            st.tuples(st.just("at"), TIMES),
            st.tuples(st.just("gap"), TIMES),
            st.tuples(st.just("spacing"), TIMES),
            st.tuples(st.just("break_for"), TIMES),
            st.tuples(st.just("send"), st.binary(min_size=1, max_size=5), st.sampled_from(Flaw)),
        ),
        max_size=8,
    )
)
def test_the_text_of_a_script_is_that_script(calls: list[tuple[object, ...]]) -> None:
    script = UartScript()
    for name, *arguments in calls:
        script = getattr(script, str(name))(*arguments)
    assert parse_script(script.text()) == script


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n\nbaud fast", "x.uart:3: not a number: fast"),
        ("baud 0", "x.uart:1: a baud rate of 0"),
        ("baud nan", "x.uart:1: a baud rate of nan"),
        ("baud", "x.uart:1: 'baud' takes one value"),
        ("format 8X1", "x.uart:1: no format '8X1'"),
        ("at -1", "x.uart:1: a time of -1 s"),
        ("gap inf", "x.uart:1: a time of inf s"),
        ("send", "x.uart:1: 'send' without anything to send"),
        ("send noise", "x.uart:1: 'send' without anything to send"),
        ("send 256", "x.uart:1: 256 is no byte"),
        ("send loudly 1", "x.uart:1: neither a text in quotes nor a byte: loudly"),
        ('send "a', 'x.uart:1: a text without its end: "a'),
        (r'send "\q"', r"x.uart:1: no escape '\\q' in a text"),
        ('"send" 1', 'x.uart:1: a line begins with a step, not with "send"'),
        ("wait 3", "x.uart:1: no step 'wait'"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UartScriptError, match=message) as caught:
        parse_script(text, "x.uart")
    assert "A line is: baud N" in caught.value.hint


def test_a_file_that_is_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(UartScriptError, match="cannot be read: No such file"):
        read_script(tmp_path / "absent.uart")
    binary = tmp_path / "binary.uart"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(UartScriptError, match="not text in UTF-8"):
        read_script(binary)


@given(st.text(max_size=60))
def test_hostile_text_is_a_script_or_an_error(text: str) -> None:
    with contextlib.suppress(UartScriptError):
        parse_script(text)


def levels(wave: UartWaveform, bits: int, bit_s: float = 0.001, start_s: float = 0.0) -> str:
    return "".join(str(int(wave.level(start_s + (index + 0.5) * bit_s))) for index in range(bits))


def test_a_frame_is_start_bit_data_lowest_first_parity_and_stop() -> None:
    def wave(script: UartScript) -> UartWaveform:
        return UartWaveform.of(script)

    slow = UartScript().baud(1000)
    assert levels(wave(slow.send(b"\x35")), 12) == "0" + "10101100" + "111"
    assert levels(wave(slow.shape(7, "E", 1).send(b"\x35")), 11) == "0" + "1010110" + "0" + "11"
    assert levels(wave(slow.shape(7, "O", 1).send(b"\x35")), 11) == "0" + "1010110" + "1" + "11"
    flawed = slow.shape(7, "E", 1).send(b"\x35", "parity")
    assert levels(wave(flawed), 11) == "0" + "1010110" + "1" + "11"
    assert levels(wave(slow.send(b"\xff", "framing")), 12) == "0" + "11111111" + "0" + "11"
    assert levels(wave(slow.break_for(0.003)), 5) == "00011"
    two = wave(slow.send(b"\x00\xff"))
    assert levels(two, 20) == "0" + "00000000" + "1" + "0" + "11111111" + "1"
    assert two.frames == pytest.approx([0, 0.010])


def test_times_are_since_the_beginning_and_never_go_back() -> None:
    script = UartScript().baud(1000).send(b"a").at(0.5).send(b"b").at(0.1).gap(0.25).send(b"c")
    wave = UartWaveform.of(script.spacing(0.1).send(b"de"))
    assert wave.frames == pytest.approx([0, 0.5, 0.76, 0.77, 0.88])
    assert wave.next_fall(0.01) == pytest.approx(0.5)
    assert wave.next_frame(0.0) == pytest.approx(0.5)
    assert wave.next_frame(2.0) is None


def test_noise_lies_in_the_middle_of_a_data_bit() -> None:
    wave = UartWaveform.of(UartScript().baud(1000).send(b"a").send(b"b", "noise"))
    noisy = [index for index in range(20) if wave.noisy((index + 0.4) / 1000, (index + 0.6) / 1000)]
    assert noisy == [13]
