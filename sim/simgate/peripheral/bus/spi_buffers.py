"""What lies between an SPI's DR and its shift register: one frame, or a FIFO of four bytes."""

from __future__ import annotations

from collections import deque
from typing import Protocol


class SpiBuffers(Protocol):
    """Both directions. A frame has 4 to 16 bits."""

    overflowed: bool  # a frame was written where there was no room

    def clear(self) -> None:
        """Empty both."""
        ...

    def write(self, value: int, width: int, bits: int) -> None:
        """DR was written with `width` bytes."""
        ...

    def read(self, width: int, bits: int) -> int:
        """DR is read with `width` bytes."""
        ...

    def next_frame(self) -> int | None:
        """Take the next frame to send."""
        ...

    def received(self, frame: int, bits: int) -> bool:
        """A frame came in; False: there is no room, it is lost."""
        ...

    def has_room(self) -> bool:
        """TXE."""
        ...

    def has_data(self, quarter: bool) -> bool:
        """RXNE; `quarter` is FRXTH."""
        ...

    def is_sent(self) -> bool:
        """Nothing waits to be sent."""
        ...

    def levels(self) -> int:
        """FRLVL and FTLVL at their places in SR."""
        ...


class OneFrame:
    """F1/F2/F4 (RM0090, 28.3): the buffer holds one frame of 8 or 16 bits each way."""

    def __init__(self) -> None:
        self.clear()
        self._last = 0

    def clear(self) -> None:
        """Empty both."""
        self._out: int | None = None
        self._full = False
        self.overflowed = False

    def write(self, value: int, width: int, bits: int) -> None:
        """A frame to send; it replaces one that still waits."""
        self.overflowed = self._out is not None
        self._out = value & (1 << bits) - 1

    def read(self, width: int, bits: int) -> int:
        """The frame that came last, again and again."""
        self._full = False
        return self._last

    def next_frame(self) -> int | None:
        """Take the next frame to send."""
        frame, self._out = self._out, None
        return frame

    def received(self, frame: int, bits: int) -> bool:
        """Where DR was not read the new frame is lost (28.3.10)."""
        if self._full:
            return False
        self._last, self._full = frame, True
        return True

    def has_room(self) -> bool:
        """TXE."""
        return self._out is None

    def has_data(self, quarter: bool) -> bool:
        """RXNE."""
        return self._full

    def is_sent(self) -> bool:
        """Nothing waits."""
        return self._out is None

    def levels(self) -> int:
        """There are none."""
        return 0


class FourBytes:
    """F3/F7/G4 (RM0385, 32.5.9): a FIFO of 32 bits each way.

    Frames of up to eight bits take a byte, longer ones two. A halfword written to DR with short
    frames is two of them, low byte first, and a halfword read takes two (32.5.9, data packing).
    """

    _SIZE = 4

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Empty both."""
        self._out: deque[tuple[int, int]] = deque()  # frame, bytes
        self._in: deque[tuple[int, int]] = deque()
        self._out_bytes = self._in_bytes = 0
        self.overflowed = False

    def write(self, value: int, width: int, bits: int) -> None:
        """One frame, or two that are packed; what does not fit is lost."""
        mask = (1 << bits) - 1
        if bits > 8:
            frames = [(value & mask, 2)]
        else:
            frames = [(value >> shift & mask, 1) for shift in ((0,) if width == 1 else (0, 8))]
        self.overflowed = False
        for frame in frames:
            if self._out_bytes + frame[1] > self._SIZE:
                self.overflowed = True
            else:
                self._out.append(frame)
                self._out_bytes += frame[1]

    def read(self, width: int, bits: int) -> int:
        """One frame, or two that are packed; zeros where there is none."""
        if bits > 8 or width == 1:
            return self._pop()
        return self._pop() | self._pop() << 8

    def _pop(self) -> int:
        if not self._in:
            return 0
        frame, size = self._in.popleft()
        self._in_bytes -= size
        return frame

    def next_frame(self) -> int | None:
        """Take the next frame to send."""
        if not self._out:
            return None
        frame, size = self._out.popleft()
        self._out_bytes -= size
        return frame

    def received(self, frame: int, bits: int) -> bool:
        """Where the FIFO is full the new frame is lost."""
        size = 2 if bits > 8 else 1
        if self._in_bytes + size > self._SIZE:
            return False
        self._in.append((frame, size))
        self._in_bytes += size
        return True

    def has_room(self) -> bool:
        """TXE: at most half full."""
        return self._out_bytes <= self._SIZE // 2

    def has_data(self, quarter: bool) -> bool:
        """RXNE: a quarter full with FRXTH, else half."""
        return self._in_bytes >= (1 if quarter else 2)

    def is_sent(self) -> bool:
        """Nothing waits."""
        return not self._out

    def levels(self) -> int:
        """In quarters; three stands for three and four in FRLVL's and FTLVL's two bits."""
        return min(self._in_bytes, 3) << 9 | min(self._out_bytes, 3) << 11
