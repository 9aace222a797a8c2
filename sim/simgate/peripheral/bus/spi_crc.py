"""The CRC that an SPI computes of its frames (RM0090, 28.3.6)."""

from __future__ import annotations


def next_crc(crc: int, frame: int, polynomial: int, bits: int) -> int:
    """The CRC of `bits` bits after one more frame of as many, most significant bit first."""
    top, mask = 1 << bits - 1, (1 << bits) - 1
    crc ^= frame & mask
    for _ in range(bits):
        crc = (crc << 1 ^ polynomial if crc & top else crc << 1) & mask
    return crc
