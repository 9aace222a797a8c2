"""A camera on a parallel interface: ``camera: Sensors.Camera @ dcmi``.

It sends what it is given: frames from files or from Python, each once or several times; the last
one stays. It has no registers (real ones are set up over I2C: attach a second device for them).

Attributes: ``width`` and ``height`` in pixels (96 x 96), ``format`` "gray", "rgb565", "rgb888",
"yuv422".

Monitor commands::

    sysbus.dcmi.camera ImageSource @cat.pgm   # stays until the next one (a property)
    sysbus.dcmi.camera FeedFrame @1.pgm       # one frame, then the next that was fed
    sysbus.dcmi.camera FeedFrame @2.pgm 10
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import command
from simgate.peripheral.registry import peripheral
from simgate.sensor.chance import gauss, seed_of, uniform
from simgate.sensor.fault import FaultySensor
from simgate.sensor.picture import FORMATS, read_picture

_MOST_PIXELS = 1 << 24


@peripheral("Sensors.Camera")
class Camera(FaultySensor):
    """Frames in virtual time; faults act on bytes: noise, stuck, saturation, drop."""

    ATTRIBUTES = FaultySensor.ATTRIBUTES | {"width", "height", "format"}
    PROPERTIES: ClassVar[Mapping[str, str]] = {
        **FaultySensor.PROPERTIES,
        "ImageSource": "image_source",
        "Frames": "frames_sent",
    }

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self.pixels, self.height = self.integer("width", 96), self.integer("height", 96)
        self.format = self.text("format", "gray")
        if self.format not in FORMATS:
            raise EngineError(f"{name}: 'format' is {', '.join(FORMATS)}, not '{self.format}'")
        if min(self.pixels, self.height) < 1 or self.pixels * self.height > _MOST_PIXELS:
            raise EngineError(f"{name}: a picture of {self.pixels} x {self.height} pixels")
        self.width = self.pixels * FORMATS[self.format]  # bytes a line
        self._queue: deque[tuple[bytes, int]] = deque()
        self._current = bytes(self.width * self.height)
        self._sent: bytes | None = None
        self._source = ""
        self._count = 0

    def reset(self) -> None:
        """It sends on."""

    @property
    def frames_sent(self) -> int:
        """So far."""
        return self._count

    @property
    def image_source(self) -> str:
        """The file that it was given last."""
        return self._source

    @image_source.setter
    def image_source(self, path: str | Path) -> None:
        self._queue.clear()
        self._current = self._read(path)

    @command("FeedFrame")
    def feed_frame(self, path: str | Path, repeat: int = 1) -> None:
        """A picture that is sent so many times; below 0: without end."""
        self._queue.append((self._read(path), repeat))

    def feed_frames(self, frames: Iterable[Any]) -> None:
        """NumPy arrays (or bytes), each sent once: as many bytes as the camera sends.

        Raises:
            EngineError: one has another size.
        """
        for number, frame in enumerate(frames):
            data = (
                frame if isinstance(frame, bytes) else bytes(bytearray(memoryview(frame).cast("B")))
            )
            if len(data) != self.width * self.height:
                raise EngineError(
                    f"{self.name}: frame {number} has {len(data)} bytes, not "
                    f"{self.width * self.height}"
                )
            self._queue.append((data, 1))

    def frame(self, time_s: float) -> bytes:
        """The picture that is sent now."""
        self._count += 1
        if self._queue:
            self._current, repeat = self._queue.popleft()
            if repeat < 0 or repeat > 1:
                self._queue.appendleft((self._current, repeat - 1 if repeat > 0 else repeat))
        self._sent = self._with_faults(self._current)
        return self._sent

    def _read(self, path: str | Path) -> bytes:
        data = read_picture(Path(path), self.pixels, self.height, self.format)
        self._source = str(path)
        return data

    def _with_faults(self, data: bytes) -> bytes:
        if not self._faults:
            return data
        seed = seed_of(f"{self.name} {self.fault_seed}")
        drop = self._faults.get("drop")
        lost = drop is not None and uniform(seed, self._count) < drop[0]
        if self._sent is not None and ("stuck" in self._faults or lost):
            return self._sent
        if "saturation" in self._faults:
            return b"\xff" * len(data)
        offset = self._faults.get("offset", (0.0,))[0]
        noise = self._faults.get("noise", (0.0,))[0]
        if not offset and not noise:
            return data
        changed = (
            byte + offset + (noise * gauss(seed, self._count, place) if noise else 0)
            for place, byte in enumerate(data)
        )
        return bytes(min(max(round(value), 0), 255) for value in changed)
