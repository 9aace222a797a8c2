import io
import struct
import wave
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.errors import WavError
from simgate.sensor.wav import WavFormat, read_pcm16, read_wav

PCM = struct.pack("<4h", 0, 1, -1, -32768)


def wav(pcm: bytes = PCM, rate_hz: int = 16_000, channels: int = 1, bits: int = 16) -> bytes:
    """A WAV file as the standard library writes it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, bits // 8, rate_hz, 0, "NONE", ""))
        file.writeframes(pcm)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def riff(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


FORMAT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "yes.wav"


def test_the_samples_come_out_as_they_went_in(file: Path) -> None:
    file.write_bytes(wav())

    assert read_pcm16(file) == PCM
    assert read_wav(file).samples == 4
    assert read_wav(file).seconds == 4 / 16_000


def test_chunks_that_say_nothing_of_the_samples_are_passed_over(file: Path) -> None:
    file.write_bytes(
        riff(chunk(b"LIST", b"odd"), FORMAT, chunk(b"fact", b"1234"), chunk(b"data", PCM))
    )

    assert read_pcm16(file) == PCM


def test_the_extensible_format_is_read(file: Path) -> None:
    guid = struct.pack("<H", 1) + bytes.fromhex("000000001000800000aa00389b71")
    extensible = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 16_000, 32_000, 2, 16, 22, 16, 4) + guid
    file.write_bytes(riff(chunk(b"fmt ", extensible), chunk(b"data", PCM)))

    assert read_pcm16(file) == PCM


@pytest.mark.parametrize("size", [0, 0xFFFF_FFFF])
def test_the_data_of_a_stream_reaches_to_the_end(file: Path, size: int) -> None:
    file.write_bytes(riff(FORMAT) + b"data" + struct.pack("<I", size) + PCM)

    assert read_pcm16(file) == PCM


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (wav(rate_hz=44_100), "44100 Hz, mono, 16-bit PCM; needed is 16000 Hz, mono, 16-bit PCM"),
        (wav(channels=2), "16000 Hz, stereo"),
        (wav(pcm=bytes(12), channels=6), "6 channels"),
        (wav(bits=8), "8-bit"),
        (wav(pcm=bytes(6), bits=24), "24-bit"),
    ],
)
def test_another_format_is_named_beside_the_one_needed(
    file: Path, content: bytes, told: str
) -> None:
    file.write_bytes(content)

    with pytest.raises(WavError, match=told) as caught:
        read_pcm16(file)
    assert "sox" in caught.value.hint
    assert "-r 16000 -c 1 -b 16 -e signed-integer yes-16k.wav" in caught.value.hint


def test_floating_point_samples_are_named_so(file: Path) -> None:
    floating = chunk(b"fmt ", struct.pack("<HHIIHH", 3, 1, 16_000, 64_000, 4, 32))
    file.write_bytes(riff(floating, chunk(b"data", bytes(8))))

    assert read_wav(file).format == WavFormat(16_000, 1, 32, "floating point")
    with pytest.raises(WavError, match="32-bit floating point"):
        read_pcm16(file)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not a WAV"),
        (b"OggS" + bytes(40), "not a WAV file: it begins with b'OggS"),
        (b"RIFF\0\0\0\0AVI " + bytes(40), "not a WAV"),
        (wav()[:-3], "truncated: its chunk 'data' at byte 36 announces 8 bytes, 5 are there"),
        (wav()[:20], "truncated: its chunk 'fmt '"),
        (wav()[:12], r"no chunk with its format"),
        (riff(FORMAT), r"no chunk with its samples"),
        (riff(chunk(b"data", PCM), FORMAT), "samples come before the format"),
        (riff(FORMAT, chunk(b"data", b"")), "holds no samples"),
        (riff(FORMAT, chunk(b"data", b"abc")), "3 bytes of samples are no multiple of 2"),
        (riff(chunk(b"fmt ", b"short"), chunk(b"data", PCM)), "5 bytes instead of 16"),
        (riff(chunk(b"fmt ", bytes(16)), chunk(b"data", PCM)), "0 channels, 0 Hz, 0 bits"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(file: Path, content: bytes, told: str) -> None:
    file.write_bytes(content)

    with pytest.raises(WavError, match=told):
        read_wav(file)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WavError, match="No such file"):
        read_wav(tmp_path / "absent.wav")
    with pytest.raises(WavError, match="directory"):
        read_wav(tmp_path)


@settings(max_examples=300)
@given(st.data())
def test_hostile_bytes_give_samples_or_a_wav_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    good = riff(FORMAT, chunk(b"data", PCM))
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(damaged[: data.draw(st.integers(0, len(good)))])
    path = tmp_path_factory.getbasetemp() / "hostile.wav"
    path.write_bytes(data.draw(st.sampled_from([content, good[:12] + content])))

    try:
        found = read_wav(path)
    except WavError:
        return
    assert 0 < len(found.pcm) <= len(content) + 12
