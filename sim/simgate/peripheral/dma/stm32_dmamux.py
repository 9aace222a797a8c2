"""DMAMUX of G4 (RM0440, 13) and DMAMUX1 and DMAMUX2 of H7 (RM0433, 17): who asks which channel.

Output n is the request of channel n; the description wires it to an input of a DMA controller.
Input n is request n, for descriptions that wire requests as Renode's do.

Synchronisation: with SE, requests pass only after an edge at the chosen input, NBREQ + 1 of them.
Generators make GNBREQ + 1 requests an edge. Requests are counted as DMA acknowledges them, on the
lines ``DMA1_ACK0`` and so on. Request pulses that come while a channel is blocked are lost here;
silicon keeps them, as its peripherals hold their requests until DMA answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from simgate.errors import EngineError
from simgate.peripheral.base import Peripheral, Read, Write
from simgate.peripheral.dma.multiplexer_requests import multiplexer_inputs
from simgate.peripheral.host import Host
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Sink, Wire

CSR, CFR, RG0CR, RGSR, RGCFR = 0x80, 0x84, 0x100, 0x140, 0x144
# CxCR (RM0440, 13.6.1)
_SOIE, EGE, SE = 1 << 8, 1 << 9, 1 << 16
_CR_WRITABLE = 0x1FFF_037F
# RGxCR (13.6.4)
_OIE, GE = 1 << 8, 1 << 16
_RG_WRITABLE = 0x00FF_011F


@dataclass(slots=True)
class _Channel:
    """One output."""

    number: int
    out: Wire
    acknowledge: Wire
    cr: int = 0
    budget: int = 0  # requests that may still pass, with SE; until the next event, with EGE
    heard: bool = False  # its request was ever high since it was selected
    sinks: list[tuple[Wire, Sink]] = field(default_factory=list)
    source: Wire | None = None


@dataclass(slots=True)
class _Generator:
    """One request generator."""

    number: int
    line: Wire
    cr: int = 0
    left: int = 0  # requests that are still to be acknowledged
    sinks: list[tuple[Wire, Sink]] = field(default_factory=list)


@peripheral("Miscellaneous.STM32_DMAMUX")
class Stm32Dmamux(Peripheral):
    """One multiplexer; its default output, or "IRQ", is its overrun interrupt.

    Attributes:
        numberOfOutputRequestChannels: 16, or 8 for H7's DMAMUX2.
        numberOfRequestGeneratorChannels: 4 for G4, 8 for H7.
    """

    ATTRIBUTES = frozenset({"numberOfOutputRequestChannels", "numberOfRequestGeneratorChannels"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        channels = self.integer("numberOfOutputRequestChannels", 16)
        generators = self.integer("numberOfRequestGeneratorChannels", 4)
        inputs = multiplexer_inputs(channels, generators)
        if inputs is None:
            raise EngineError(
                f"{name}: no STM32 here has a DMAMUX of {channels} channels and {generators} "
                "request generators (G4: 16 and 4; H7: 16 and 8, 8 and 8)"
            )
        self._inputs = inputs
        self._irq = Wire()
        self._wires = {None: self._irq, "IRQ": self._irq}
        self._channels = tuple(
            _Channel(number, Wire(), host.signal(f"{self._master(channels, number)}"))
            for number in range(channels)
        )
        self._wires |= {channel.number: channel.out for channel in self._channels}
        self._generators = tuple(_Generator(number, Wire()) for number in range(generators))
        self._events = tuple(
            host.signal(f"{name.upper()}_EVT{number}") for number in range(channels)
        )
        self._sof = self._of = 0
        self._ever_selected: set[int] = set()

    @staticmethod
    def _master(channels: int, number: int) -> str:
        """Whose acknowledge counts for an output (RM0440, table 90; RM0433, table 119)."""
        if channels == 8:
            return f"BDMA_ACK{number}"
        return f"DMA{1 + number // 8}_ACK{number % 8}"

    def reset(self) -> None:
        """To the state after power-on."""
        for channel in self._channels:
            _disconnect(channel.sinks)
            channel.cr = channel.budget = 0
            channel.heard = False
            channel.source = None
            channel.out.set(False)
        for generator in self._generators:
            _disconnect(generator.sinks)
            generator.cr = generator.left = 0
            generator.line.set(False)
        self._sof = self._of = 0
        self._update()

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name is not None:
            raise KeyError(name)
        return self._read, self._write

    def input(self, line: int) -> Sink:
        """Request `line`."""
        if not 1 <= line < len(self._inputs.requests):
            raise KeyError(line)
        return self._request(line).set

    def remarks(self) -> tuple[str, ...]:
        """Channels that select what never asked, while others ask in vain."""
        selected = {channel.cr & 0x7F for channel in self._channels}
        names = self._inputs.requests
        asking = [
            f"{name} (DMAREQ_ID {number}) asks in vain"
            for number, name in enumerate(names)
            if number not in selected
            and name != "-"
            and not (name.endswith("_TX") and number in self._ever_selected)  # it just idles
            and self._request(number).level
        ]
        found = []
        for channel in self._channels:
            number = channel.cr & 0x7F
            if number and not channel.heard:
                name = names[number] if number < len(names) else "-"
                what = "to which nothing is connected" if name == "-" else f"{name}: it never came"
                label = f"{self.name} channel {channel.number} selects request {number}, {what}"
                found.append("; ".join([label, *asking]))
        return tuple(found)

    # ---- lines ----

    def _request(self, number: int) -> Wire:
        if 1 <= number <= len(self._generators):
            return self._generators[number - 1].line
        return self.host.signal(self._inputs.requests[number])

    def _select(self, channel: _Channel) -> None:
        """CxCR was written."""
        _disconnect(channel.sinks)
        channel.source = None
        channel.heard = False
        number = channel.cr & 0x7F
        names = self._inputs.requests
        if not 0 < number < len(names) or names[number] == "-":
            channel.out.set(False)
            return
        self._ever_selected.add(number)
        source = channel.source = self._request(number)
        out = channel.out
        channel.budget = 0 if channel.cr & SE else (channel.cr >> 19 & 0x1F) + 1

        def pass_on(level: bool) -> None:
            channel.heard = True
            if not source.pulsing:
                out.set(level)
            elif level:
                out.pulse()

        if channel.cr & SE:
            _connect(channel.sinks, source, lambda level: self._gate(channel))
            which = channel.cr >> 24 & 0x1F
            if which < len(self._inputs.synchronisations):
                line = self.host.signal(self._inputs.synchronisations[which])
                edge = _edges(channel.cr >> 17 & 3, lambda: self._synchronise(channel))
                _connect(channel.sinks, line, edge)
        else:
            _connect(channel.sinks, source, pass_on)
        if channel.cr & (SE | EGE):
            _connect(channel.sinks, channel.acknowledge, _edges(1, lambda: self._count(channel)))
        self._gate(channel)

    def _gate(self, channel: _Channel) -> None:
        source = channel.source
        if source is not None:
            channel.heard |= source.level
            channel.out.set(source.level and (not channel.cr & SE or channel.budget > 0))

    def _synchronise(self, channel: _Channel) -> None:
        if channel.budget:  # the requests of the last event have not all come (13.4.4)
            self._sof |= 1 << channel.number
            self._update()
        channel.budget = (channel.cr >> 19 & 0x1F) + 1
        self._gate(channel)

    def _count(self, channel: _Channel) -> None:
        """DMA moved an item."""
        if not channel.budget:
            return
        channel.budget -= 1
        if channel.budget == 0:
            if not channel.cr & SE:
                channel.budget = (channel.cr >> 19 & 0x1F) + 1
            self._gate(channel)
            if channel.cr & EGE:
                self._events[channel.number].pulse()

    # ---- request generators ----

    def _set_up(self, generator: _Generator) -> None:
        """RGxCR was written."""
        _disconnect(generator.sinks)
        if not generator.cr & GE:
            generator.left = 0
            generator.line.set(False)
            return
        which = generator.cr & 0x1F
        if which < len(self._inputs.triggers):
            line = self.host.signal(self._inputs.triggers[which])
            edge = _edges(generator.cr >> 17 & 3, lambda: self._trigger(generator))
            _connect(generator.sinks, line, edge)
        for channel in self._channels:
            done = partial(self._generated, generator, channel)
            _connect(generator.sinks, channel.acknowledge, _edges(1, done))

    def _trigger(self, generator: _Generator) -> None:
        if generator.left:  # 13.4.6: a trigger before the last one's requests are done
            self._of |= 1 << generator.number
            self._update()
            return
        generator.left = (generator.cr >> 19 & 0x1F) + 1
        generator.line.set(True)

    def _generated(self, generator: _Generator, channel: _Channel) -> None:
        if channel.cr & 0x7F == generator.number + 1 and generator.left:
            generator.left -= 1
            if not generator.left:
                generator.line.set(False)

    # ---- registers ----

    def _update(self) -> None:
        late = any(
            self._sof >> channel.number & 1 and channel.cr & _SOIE for channel in self._channels
        )
        over = any(self._of >> one.number & 1 and one.cr & _OIE for one in self._generators)
        self._irq.set(late or over)

    def _read(self, offset: int, width: int) -> int:
        word = offset & ~3
        value = 0
        if word == CSR:
            value = self._sof
        elif word == RGSR:
            value = self._of
        elif word < CSR and word // 4 < len(self._channels):
            value = self._channels[word // 4].cr
        elif RG0CR <= word < RGSR and (word - RG0CR) // 4 < len(self._generators):
            value = self._generators[(word - RG0CR) // 4].cr
        elif word not in (CFR, RGCFR):
            self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")
        return value >> (offset & 3) * 8 & ((1 << 8 * width) - 1)

    def _write(self, offset: int, width: int, value: int) -> None:
        shift = (offset & 3) * 8
        mask = ((1 << 8 * width) - 1) << shift
        value = value << shift & mask
        word = offset & ~3
        if word == CFR:
            self._sof &= ~value
        elif word == RGCFR:
            self._of &= ~value
        elif word < CSR and word // 4 < len(self._channels):
            channel = self._channels[word // 4]
            mask &= _CR_WRITABLE
            channel.cr = channel.cr & ~mask | value & mask
            self._select(channel)
        elif RG0CR <= word < RGSR and (word - RG0CR) // 4 < len(self._generators):
            generator = self._generators[(word - RG0CR) // 4]
            mask &= _RG_WRITABLE
            generator.cr = generator.cr & ~mask | value & mask
            self._set_up(generator)
        elif word not in (CSR, RGSR):
            self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")
        self._update()


def _edges(polarity: int, act: Callable[[], None]) -> Sink:
    """Act on rising (1), falling (2), both (3) or no edges (0)."""

    def change(level: bool) -> None:
        if polarity & (1 if level else 2):
            act()

    return change


def _connect(kept: list[tuple[Wire, Sink]], wire: Wire, sink: Sink) -> None:
    wire.sinks.append(sink)
    kept.append((wire, sink))


def _disconnect(kept: list[tuple[Wire, Sink]]) -> None:
    for wire, sink in kept:
        wire.sinks.remove(sink)
    kept.clear()
