"""The integer front end against hand-checked values, a floating-point twin and golden checksums."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simgate.errors import WavError
from simgate.reference import front_end_tables as tables
from simgate.reference.front_end import SPEC, features


def _noise(shift: int, *, ramp: bool = False) -> NDArray[np.int16]:
    """A clip from a linear congruential generator, so that C can make the same one."""
    state, samples = 1, []
    for i in range(SPEC.clip_samples):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
        value = ((state >> 15) & 0xFFFF) - 32_768
        samples.append((value * i >> shift) if ramp else value >> shift)
    return np.array(samples, np.int16)


def _tone(frequency_hz: float, amplitude: float) -> NDArray[np.int16]:
    t = np.arange(SPEC.clip_samples) / SPEC.sample_rate_hz
    return np.round(amplitude * np.sin(2 * np.pi * frequency_hz * t)).astype(np.int16)


def _in_real_numbers(pcm: NDArray[np.int16]) -> NDArray[np.float64]:
    """The same front end with a real window, numpy's FFT and real logarithms, before rounding."""
    starts = np.arange(SPEC.frames)[:, None] * SPEC.hop_samples
    x = pcm.astype(np.float64)[starts + np.arange(SPEC.fft_points)]
    y = np.zeros_like(x)
    y[:, 1:] = 32 * x[:, 1:] - 31 * x[:, :-1]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SPEC.fft_points) / SPEC.fft_points)
    spectrum = np.fft.rfft(y * window * 512) / SPEC.fft_points
    power = np.abs(spectrum) ** 2 / 2**SPEC.power_shift
    mel = np.full((SPEC.frames, SPEC.mel_bins), float(SPEC.mel_floor))
    for k, band, rise in tables.mel_bands():
        if band < SPEC.mel_bins:
            mel[:, band] += power[:, k] * rise / 2**15
        if band > 0:
            mel[:, band - 1] += power[:, k] * (1 - rise / 2**15)
    level = np.log2(mel) - np.log2(mel.mean())
    result: NDArray[np.float64] = level * 256 * 43 / 1024 + SPEC.feature_offset
    return np.clip(result, -128, 127)


def test_tables_have_the_values_a_person_expects() -> None:
    window = tables.window_q15()
    assert (window[0], window[128], window[256]) == (0, 16_384, 32_767)
    assert tables.cosine_q30()[0] == 1 << 30
    assert tables.cosine_q30()[64] == 759_250_125  # 2^30 / sqrt(2)
    twiddles = tables.twiddle_q30()
    assert twiddles[128] == (0, 1 << 30)  # a quarter turn
    assert twiddles[256] == (-(1 << 30), 0)  # half a turn
    assert twiddles[320] == (-759_250_125, -759_250_125)
    assert tables.digit_reversal()[0b00_01_10_11] == 0b11_10_01_00
    log2 = tables.log2_q8()
    assert (log2[0], log2[255]) == (0, 255)
    assert SPEC.log_count == 2_717  # 256 log2(1568)


def test_every_fft_bin_is_in_order_and_every_band_gets_one() -> None:
    bands = tables.mel_bands()
    assert [k for k, _, _ in bands] == list(range(SPEC.first_bin, SPEC.last_bin + 1))
    assert {band for _, band, _ in bands} == set(range(SPEC.mel_bins + 1))
    assert all(0 <= rise < 1 << 15 for _, _, rise in bands)


def test_tables_are_these_to_the_last_bit() -> None:
    values = {
        "window": tables.window_q15(),
        "cosine": tables.cosine_q30(),
        "rise": tuple(rise for _, _, rise in tables.mel_bands()),
        "band": tuple(band for _, band, _ in tables.mel_bands()),
        "log2": tables.log2_q8(),
        "digits": tables.digit_reversal(),
    }
    checksums = {name: zlib.crc32(np.array(v, "<i4").tobytes()) for name, v in values.items()}
    assert checksums == {
        "window": 0xDDC84B64,
        "cosine": 0x8A0A850C,
        "rise": 0xA50C66CC,
        "band": 0x7EA5B894,
        "log2": 0x918FF4CF,
        "digits": 0x0963AA89,
    }


