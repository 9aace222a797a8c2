"""The constants of the audio front end, and the only place that they come from.

The Python reference reads them from here; the firmware's C receives the same numbers as a source
file written by ``python -m simgate.reference.front_end_tables <file.h>``. Every entry is the
round-half-up of a real number to an integer. The real numbers are computed in binary64, which
leaves at least 20 bits below the rounding point; a test holds a checksum of every table, so a
mathematics library that rounded otherwise would be noticed and could not pass silently.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FrontEndSpec:
    """Every number that defines the front end; the arithmetic is in ``front_end``."""

    sample_rate_hz: int = 16_000
    clip_samples: int = 16_000
    fft_points: int = 512
    """Also the length of a frame: 32 ms."""
    hop_samples: int = 320
    """20 ms."""
    frames: int = 49
    mel_bins: int = 32
    mel_low_hz: float = 80.0
    mel_high_hz: float = 7_600.0
    emphasis_shift: int = 5
    """Pre-emphasis is y[n] = 32 x[n] - 31 x[n-1]."""
    power_shift: int = 12
    mel_weight_bits: int = 15
    mel_floor: int = 256
    """Added to every mel power before its logarithm: about one LSB of white noise."""
    log_bits: int = 8
    """Logarithms to base 2 in Q8."""
    feature_gain: int = 43
    feature_shift: int = 10
    """One step of a feature is 1024 / 43 Q8 units of log2 = 0.28 dB."""
    feature_offset: int = 32
    """The feature of a mel power that equals the clip's mean mel power."""

    @property
    def first_bin(self) -> int:
        """The lowest FFT bin that any mel triangle weighs."""
        return min(k for k, _, _ in mel_bands(self))

    @property
    def last_bin(self) -> int:
        """The highest FFT bin that any mel triangle weighs."""
        return max(k for k, _, _ in mel_bands(self))

    @property
    def log_count(self) -> int:
        """log2(frames x mel_bins) in Q8, rounded: it turns the log of a sum into one of a mean."""
        return _round(math.log2(self.frames * self.mel_bins) * (1 << self.log_bits))


SPEC = FrontEndSpec()


def _round(value: float) -> int:
    return math.floor(value + 0.5)


