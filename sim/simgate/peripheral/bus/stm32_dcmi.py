"""Digital camera interface (RM0090, section 15; the same in RM0385, 18, and RM0433, 52).

The attached camera sends frame after frame from the moment it is there, at its pixel clock: lines
of `width` bytes, one byte a clock, with ``lineGap`` clocks between lines and ``frameGap`` lines
between frames. Bytes are packed into words, the first one lowest, and go by a FIFO of four words to
DR, whose request is "DCMI". Hardware synchronisation and eight data lines only; JPEG mode, embedded
codes (ESCR, ESUR) and wider data are noted and not done. The polarities mean nothing here.

RIS.FRAME comes with the last byte of a captured frame, LINE with each line's end, VSYNC with the
end of a frame on the wires.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from simgate.errors import EngineError
from simgate.peripheral.bus.devices import FrameSource
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.model import AttachError, Model
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Wire

CR, SR, RIS, IER, MIS, ICR = 0, 4, 8, 0xC, 0x10, 0x14
ESCR, ESUR, CWSTRT, CWSIZE, DR = 0x18, 0x1C, 0x20, 0x24, 0x28

# CR, 15.8.1
CAPTURE, CM, CROP, JPEG, ESS, EDM, ENABLE = 1, 2, 4, 8, 1 << 4, 3 << 10, 1 << 14
_NOT_MODELLED = JPEG | ESS | EDM
# SR, 15.8.2
HSYNC, VSYNC, FNE = 1, 2, 4
# RIS, IER, MIS, ICR, 15.8.3
FRAME_RIS, OVR_RIS, ERR_RIS, VSYNC_RIS, LINE_RIS = 1, 2, 4, 8, 16
_FIFO_WORDS = 4


@peripheral("Video.STM32_DCMI")
class Stm32Dcmi(RegisterBlock):
    """One interface with one camera. Attributes: ``pixelClock`` (hertz, default 12 MHz),
    ``lineGap`` (clocks, default 16), ``frameGap`` (lines, default 4).

    Output: ``IRQ``.
    """

    ATTRIBUTES = frozenset({"pixelClock", "lineGap", "frameGap"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        hz = self.integer("pixelClock", 12_000_000)
        if hz <= 0:
            raise EngineError(f"{name}: 'pixelClock' must be above 0 Hz")
        self._byte_ticks = host.tick_hz / hz
        self._line_gap = max(self.integer("lineGap", 16), 0)
        self._frame_gap = max(self.integer("frameGap", 4), 1)
        self._source: FrameSource | None = None
        self._irq = Wire()
        self._wires = {None: self._irq, "IRQ": self._irq}
        self._want = host.signal(name.upper())
        self._fifo: deque[int] = deque()
        self._planned: Handle | None = None
        self._forget()
        self._on_read = {
            SR: self._read_sr,
            RIS: lambda: self._raw,
            MIS: lambda: self._raw & self._values[IER],
            ICR: lambda: 0,
            DR: self._read_dr,
        }
        self._on_write = {CR: self._write_cr, IER: self._write_ier, ICR: self._write_icr}

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 15.8."""
        return (
            Register(CR, "CR", 0, 0x001F_4FFF),
            Register(SR, "SR", 0, 0),
            Register(RIS, "RIS", 0, 0),
            Register(IER, "IER", 0, 0x1F),
            Register(MIS, "MIS", 0, 0),
            Register(ICR, "ICR", 0, 0),
            Register(ESCR, "ESCR"),
            Register(ESUR, "ESUR"),
            Register(CWSTRT, "CWSTRT", 0, 0x1FFF_3FFF),
            Register(CWSIZE, "CWSIZE", 0, 0x3FFF_3FFF),
            Register(DR, "DR", 0, 0),
        )

    def reset(self) -> None:
        """To the state after power-on; the camera goes on, unheard."""
        super().reset()
        self._drop()
        self._forget()
        self._update()

    def attach(self, address: int | None, device: Model) -> None:
        """The camera."""
        if not isinstance(device, FrameSource) or not hasattr(device, "width"):
            raise AttachError(f"{device.TYPE or device.name} is no camera")
        if self._source is not None:
            raise AttachError("it has a camera already")
        self._source = device

    def remarks(self) -> tuple[str, ...]:
        """Why no picture comes."""
        if self._source is None and self._values[CR] & CAPTURE:
            return (f"{self.name}: captures, and no camera is attached",)
        return ()

    # ---- registers ----

    def _read_sr(self) -> int:
        value = FNE if self._fifo else 0
        if self._planned is not None and self._capturing:
            return value | (HSYNC if self._in_gap else 0)
        return value | HSYNC | VSYNC  # between frames both are inactive

    def _read_dr(self) -> int:
        value = self._fifo.popleft() if self._fifo else 0
        self._update()
        return value

    def _write_cr(self, value: int, mask: int) -> None:
        before = self._values[CR]
        after = self.store(CR, value, mask)
        if after & _NOT_MODELLED & ~before:
            self.host.touched(f"{self.name}: CR 0x{after & _NOT_MODELLED:x} (JPEG, ESS, EDM)")
        if not after & ENABLE:
            self._drop()
            self._forget()
        elif after & CAPTURE and self._planned is None and self._source is not None:
            self._await_frame(self._source)
        self._update()

    def _write_ier(self, value: int, mask: int) -> None:
        self.store(IER, value, mask)
        self._update()

    def _write_icr(self, value: int, mask: int) -> None:
        self._raw &= ~(value & mask)
        self._update()

    # ---- the camera's wires ----

    def _frame_bytes(self, source: FrameSource) -> int:
        """Clocks of a whole frame, gaps included."""
        return (source.width + self._line_gap) * (source.height + self._frame_gap)

    def _await_frame(self, source: FrameSource) -> None:
        """The next frame begins at a multiple of a frame's time."""
        period = self._frame_bytes(source) * self._byte_ticks
        self._number = int(self.host.ticks() // period) + 1
        self._at(self._number * period, self._frame_begins)

    def _at(self, tick: float, action: Callable[[], None]) -> None:
        self._planned = self.host.at_tick(round(tick), action)

    def _frame_begins(self) -> None:
        source = self._source
        assert source is not None
        control = self._values[CR]
        self._planned = None
        if not control & CAPTURE:
            return
        self._seen += 1
        every = (1, 2, 4, 1)[control >> 8 & 3]  # FCRC
        self._start = self._number * self._frame_bytes(source) * self._byte_ticks
        self._capturing = (self._seen - 1) % every == 0
        if not self._capturing:
            self._await_frame(source)
            return
        self._picture = source.frame(self.host.time_s())
        self._window = self._find_window(source)
        self._row, self._place, self._word = 0, 0, 0
        self._packed = 0
        self._next_word(source)

    def _find_window(self, source: FrameSource) -> tuple[int, int, int, int]:
        """First line, lines, first byte of a line, bytes of a line (15.5.4)."""
        if not self._values[CR] & CROP:
            return 0, source.height, 0, source.width
        start, size = self._values[CWSTRT], self._values[CWSIZE]
        return start >> 16, (size >> 16) + 1, start & 0x3FFF, (size & 0x3FFF) + 1

    def _next_word(self, source: FrameSource) -> None:
        """Plan the moment at which the next word, or the line, is complete."""
        left = source.width - self._place
        take = min(4, left)
        clocks = self._row * (source.width + self._line_gap) + self._place + take
        self._take = take
        self._in_gap = False
        self._at(self._start + clocks * self._byte_ticks, self._word_came)

    def _word_came(self) -> None:
        source = self._source
        assert source is not None
        first, lines, left, width = self._window
        if first <= self._row < first + lines:
            base = self._row * source.width
            for place in range(self._place, self._place + self._take):
                if left <= place < left + width:
                    self._word |= self._picture[base + place] << 8 * self._packed
                    self._packed += 1
                    if self._packed == 4:
                        self._push()
        self._place += self._take
        if self._place >= source.width:
            self._place, self._row = 0, self._row + 1
            self._raw |= LINE_RIS
            self._in_gap = True
        if self._row >= source.height:
            self._frame_ends(source)
        else:
            self._next_word(source)
        self._update()

    def _push(self) -> None:
        word, self._word, self._packed = self._word, 0, 0
        if len(self._fifo) >= _FIFO_WORDS:
            self._raw |= OVR_RIS
            return
        self._fifo.append(word)
        self._update()

    def _frame_ends(self, source: FrameSource) -> None:
        if self._packed:
            self._push()
        self._capturing = False
        self._planned = None
        self._raw |= FRAME_RIS | VSYNC_RIS
        if self._values[CR] & CM:
            self._values[CR] &= ~CAPTURE
        if self._values[CR] & CAPTURE:
            self._await_frame(source)

    def _drop(self) -> None:
        if self._planned is not None:
            self.host.cancel(self._planned)
            self._planned = None

    def _forget(self) -> None:
        self._fifo.clear()
        self._raw = self._seen = 0
        self._capturing = False
        self._in_gap = True

    def _update(self) -> None:
        self._irq.set(bool(self._raw & self._values[IER]))
        # the DMA controller answers at once: what it reads changes the FIFO
        self._want.set(bool(self._fifo) and bool(self._values[CR] & ENABLE))
