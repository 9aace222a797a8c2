"""Framing: what is sent is what is read, in pieces of any size, and no byte confuses the reader."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simgate.debug.gdb.packets import MOST_BYTES, Event, Kind, PacketReader, frame


def read(*pieces: bytes) -> list[Event]:
    reader = PacketReader()
    return [event for piece in pieces for event in reader.feed(piece)]


def test_a_packet_and_its_checksum() -> None:
    assert frame(b"OK") == b"$OK#9a"
    assert read(b"$OK#9a") == [Event(Kind.PACKET, b"OK")]
    assert read(b"$OK#9A") == [Event(Kind.PACKET, b"OK")]


def test_four_bytes_travel_escaped() -> None:
    assert frame(b"}") == b"$}]#da"
    assert frame(b"#$*") == b"$}\x03}\x04}\x0a#" + b"%02x" % ((3 * 0x7D + 3 + 4 + 10) & 0xFF)
    assert read(frame(b"a#b$c}d*e")) == [Event(Kind.PACKET, b"a#b$c}d*e")]


def test_a_wrong_checksum_is_seen() -> None:
    assert read(b"$OK#9b") == [Event(Kind.DAMAGED)]
    assert read(b"$OK#zz") == [Event(Kind.DAMAGED)]
    assert read(b"$OK#9b", b"$OK#9a") == [Event(Kind.DAMAGED), Event(Kind.PACKET, b"OK")]


def test_a_packet_that_lost_its_end_does_not_take_the_next_one_with_it() -> None:
    assert read(b"$m0,$OK#9a") == [Event(Kind.DAMAGED), Event(Kind.PACKET, b"OK")]


def test_acknowledgements_and_the_interrupt() -> None:
    assert read(b"+-\x03") == [Event(Kind.ACK), Event(Kind.NACK), Event(Kind.INTERRUPT)]
    assert read(b"$\x03#03") == [Event(Kind.PACKET, b"\x03")]  # in a packet it is a byte


def test_noise_between_packets_is_passed_over() -> None:
    assert read(b"hello\r\n$g#67\0\xff") == [Event(Kind.PACKET, b"g")]


def test_a_packet_may_be_so_long_and_no_longer() -> None:
    fits = b"x" * MOST_BYTES
    assert read(frame(fits)) == [Event(Kind.PACKET, fits)]
    assert read(frame(fits + b"x"), b"$g#67") == [Event(Kind.TOO_LONG), Event(Kind.PACKET, b"g")]


@given(st.lists(st.binary(max_size=40), max_size=5), st.data())
def test_what_is_sent_is_what_is_read(payloads: list[bytes], data: st.DataObject) -> None:
    line = b"+".join(frame(payload) for payload in payloads)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=6)))
    pieces = [line[a:b] for a, b in zip([0, *cuts], [*cuts, len(line)], strict=True)]

    packets = [event.payload for event in read(*pieces) if event.kind is Kind.PACKET]

    assert packets == payloads


@given(st.binary(max_size=300))
def test_after_any_bytes_a_packet_is_read_again(noise: bytes) -> None:
    events = read(noise, b"#00$g#67")  # whatever was under way has ended with the '#00'
    assert events[-1] == Event(Kind.PACKET, b"g")


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_flipped_bit_is_seen(payload: bytes, data: st.DataObject) -> None:
    line = bytearray(frame(payload))
    at = data.draw(st.integers(1, len(line) - 4))  # within the body
    line[at] ^= 1 << data.draw(st.integers(0, 7))

    assert Event(Kind.PACKET, payload) not in read(bytes(line))
