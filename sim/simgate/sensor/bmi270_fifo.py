"""The FIFO of the BMI270: frames with or without headers (BST-BMI270-DS000, section 4.7)."""

from __future__ import annotations

from collections import deque

_ACC, _GYR, _REGULAR = 1 << 2, 1 << 3, 0x80  # bits of a regular frame's header
_SKIP, _TIME = 0x40, 0x44
OVER_READ = 0x80  # what is read behind the last frame
_INVALID = b"\x00\x80"  # 0x8000: a sensor that has no data in a frame without header


class Bmi270Fifo:
    """Frames, oldest first; one that was read in part is sent again as a whole.

    Args:
        size: bytes: 2048 with Bosch's full configuration file.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._frames: deque[bytes] = deque()
        self._position = 0  # in what is being read
        self._skipped = 0
        self.headers = True
        self.stop_on_full = False
        self.sends_time = False
        self._tail: bytes | None = None  # sent behind the last frame, once a transfer

    def __len__(self) -> int:
        return sum(map(len, self._frames))

    def clear(self) -> None:
        """Empty it."""
        self._frames.clear()
        self._position = self._skipped = 0
        self._tail = None

    def has_room(self, frame: int = 13) -> bool:
        """Whether a frame of so many bytes goes in."""
        return len(self) + frame <= self._size

    def put(self, acc: bytes | None, gyr: bytes | None, enabled: int) -> None:
        """A conversion of one sensor or of both.

        Args:
            acc: six bytes, where there is a new sample and the FIFO takes it.
            gyr: likewise.
            enabled: how many sensors the FIFO takes; frames without header have room for them all.
        """
        if acc is None and gyr is None:
            return
        if self.headers:
            header = _REGULAR | (0 if acc is None else _ACC) | (0 if gyr is None else _GYR)
            frame = bytes([header]) + (gyr or b"") + (acc or b"")
        else:
            parts = [part for part in (gyr, acc) if part is not None]
            frame = b"".join(parts) + _INVALID * 3 * (enabled - len(parts))
        if not self.has_room(len(frame)):
            if self.stop_on_full:
                return
            while not self.has_room(len(frame)) and self._frames:
                self._frames.popleft()
                self._skipped = min(self._skipped + 1, 0xFF)
                self._position = 0
        self._frames.append(frame)

    def read(self, sensor_time: int) -> int:
        """The next byte of the data register.

        Args:
            sensor_time: 24 bits, for the frame that says it.
        """
        if self._skipped and self._position == 0 and self.headers:
            self._frames.appendleft(bytes([_SKIP, self._skipped]))
            self._skipped = 0
        if self._frames:
            frame = self._frames[0]
            byte = frame[self._position]
            self._position += 1
            if self._position == len(frame):
                self._frames.popleft()
                self._position = 0
            return byte
        if self._tail is None and self.sends_time and self.headers:
            self._tail = bytes([_TIME]) + sensor_time.to_bytes(3, "little")
        if self._tail:
            byte, self._tail = self._tail[0], self._tail[1:]
            return byte
        return OVER_READ

    def end_of_transfer(self) -> None:
        """A frame that was not read to its end comes again."""
        self._position = 0
        self._tail = None
