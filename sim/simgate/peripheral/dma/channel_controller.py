"""The registers that controllers of channels share: ISR, IFCR, and five words a channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simgate.peripheral.base import Peripheral, Read, Write
from simgate.peripheral.dma.channel import Channel
from simgate.peripheral.dma.service import Service
from simgate.peripheral.host import Host
from simgate.peripheral.wire import Sink, Wire

ISR, IFCR, FIRST_CHANNEL, CHANNEL_STEP = 0x00, 0x04, 0x08, 0x14
CCR, CNDTR, CPAR, CM0AR, CM1AR = 0x00, 0x04, 0x08, 0x0C, 0x10


class ChannelController(Peripheral):
    """Base of the models; output n is the interrupt of the (n + 1)-th channel.

    Args:
        name: as in the platform description.
        attributes: of the description.
        host: time, bus, lines.
        channels: how many there are.
        first: the manual's number of the first one, and that of its input.
        has_double_buffer: there are DBM, CT and CM1AR.
        reach: the addresses that its bus reaches; none: all.
    """

    def __init__(
        self,
        name: str,
        attributes: Mapping[str, object],
        host: Host,
        *,
        channels: int,
        first: int,
        has_double_buffer: bool,
        reach: tuple[range, ...] = (),
    ) -> None:
        super().__init__(name, attributes, host)
        self._first = first
        self._has_double_buffer = has_double_buffer
        self._inputs = tuple(Wire() for _ in range(channels))
        self._wires = {number: Wire() for number in range(channels)}
        self._service = service = Service(host)
        self._status = memoryview(bytearray(4)).cast("I")  # ISR
        self._mirrored = False
        self._channels: tuple[Channel, ...] = ()
        self._updates = tuple(self._updater(number) for number in range(channels))
        self._channels = tuple(
            Channel(
                number,
                f"{name} channel {number + first}",
                host,
                service,
                host.signal(f"{name.upper()}_ACK{number}"),
                self._updates[number],
                has_double_buffer,
                reach,
            )
            for number in range(channels)
        )
        for channel in self._channels:
            channel.connect((self._inputs[channel.number],))

    def reset(self) -> None:
        """To the state after power-on."""
        self._service.reset()
        for channel in self._channels:
            channel.reset()
            self._updates[channel.number]()

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name is not None:
            raise KeyError(name)
        return self._read, self._write

    def mirrors(self, read: Read) -> tuple[int, ...]:
        """The flags: firmware polls them."""
        return () if self._mirrored else (ISR,)

    def mirror(self, values: memoryview) -> None:
        """Keep the flags there."""
        words = values.cast("I")
        words[0] = self._status[0]
        self._status = words
        self._mirrored = True

    def input(self, line: int) -> Sink:
        """The request that the multiplexer drives for a channel."""
        number = line - self._first
        if not 0 <= number < len(self._inputs):
            raise KeyError(line)
        return self._inputs[number].set

    def remarks(self) -> tuple[str, ...]:
        """Channels whose requests never came, and what was done wrong."""
        found: list[str] = []
        for channel in self._channels:
            found.extend(channel.notes)
            if channel.waits:
                found.append(
                    f"{channel.label} is enabled, and its request never came from the multiplexer "
                    "(DMAMUX_CxCR.DMAREQ_ID)"
                )
        return tuple(found)

    def _updater(self, number: int) -> Callable[[], None]:
        wire, shift = self._wires[number], 4 * number

        def update() -> None:
            if self._channels:
                channel, status = self._channels[number], self._status
                status[0] = status[0] & ~(0xF << shift) | channel.status << shift
                wire.set(channel.interrupt)

        return update

    # ---- registers ----

    def _find(self, offset: int) -> tuple[Channel | None, int]:
        index, register = divmod(offset - FIRST_CHANNEL, CHANNEL_STEP)
        if index < len(self._channels) and (register != CM1AR or self._has_double_buffer):
            return self._channels[index], register
        if register != CM1AR:
            self.host.touched(f"{self.name}: reserved offset 0x{offset:03x}")
        return None, register

    def _read(self, offset: int, width: int) -> int:
        value = self._word(offset & ~3)
        return value >> (offset & 3) * 8 & ((1 << 8 * width) - 1)

    def _word(self, offset: int) -> int:
        if offset == ISR:
            return self._status[0]
        if offset == IFCR:
            return 0
        channel, register = self._find(offset)
        if channel is None:
            return 0
        if register == CCR:
            channel.catch_up()
            return channel.cr
        if register == CNDTR:
            return channel.remaining()
        if register == CPAR:
            return channel.par
        return channel.m0ar if register == CM0AR else channel.m1ar

    def _write(self, offset: int, width: int, value: int) -> None:
        shift = (offset & 3) * 8
        mask = ((1 << 8 * width) - 1) << shift
        value = value << shift & mask
        offset &= ~3
        if offset == IFCR:
            for one in self._channels:
                flags = value >> 4 * one.number & 0xF
                if flags:
                    one.clear(flags)
            return
        if offset == ISR:
            return
        channel, register = self._find(offset)
        if channel is None:
            return
        if register == CCR:
            channel.write_cr(value, mask)
        elif register == CNDTR:
            channel.write_ndtr(channel.ndtr & ~mask | value)
        elif register == CPAR:
            channel.write_par(channel.par & ~mask | value)
        else:
            second = register == CM1AR
            old = channel.m1ar if second else channel.m0ar
            channel.write_memory_address(int(second), old & ~mask | value)
