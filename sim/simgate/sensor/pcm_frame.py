"""The frame that carries one clip of sound to the firmware (firmware/driver/pcm_frame.h).

``"PCM1" | u32 count | count x i16 samples | u32 CRC-32``, little endian; the CRC is zlib's, over
the count field and the samples.
"""

from __future__ import annotations

import struct
import zlib

from simgate.errors import WavError

MAGIC = b"PCM1"
CLIP_SAMPLES = 16_000
"""What the keyword spotter takes: one second at 16 kHz."""


def encode(pcm: bytes) -> bytes:
    """The frame of ``pcm``, 16-bit little-endian samples of one channel.

    Raises:
        WavError: half a sample is left over, or there are more than 2^32 - 1.
    """
    count, rest = divmod(len(pcm), 2)
    if rest:
        raise WavError(f"{len(pcm)} bytes are no whole number of 16-bit samples")
    if count > 0xFFFF_FFFF:
        raise WavError(f"{count} samples are more than a frame can count")
    body = struct.pack("<I", count) + pcm
    return MAGIC + body + struct.pack("<I", zlib.crc32(body))


def fit_clip(pcm: bytes, samples: int = CLIP_SAMPLES) -> bytes:
    """``pcm`` at exactly ``samples`` samples: silence after a shorter one, the middle of a longer.

    The middle, because recordings of single words carry their silence at both ends.
    """
    size = 2 * samples
    surplus = len(pcm) - size
    if surplus <= 0:
        return pcm + bytes(-surplus)
    start = surplus // 4 * 2
    return pcm[start : start + size]