def test_golden_features() -> None:
    loud, rising = features(_noise(2)), features(_noise(18, ramp=True))
    assert loud[0, :8].tolist() == GOLDEN_LOUD
    assert rising[48, :8].tolist() == GOLDEN_RISING
    assert zlib.crc32(loud.tobytes()) == GOLDEN_LOUD_CRC
    assert zlib.crc32(rising.tobytes()) == GOLDEN_RISING_CRC


@pytest.mark.parametrize(
    "pcm",
    [_noise(0), _noise(6), _noise(18, ramp=True), _tone(440, 9_000) + _noise(7)],
    ids=["full scale", "quiet", "rising", "tone in noise"],
)
def test_stays_within_one_step_of_real_arithmetic(pcm: NDArray[np.int16]) -> None:
    difference = np.abs(features(pcm) - _in_real_numbers(pcm))
    assert difference.max() <= 1.0
    assert difference.mean() < 0.35  # rounding alone gives 0.25


def test_gain_does_not_matter() -> None:
    pcm = _noise(6)
    quiet, loud = features(pcm).astype(int), features((pcm.astype(int) * 32).astype(np.int16))
    assert np.abs(quiet - loud).max() <= 1


def test_silence_is_one_constant() -> None:
    result = features(np.zeros(SPEC.clip_samples, np.int16))
    assert set(result.ravel().tolist()) == {SPEC.feature_offset}


def test_extreme_samples_do_not_overflow() -> None:
    sign = np.where(np.arange(SPEC.clip_samples) % 2, -32_768, 32_767).astype(np.int16)
    result = features(sign)  # the highest frequency, as loud as int16 allows
    assert result.shape == (49, 32)
    assert result[:, -1].min() == 127 or result[:, -1].min() > result[:, 0].max()


def test_a_tone_lands_in_the_band_around_its_frequency() -> None:
    result = features(_tone(1_000, 8_000))
    band = int(np.bincount(result.argmax(axis=1)).argmax())
    around = [k * 31.25 for k, b, _ in tables.mel_bands() if b in (band, band + 1)]
    assert min(around) <= 1_000 <= max(around)


def test_many_clips_are_each_as_if_alone() -> None:
    clips = np.stack([_noise(4), _tone(500, 3_000)])
    assert np.array_equal(features(clips)[1], features(clips[1]))
    assert features(np.zeros((0, SPEC.clip_samples), np.int16)).shape == (0, 49, 32)


@pytest.mark.parametrize(
    "pcm", [np.zeros(16_000, np.float32), np.zeros(15_999, np.int16), np.zeros((1, 2, 3), np.int16)]
)
def test_wrong_samples_are_refused(pcm: NDArray[np.int16]) -> None:
    with pytest.raises(WavError, match="front end got"):
        features(pcm)


def test_the_header_compiles_and_carries_the_tables(tmp_path: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler")
    tables.main([str(tmp_path / "tables.h")])
    (tmp_path / "main.c").write_text(
        '#include "tables.h"\n#include <stdio.h>\nint main(void) {\n'
        "    (void)front_end_mel_band; (void)front_end_mel_rise_q15; (void)front_end_log2_q8;\n"
        "    (void)front_end_digit_reversal; (void)front_end_window_q15;\n"
        '    printf("%d %d", FRONT_END_LOG_COUNT, (int)front_end_cosine_q30[64]);\n'
        "    return 0;\n}\n"
    )
    program = tmp_path / "main"
    subprocess.run([compiler, "-Wall", "-Werror", "-o", program, tmp_path / "main.c"], check=True)
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    assert printed == "2717 759250125"


GOLDEN_LOUD = [-86, -95, -78, -74, -31, -29, -36, -35]
GOLDEN_RISING = [-69, -57, -50, -29, -8, -16, -18, -26]
GOLDEN_LOUD_CRC = 0xE6840979
GOLDEN_RISING_CRC = 0x2D7A2C55
