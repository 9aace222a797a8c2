"""DMA of eight streams: F4 (RM0090, 10), F7 (RM0385, 8), H7 behind DMAMUX1 (RM0433, 15).

On F4 and F7 a stream listens to the request that SxCR.CHSEL selects; on H7, to the wire that
DMAMUX1 drives: as soon as the description wires an input of the controller, all of its streams
listen to their inputs, and CHSEL means nothing.

Measured latency: an item moves in the very instruction in which its request comes; the interrupt
of its HTIF or TCIF is pending before the next one.

Cost to the host: an item through registers takes 1.1 to 1.2 us in direct mode, through the FIFO 1.7
us into memory and 3 us out of it; the peripheral that asks comes on top. A word of a copy between
memories takes under 10 ns, a poll of LISR no call at all. So a source of 1,000,000 items a second
costs more than a second of the host for each of its own. Moving several of its items at once would
be cheaper, but then memory would change before or after its time, which firmware can see.

Not modelled: peripheral flow control (no SDIO), the time that DMA takes from the processor on the
bus, FIFO under- and overruns and direct mode errors, which come of that time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simgate.errors import EngineError
from simgate.peripheral.base import Peripheral, Read, Write
from simgate.peripheral.dma.listener import EN
from simgate.peripheral.dma.service import Service
from simgate.peripheral.dma.stream import Stream
from simgate.peripheral.dma.stream_registers import TCIF
from simgate.peripheral.dma.stream_requests import CHANNELS, STREAMS, stream_requests
from simgate.peripheral.host import Host
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Sink, Wire

LISR, HISR, LIFCR, HIFCR = 0x00, 0x04, 0x08, 0x0C
FIRST_STREAM, STREAM_STEP = 0x10, 0x18
CR, NDTR, PAR, M0AR, M1AR, FCR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
_END = FIRST_STREAM + STREAMS * STREAM_STEP
_SHIFTS = (0, 6, 16, 22)  # of a stream's flags in LISR and HISR
_FLAGS = 0x3D
_APB1 = range(0x4000_0000, 0x4001_0000)


@peripheral("DMA.STM32DMA")
class Stm32Dma(Peripheral):
    """One controller; output n is the interrupt of stream n.

    Attributes:
        requests: the manual whose table CHSEL selects from, "RM0090" (default) or "RM0385".
    """

    ATTRIBUTES = frozenset({"requests"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._controller = 2 if name.endswith("2") else 1
        manual = self.text("requests", "RM0090")
        table = stream_requests(manual, self._controller)
        if table is None:
            raise EngineError(f"{name}: requests must be RM0090 or RM0385, not {manual!r}")
        self._requests = table
        self._inputs = tuple(Wire() for _ in range(STREAMS))
        self._has_multiplexer = False
        self._wires = {number: Wire() for number in range(STREAMS)}
        self._streams: tuple[Stream, ...] = ()
        service = Service(host)
        self._service = service
        self._status = memoryview(bytearray(8)).cast("I")  # LISR, HISR
        self._mirrored = False
        self._updates = tuple(self._updater(number) for number in range(STREAMS))
        self._streams = tuple(
            Stream(
                number,
                f"{name} stream {number}",
                host,
                service,
                host.signal(f"{name.upper()}_ACK{number}"),
                self._updates[number],
                self._refusal,
            )
            for number in range(STREAMS)
        )
        self._alignment_noted = False

    def reset(self) -> None:
        """To the state after power-on."""
        self._service.reset()
        for stream in self._streams:
            stream.reset()
            self._updates[stream.number]()

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name is not None:
            raise KeyError(name)
        return self._read, self._write

    def mirrors(self, read: Read) -> tuple[int, ...]:
        """The flags: firmware polls them."""
        return () if self._mirrored else (LISR, HISR)

    def mirror(self, values: memoryview) -> None:
        """Keep the flags there."""
        words = values.cast("I")
        words[0], words[1] = self._status
        self._status = words
        self._mirrored = True

    def input(self, line: int) -> Sink:
        """The request that a multiplexer drives for stream `line`."""
        if not 0 <= line < STREAMS:
            raise KeyError(line)
        self._has_multiplexer = True
        return self._inputs[line].set

    def remarks(self) -> tuple[str, ...]:
        """Streams that wait for requests that never came, and what was done wrong."""
        found: list[str] = []
        for stream in self._streams:
            found.extend(stream.notes)
            if stream.waits:
                found.append(f"{stream.label} is enabled, and {self._never(stream)}")
        return tuple(found)

    # ---- requests ----

    def _never(self, stream: Stream) -> str:
        if self._has_multiplexer:
            return "its request never came from the multiplexer (DMAMUX_CxCR.DMAREQ_ID)"
        channel = stream.cr >> 25 & 7
        names = self._requests[channel][stream.number]
        text = (
            f"its request, {' or '.join(names)} (channel {channel}), never came"
            if names
            else f"SxCR.CHSEL selects channel {channel}, to which nothing is connected there"
        )
        other_way = "_RX" if stream.gives else "_TX"
        asking = [
            f"{name} asks in vain: channel {other} of stream {column}"
            for other in range(CHANNELS)
            for column in range(STREAMS)
            for name in self._requests[other][column]
            if name not in names
            and not name.endswith(other_way)
            and self._nobody_serves(name)
            and self.host.signal(name).level
        ]
        return "; ".join([text, *asking])

    def _nobody_serves(self, name: str) -> bool:
        return not self.host.signal(name).sinks

    def _connect(self, stream: Stream, cr: int) -> None:
        """What the stream listens to; a peripheral that wants to know hears of the last item.

        (The I2C of F4: RM0090, 27.3.7, EOT_1; its ADC without DDS: 13.8.1.)
        """
        if self._has_multiplexer:
            stream.connect((self._inputs[stream.number],))
            return
        signal = self.host.signal
        names = self._requests[cr >> 25 & 7][stream.number]
        stream.connect(tuple(signal(name) for name in names))
        last = [
            signal(f"{name}_LAST")
            for name in names
            if name.endswith("_RX") or name.startswith("ADC")
        ]
        stream.announce(tuple(line for line in last if line.sinks))

    def _refusal(self, address: int) -> str:
        """DMA1's peripheral port is wired to the APB1 bridge only (RM0090, figure 34)."""
        if self._has_multiplexer or self._controller == 2 or address in _APB1:
            return ""
        return (
            f"transfer error: the peripheral port of DMA1 reaches APB1 only, not 0x{address:08x}; "
            "use DMA2"
        )

    def _updater(self, number: int) -> Callable[[], None]:
        wire, shift = self._wires[number], _SHIFTS[number & 3]
        complete = self.host.signal(f"{self.name.upper()}_TCIF{number}")  # a trigger of H7's MDMA

        def update() -> None:
            if self._streams:
                stream = self._streams[number]
                status, half = self._status, number >> 2
                status[half] = status[half] & ~(0x3F << shift) | stream.flags << shift
                wire.set(stream.interrupt)
                complete.set(bool(stream.flags & TCIF))

        return update

    # ---- registers ----

    def _read(self, offset: int, width: int) -> int:
        value = self._word(offset & ~3)
        if width == 4:
            return value
        self._note_alignment()
        return value >> (offset & 3) * 8 & ((1 << 8 * width) - 1)

    def _word(self, offset: int) -> int:
        if offset >= FIRST_STREAM:
            if offset >= _END:
                return self._reserved(offset)
            index, register = divmod(offset - FIRST_STREAM, STREAM_STEP)
            stream = self._streams[index]
            if register == CR:
                stream.catch_up()
                return stream.cr
            if register == NDTR:
                return stream.remaining()
            if register == PAR:
                return stream.par
            if register == M0AR:
                return stream.m0ar
            if register == M1AR:
                return stream.m1ar
            return stream.fifo_control
        if offset in (LISR, HISR):
            return self._status[offset >> 2]
        return 0  # LIFCR and HIFCR are for writing

    def _write(self, offset: int, width: int, value: int) -> None:
        mask = 0xFFFF_FFFF
        if width != 4:
            self._note_alignment()
            shift = (offset & 3) * 8
            mask = ((1 << 8 * width) - 1) << shift
            value <<= shift
            offset &= ~3
        if offset < FIRST_STREAM:
            if offset in (LIFCR, HIFCR):
                first = offset - LIFCR
                for index, shift in enumerate(_SHIFTS):
                    stream = self._streams[first + index]
                    cleared = value >> shift & _FLAGS
                    if cleared & stream.flags:
                        stream.flags &= ~cleared
                        self._updates[stream.number]()
            return
        if offset >= _END:
            self._reserved(offset)
            return
        index, register = divmod(offset - FIRST_STREAM, STREAM_STEP)
        stream = self._streams[index]
        if register == CR:
            if value & EN and not stream.cr & EN:
                self._connect(stream, stream.cr & ~mask | value & mask)
            stream.write_cr(value, mask)
        elif register == NDTR:
            stream.write_ndtr(stream.ndtr & ~mask | value)
        elif register == PAR:
            stream.write_par(stream.par & ~mask | value)
        elif register == M0AR:
            stream.write_memory_address(0, stream.m0ar & ~mask | value)
        elif register == M1AR:
            stream.write_memory_address(1, stream.m1ar & ~mask | value)
        else:
            stream.write_fcr(value, mask)

    def _reserved(self, offset: int) -> int:
        self.host.touched(f"{self.name}: reserved offset 0x{offset:03x}")
        return 0

    def _note_alignment(self) -> None:
        if not self._alignment_noted:
            self._alignment_noted = True
            self.host.remark(
                f"{self.name}: its registers were accessed by bytes or halfwords; the manual wants "
                "words"
            )
