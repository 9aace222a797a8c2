"""What MDMA does to bytes on their way: padding, alignment, exchange (RM0433, 14.3.6, 14.5.5)."""

from __future__ import annotations

RIGHT, RIGHT_SIGNED, LEFT = 0, 1, 2  # CxTCR.PAM


def repack(data: bytes, width: int, wanted: int, alignment: int) -> bytes:
    """Items of `width` bytes as items of `wanted` bytes, where packing is off.

    Args:
        data: whole items, little-endian.
        width: bytes of a source item.
        wanted: bytes of a target item.
        alignment: CxTCR.PAM: `RIGHT` (zeros above, or the low part), `RIGHT_SIGNED` (the sign
            above), `LEFT` (zeros below, or the high part).
    """
    items = [data[start : start + width] for start in range(0, len(data), width)]
    if wanted > width:
        gap = wanted - width
        if alignment == LEFT:
            return b"".join(bytes(gap) + item for item in items)
        if alignment == RIGHT_SIGNED:
            return b"".join(item + (b"\xff" if item[-1] & 0x80 else b"\0") * gap for item in items)
        return b"".join(item + bytes(gap) for item in items)
    if alignment == LEFT:
        return b"".join(item[-wanted:] for item in items)
    return b"".join(item[:wanted] for item in items)


def exchange(data: bytes, part: int) -> bytes:
    """Swap neighbours of `part` bytes: 1 for BEX, 2 for HEX, 4 for WEX."""
    pair = 2 * part
    return b"".join(
        data[start + part : start + pair] + data[start : start + part]
        for start in range(0, len(data), pair)
    )
