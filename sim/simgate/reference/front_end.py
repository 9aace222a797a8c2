"""The audio front end in integers: one second of 16 kHz PCM to 49 x 32 int8 log-mel features.

The firmware's C computes the same integers from the same tables (``front_end_tables``), so the two
are compared for equality. Let ``R(p) = (p + 2^31) >> 32`` on a 64-bit product (Cortex-M4: SMMULR,
SMMLAR, SMMLSR) and ``q(x) = (x + 2) >> 2``; every ``>>`` is arithmetic, every sum below is exact in
the width named. A clip is x[0..15999]; frame t starts at sample 320 t and has 512 samples.

1. *Pre-emphasis and window*: ``y[n] = 32 x[n] - 31 x[n-1]`` for n = 1..511 within the frame,
   ``y[0] = 0`` (the window is 0 there); ``v[n] = R((y[n] << 10) * (w[n] << 16))``, |v| < 2^30.
   ``w`` is the Q15 Hann window, w[512 - n] = w[n].
2. *Complex FFT of 256 points* over ``z[n] = v[2n] + j v[2n+1]``, radix 4, decimation in time: the
   input is put in base-4 digit-reversed order; stages L = 1, 4, 16, 64; in each, for every group g
   (multiples of 4L) and j = 0..L-1, with twiddle index k = 128 j / L (of W = e^(-2 pi i / 512)):
   a = q(z[g+j]); b, c, d = z[g+j+L], z[g+j+2L], z[g+j+3L] times W^k, W^2k, W^3k, quartered by
   ``re = R(xr*C) + R(xi*S)``, ``im = R(xi*C) + R(-(xr*S))``, (C, S) the Q30 (cos, sin). Then
   z[g+j] = a+b+c+d, z[g+j+L] = a-jb-c+jd, z[g+j+2L] = a-b+c-d, z[g+j+3L] = a+jb-c-jd. Every value
   stays within int32 (the quarters sum to no more than the largest input times sqrt 2).
3. *Real spectrum* X[k]/512, k = 1..128, m = 256-k: e = (q(zr[k]+zr[m]), q(zi[k]-zi[m])),
   o = (zi[k]+zi[m], zr[m]-zr[k]) times W^k as above; X[k] = e + o, |X[m]| = |e - o|.
4. *Power* ``P = (re*re + im*im) >> 12``, unsigned 64 bits.
5. *Mel*: FFT bin k lies between bands b-1 and b: ``u = (P * rise) >> 15`` to band b, ``P - u`` to
   band b-1 (bands -1 and 32 do not exist). Sums in unsigned 64 bits, then + 256.
6. *Log*: ``e = floor(log2 M)``, ``l = 256 e + table[(M >> (e-8)) & 255]``: log2 in Q8.
7. *Level*: the reference ``r = l(sum of all M of the clip) - log_count`` (the log of the clip's
   mean mel power); feature = clamp(((l - r) * 43 + 512 >> 10) + offset, -128, 127).

Step 7 makes the features independent of the recording's gain; there is no other state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simgate.errors import WavError
from simgate.reference.front_end_tables import (
    SPEC,
    FrontEndSpec,
    digit_reversal,
    log2_q8,
    mel_bands,
    twiddle_q30,
    window_q15,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Pair = tuple[Integers, Integers]

__all__ = ["SPEC", "FrontEndSpec", "features"]

_CLIPS_AT_ONCE = 32


def features(pcm: NDArray[np.int16], spec: FrontEndSpec = SPEC) -> NDArray[np.int8]:
    """The int8 features of one clip or many.

    Args:
        pcm: int16 of shape [16000] or [clips, 16000].
        spec: the front end's numbers; the default is what the firmware runs.

    Returns:
        int8 of shape [49, 32] or [clips, 49, 32]: frames (20 ms apart) by mel bands (low first).

    Raises:
        WavError: the samples are not int16 or a clip is not exactly one second long.
    """
    import numpy as np

    if pcm.dtype != np.int16 or pcm.ndim not in (1, 2) or pcm.shape[-1] != spec.clip_samples:
        raise WavError(
            f"the front end got {pcm.dtype} samples of shape {pcm.shape}",
            hint=f"it takes int16 clips of exactly {spec.clip_samples} samples",
        )
    clips = np.atleast_2d(pcm)
    parts = [
        _normalise(_mel_power(clips[i : i + _CLIPS_AT_ONCE], spec), spec)
        for i in range(0, len(clips), _CLIPS_AT_ONCE)
    ]
    empty = np.zeros((0, spec.frames, spec.mel_bins), np.int8)
    result = np.concatenate([empty, *parts])
    return result[0] if pcm.ndim == 1 else result


def _mel_power(clips: NDArray[np.int16], spec: FrontEndSpec) -> Integers:
    """Steps 1 to 5: int64 [clips, frames, mel_bins], the floor included."""
    import numpy as np

    real, imaginary = _windowed(clips, spec)
    real, imaginary = _fft(real, imaginary, spec)
    power = _power(real, imaginary, spec)
    mel = np.zeros((*power.shape[:2], spec.mel_bins), np.int64)
    for k, band, rise in mel_bands(spec):
        upper = (power[..., k] * rise) >> spec.mel_weight_bits
        if band < spec.mel_bins:
            mel[..., band] += upper
        if band > 0:
            mel[..., band - 1] += power[..., k] - upper
    return mel + spec.mel_floor


def _windowed(clips: NDArray[np.int16], spec: FrontEndSpec) -> Pair:
    """Step 1: even and odd windowed samples, int64 [clips, frames, fft_points / 2]."""
    import numpy as np

    starts = np.arange(spec.frames)[:, None] * spec.hop_samples
    x = clips.astype(np.int64)[:, starts + np.arange(spec.fft_points)]
    y = np.zeros_like(x)
    shift = spec.emphasis_shift
    y[..., 1:] = (x[..., 1:] << shift) - ((1 << shift) - 1) * x[..., :-1]
    half = np.array(window_q15(spec), np.int64)
    window = np.concatenate([half, half[-2:0:-1]])
    v = _high_word((y << 10) * (window << 16))
    return v[..., 0::2], v[..., 1::2]


def _high_word(product: Integers) -> Integers:
    """R: the upper 32 bits of a 64-bit product, rounded."""
    return (product + (1 << 31)) >> 32


def _quarter(x: Integers) -> Integers:
    return (x + 2) >> 2


def _turn(real: Integers, imaginary: Integers, cosine: Integers, sine: Integers) -> Pair:
    """(real + j imaginary) (cosine - j sine) / 4."""
    return (
        _high_word(real * cosine) + _high_word(imaginary * sine),
        _high_word(imaginary * cosine) + _high_word(-(real * sine)),
    )


def _fft(real: Integers, imaginary: Integers, spec: FrontEndSpec) -> Pair:
    """Step 2: the FFT over the last axis, divided by its length."""
    import numpy as np

    order = np.array(digit_reversal(spec))
    twiddles = np.array(twiddle_q30(spec), np.int64)
    points = len(order)
    real, imaginary = real[..., order], imaginary[..., order]
    quarter_length = 1
    while quarter_length < points:
        shape = (*real.shape[:-1], points // (4 * quarter_length), 4, quarter_length)
        xr, xi = real.reshape(shape), imaginary.reshape(shape)
        step = points // 2 // quarter_length
        index = np.arange(quarter_length) * step
        ar, ai = _quarter(xr[..., 0, :]), _quarter(xi[..., 0, :])
        (br, bi), (cr, ci), (dr, di) = (
            _turn(xr[..., n, :], xi[..., n, :], twiddles[n * index, 0], twiddles[n * index, 1])
            for n in (1, 2, 3)
        )
        real = np.stack(
            [ar + br + cr + dr, ar + bi - cr - di, ar - br + cr - dr, ar - bi - cr + di], axis=-2
        ).reshape(real.shape)
        imaginary = np.stack(
            [ai + bi + ci + di, ai - br - ci + dr, ai - bi + ci - di, ai + br - ci - dr], axis=-2
        ).reshape(real.shape)
        quarter_length *= 4
    return real, imaginary


def _power(real: Integers, imaginary: Integers, spec: FrontEndSpec) -> Integers:
    """Steps 3 and 4: int64 [..., fft_points / 2]; bin 0 is left at 0."""
    import numpy as np

    points = spec.fft_points // 2
    k = np.arange(1, points // 2 + 1)
    m = points - k
    zr, zi = real, imaginary
    er, ei = _quarter(zr[..., k] + zr[..., m]), _quarter(zi[..., k] - zi[..., m])
    twiddles = np.array(twiddle_q30(spec), np.int64)[k]
    o_real, o_imaginary = _turn(
        zi[..., k] + zi[..., m], zr[..., m] - zr[..., k], twiddles[:, 0], twiddles[:, 1]
    )
    power = np.zeros(real.shape, np.int64)
    power[..., m] = ((er - o_real) ** 2 + (ei - o_imaginary) ** 2) >> spec.power_shift
    power[..., k] = ((er + o_real) ** 2 + (ei + o_imaginary) ** 2) >> spec.power_shift
    return power


def _log2(values: Integers) -> Integers:
    """Step 6: log2 in Q8 of integers from 256 to 2^52."""
    import numpy as np

    exponent = np.frexp(values.astype(np.float64))[1].astype(np.int64) - 1
    table = np.array(log2_q8(), np.int64)
    result: Integers = exponent * 256 + table[(values >> (exponent - 8)) & 255]
    return result


def _normalise(mel: Integers, spec: FrontEndSpec) -> NDArray[np.int8]:
    """Steps 6 and 7: int8 of the same shape."""
    import numpy as np

    reference = _log2(mel.sum(axis=(-2, -1), keepdims=True)) - spec.log_count
    scaled = (_log2(mel) - reference) * spec.feature_gain
    rounded = (scaled + (1 << (spec.feature_shift - 1))) >> spec.feature_shift
    result: NDArray[np.int8] = np.clip(rounded + spec.feature_offset, -128, 127).astype(np.int8)
    return result