@cache
def window_q15(spec: FrontEndSpec = SPEC) -> tuple[int, ...]:
    """Half of the periodic Hann window: fft_points / 2 + 1 entries, the peak capped at 32767.

    The other half is its mirror: w[n] = w[fft_points - n]. w[0] is 0.
    """
    n = spec.fft_points
    return tuple(
        min(32_767, _round(32_768 * (0.5 - 0.5 * math.cos(2 * math.pi * i / n))))
        for i in range(n // 2 + 1)
    )


@cache
def cosine_q30(spec: FrontEndSpec = SPEC) -> tuple[int, ...]:
    """A quarter wave: round(2^30 cos(2 pi i / fft_points)) for i = 0 .. fft_points / 4."""
    n = spec.fft_points
    quarter = [_round((1 << 30) * math.cos(2 * math.pi * i / n)) for i in range(n // 4)]
    return (*quarter, 0)


@cache
def twiddle_q30(spec: FrontEndSpec = SPEC) -> tuple[tuple[int, int], ...]:
    """(cos, sin) of 2 pi k / fft_points in Q30 for k = 0 .. 3/4 fft_points - 1, by symmetry."""
    quarter = cosine_q30(spec)
    q = spec.fft_points // 4

    def cosine(k: int) -> int:
        k %= 4 * q
        if k > 2 * q:
            k = 4 * q - k
        return quarter[k] if k <= q else -quarter[2 * q - k]

    return tuple((cosine(k), cosine(k - q)) for k in range(3 * q))


def _mel(frequency_hz: float) -> float:
    """O'Shaughnessy's mel scale, 2595 log10(1 + f / 700)."""
    return 2_595.0 * math.log10(1.0 + frequency_hz / 700.0)


@cache
def mel_bands(spec: FrontEndSpec = SPEC) -> tuple[tuple[int, int, int], ...]:
    """(FFT bin, band, rise) for every FFT bin that counts, in order of the bin.

    Triangle centres are evenly spaced in mel. An FFT bin lies between the centres of triangle
    ``band - 1`` and ``band``: ``rise`` / 2^15 of its power goes to ``band``, the rest to
    ``band - 1``. ``band`` runs from 0 (nothing lies below) to mel_bins (nothing lies above).
    """
    low, high = _mel(spec.mel_low_hz), _mel(spec.mel_high_hz)
    spacing = (high - low) / (spec.mel_bins + 1)
    rows = []
    for k in range(1, spec.fft_points // 2):
        position = (_mel(k * spec.sample_rate_hz / spec.fft_points) - low) / spacing
        band = math.floor(position)
        if 0 <= band <= spec.mel_bins:
            rise = _round((position - band) * (1 << spec.mel_weight_bits))
            rows.append((k, band, min(rise, (1 << spec.mel_weight_bits) - 1)))
    return tuple(rows)


@cache
def log2_q8() -> tuple[int, ...]:
    """log2(1 + i / 256) in Q8 for i = 0 .. 255, each taken at the middle of its interval."""
    return tuple(math.floor(256 * math.log2(1 + (i + 0.5) / 256)) for i in range(256))


@cache
def digit_reversal(spec: FrontEndSpec = SPEC) -> tuple[int, ...]:
    """Base-4 digit reversal of 0 .. fft_points / 2 - 1 (four digits for 256)."""
    points = spec.fft_points // 2
    digits = (points.bit_length() - 1) // 2

    def reverse(index: int) -> int:
        result = 0
        for _ in range(digits):
            result, index = result * 4 + index % 4, index // 4
        return result

    return tuple(reverse(i) for i in range(points))


def c_source(spec: FrontEndSpec = SPEC) -> str:
    """The tables as one C header of static constants; its names begin with ``front_end_``."""
    bands = mel_bands(spec)
    constants = {
        "SAMPLE_RATE_HZ": spec.sample_rate_hz,
        "CLIP_SAMPLES": spec.clip_samples,
        "FFT_POINTS": spec.fft_points,
        "HOP_SAMPLES": spec.hop_samples,
        "FRAMES": spec.frames,
        "MEL_BINS": spec.mel_bins,
        "EMPHASIS_SHIFT": spec.emphasis_shift,
        "POWER_SHIFT": spec.power_shift,
        "MEL_WEIGHT_BITS": spec.mel_weight_bits,
        "MEL_FLOOR": spec.mel_floor,
        "FIRST_BIN": spec.first_bin,
        "LAST_BIN": spec.last_bin,
        "LOG_COUNT": spec.log_count,
        "FEATURE_GAIN": spec.feature_gain,
        "FEATURE_SHIFT": spec.feature_shift,
        "FEATURE_OFFSET": spec.feature_offset,
    }
    lines = [
        "/* Constants of the audio front end, written by simgate.reference.front_end_tables. */",
        "#ifndef FRONT_END_TABLES_H",
        "#define FRONT_END_TABLES_H",
        "",
        "#include <stdint.h>",
        "",
        *(f"#define FRONT_END_{name} {value}" for name, value in constants.items()),
        "",
        _c_array("int16_t", "window_q15", window_q15(spec)),
        _c_array("int32_t", "cosine_q30", cosine_q30(spec)),
        "/* Per FFT bin from FRONT_END_FIRST_BIN: the band above it, its share of the power. */",
        _c_array("uint8_t", "mel_band", tuple(band for _, band, _ in bands)),
        _c_array("int16_t", "mel_rise_q15", tuple(rise for _, _, rise in bands)),
        _c_array("uint8_t", "log2_q8", log2_q8()),
        _c_array("uint8_t", "digit_reversal", digit_reversal(spec)),
        "#endif",
    ]
    return "\n".join(lines) + "\n"


def _c_array(kind: str, name: str, values: tuple[int, ...], width: int = 12) -> str:
    rows = (
        "    " + ", ".join(map(str, values[i : i + width])) for i in range(0, len(values), width)
    )
    body = ",\n".join(rows)
    return f"static const {kind} front_end_{name}[{len(values)}] = {{\n{body},\n}};\n"


def main(arguments: list[str]) -> None:
    """Write the header to the file named by the only argument."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m simgate.reference.front_end_tables <file.h>")
    Path(arguments[0]).write_text(c_source(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
