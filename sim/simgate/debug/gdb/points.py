"""Breakpoints and watchpoints: packets Z and z."""

from __future__ import annotations

from simgate.debug.gdb.notation import BadPacketError, address, fields, number
from simgate.debug.timeline.place import Access, Points, Watch

_CODE = (b"0", b"1")  # in memory, in the processor: no difference here
_WATCHES = {b"2": Access.WRITE, b"3": Access.READ, b"4": Access.ANY}
_MOST_BYTES = 1 << 20
_MOST_POINTS = 10_000


class PointSet:
    """What gdb has asked to stop at; setting a point twice is setting it once."""

    def __init__(self) -> None:
        self._breakpoints: set[int] = set()
        self._watches: set[Watch] = set()

    @property
    def points(self) -> Points:
        """All of them."""
        return Points(frozenset(self._breakpoints), frozenset(self._watches))

    def insert(self, text: bytes) -> bytes:
        """Z TYPE,ADDRESS,KIND; b"" for a type that there is not.

        Raises:
            BadPacketError: the packet is wrong.
        """
        return self._change(text, True)

    def remove(self, text: bytes) -> bytes:
        """z TYPE,ADDRESS,KIND.

        Raises:
            BadPacketError: the packet is wrong.
        """
        return self._change(text, False)

    def _change(self, text: bytes, put: bool) -> bytes:
        kind, place, rest = fields(text, b",,", 3)
        if kind not in _CODE and kind not in _WATCHES:
            return b""
        size = number(rest.partition(b";")[0])  # conditions and commands are gdb's own matter
        if put and len(self._breakpoints) + len(self._watches) >= _MOST_POINTS:
            raise BadPacketError("too many points")
        if kind in _CODE:
            (self._breakpoints.add if put else self._breakpoints.discard)(address(place) & ~1)
            return b"OK"
        start = address(place)
        if not 0 < size <= _MOST_BYTES or start + size > 1 << 32:
            raise BadPacketError(f"{size} bytes cannot be watched at 0x{start:08x}")
        watch = Watch(start, size, _WATCHES[kind])
        (self._watches.add if put else self._watches.discard)(watch)
        return b"OK"
