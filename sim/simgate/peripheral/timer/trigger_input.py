"""A timer's slave controller and inputs: what starts, stops, resets or clocks the counter.

RM0090, 17.3.4 (clocks), 17.3.6 (captures), 17.3.12 (encoder), 17.3.19 (slave modes), 17.4.3.
"""

from __future__ import annotations

from simgate.peripheral.timer.channel import Channel
from simgate.peripheral.timer.counter import DOWN, UP
from simgate.peripheral.timer.internal_triggers import internal_trigger
from simgate.peripheral.timer.timer_body import TimerBody
from simgate.peripheral.timer.timer_outputs import TimerOutputs
from simgate.peripheral.wire import Sink, Wire

_OFF, _RESET, _GATED, _TRIGGER, _CLOCK, _RESET_TRIGGER = 0, 4, 5, 6, 7, 8
_ENCODERS = (1, 2, 3)
_TI1_EDGES, _TI1, _TI2, _ETR = 4, 5, 6, 7  # SMCR.TS
_TIF, _TDE = 1 << 6, 1 << 14
_TRC = 3  # CCxS: captures at the trigger input


class TriggerInput:
    """TRGI, its source and what it does."""

    def __init__(self, timer: TimerBody, outputs: TimerOutputs) -> None:
        self._timer, self._outputs = timer, outputs
        self._itr: Wire | None = None
        self._levels = [False] * 6  # TI1 to TI4, ETR, break
        self._etr_edges = 0
        self._forget()

    def _forget(self) -> None:
        self._mode, self._source, self._smcr = _OFF, 0, 0
        self._level = False
        self._etr_edges = 0

    def reset(self) -> None:
        """As after a reset; the outside keeps its levels."""
        self._listen(None)
        self._forget()

    @property
    def encoder(self) -> bool:
        """The counter's direction comes from TI1 and TI2."""
        return self._mode in _ENCODERS

    @property
    def counts_own_clock(self) -> bool:
        """The counter runs on the timer's clock rather than on edges from outside."""
        return self._mode != _CLOCK and not self.encoder and not self._smcr & 1 << 14

    @property
    def open(self) -> bool:
        """The gate of gated mode lets the counter run; always true in other modes."""
        return self._mode != _GATED or self._level

    def configure(self, smcr: int) -> None:
        """After a write to SMCR, or to what captures."""
        self._smcr = smcr
        self._mode = smcr & 7 | (smcr >> 13 & 8)
        self._source = smcr >> 4 & 7 | (smcr >> 17 & 0x18)
        timer = self._timer
        if self._mode > _RESET_TRIGGER:
            timer.host.remark(f"{timer.name}: slave mode {self._mode} (SMCR.SMS) is not modelled")
        uses = self._mode != _OFF or timer.value("DIER") & (_TIF | _TDE)
        uses = uses or any(channel.selection == _TRC for channel in timer.course.channels)
        name = None
        if uses and (self._source < 4 or self._source >= 8):
            number = self._source if self._source < 4 else self._source - 4
            name = internal_trigger(timer.kind, number)
            if name is None:
                timer.host.remark(f"{timer.name}: nothing is connected to ITR{number}")
        self._listen(None if name is None else timer.host.signal(name))
        self._level = self._find_level()

    def input(self, line: int) -> Sink:
        """What to call when TI1 to TI4 (0 to 3), ETR (4) or the break (5) changes."""
        if not 0 <= line <= 5:
            raise KeyError(line)
        return lambda level: self._change(line, level)

    def _listen(self, wire: Wire | None) -> None:
        if wire is self._itr:
            return
        if self._itr is not None:
            self._itr.sinks.remove(self._hear)
        self._itr = wire
        if wire is not None:
            wire.sinks.append(self._hear)

    def _hear(self, level: bool) -> None:
        self._timer.sync()
        self._set_level(level)
        self._timer.settle()

    def _find_level(self) -> bool:
        if self._itr is not None:
            return self._itr.level
        channels = self._timer.course.channels
        if self._source == _TI1:
            return self._ti1() ^ channels[0].polarity
        if self._source == _TI2 and len(channels) > 1:
            return self._levels[1] ^ channels[1].polarity
        if self._source == _ETR:
            return self._etr()
        return False

    def _etr(self) -> bool:
        return self._levels[4] ^ bool(self._smcr & 1 << 15)

    def _ti1(self) -> bool:
        if self._timer.word("CR2") & 1 << 7:
            return self._levels[0] ^ self._levels[1] ^ self._levels[2]
        return self._levels[0]

    def _set_level(self, level: bool) -> None:
        """A new level of TRGI."""
        before, self._level = self._level, level
        if level == before:
            return
        if self._mode == _GATED:
            self._flag()
            self._timer.course.running = bool(self._timer.value("CR1") & 1) and level
        elif level:
            self._edge()

    def _edge(self) -> None:
        """A rising edge of TRGI."""
        timer, mode = self._timer, self._mode
        self._flag()
        for channel in timer.course.channels[:4]:
            if channel.selection == _TRC:
                self._capture(channel)
        if mode in (_RESET, _RESET_TRIGGER):
            timer.restart()
        if mode in (_TRIGGER, _RESET_TRIGGER):
            timer.start()
        elif mode == _CLOCK:
            timer.advance(1)

    def _flag(self) -> None:
        self._timer.flag(_TIF)
        self._outputs.request(_TDE, "TRIG", 1)

    def _change(self, line: int, level: bool) -> None:
        """An input from outside the chip, or from a pin."""
        if level == self._levels[line]:
            return
        timer = self._timer
        timer.sync()
        ti1 = self._ti1()
        self._levels[line] = level
        if line == 5:
            self._break(level)
        elif line == 4:
            self._change_etr()
        else:
            if self._ti1() != ti1:
                self._change_ti(0, self._ti1())
            if line:
                self._change_ti(line, level)
        timer.settle()

    def _change_etr(self) -> None:
        level = self._etr()
        if level:
            self._etr_edges += 1
            if self._etr_edges % (1 << (self._smcr >> 12 & 3)):
                return
            if self._smcr & 1 << 14:
                self._timer.advance(1)  # external clock mode 2
        if self._source == _ETR:
            self._set_level(level)

    def _change_ti(self, index: int, level: bool) -> None:
        channels = self._timer.course.channels
        if self.encoder:
            self._turn_encoder(index, level)
        for channel in channels[:4]:
            own = channel.selection == 1 and channel.index == index
            crossed = channel.selection == 2 and channel.index ^ 1 == index
            if (own or crossed) and channel.enabled and channel.wants_edge(level):
                self._capture(channel)
        if index == 0 and self._source == _TI1_EDGES:
            self._edge()
        elif self._source == _TI1 + index and index < 2:
            channel = channels[index]
            if channel.polarity and channel.n_polarity:
                self._edge()
            else:
                self._set_level(level ^ channel.polarity)

    def _capture(self, channel: Channel) -> None:
        if not channel.enabled:
            return
        channel.edges += 1
        if channel.edges >= channel.prescaler:
            channel.edges = 0
            self._timer.capture(channel.index)

    def _turn_encoder(self, index: int, level: bool) -> None:
        """Modes 1 to 3: which edges count, and which way (table 18.3.12).

        Mode 1 counts the edges of TI2, mode 2 those of TI1, says the text of RM0090, RM0385 and
        RM0433; RM0440 (SMCR.SMS) and ST's drivers have it the other way round.
        """
        edges_of_ti1 = 1 if self._timer.kind.family == "g4" else 2
        if index > 1 or self._mode not in (3, edges_of_ti1 if index == 0 else 3 - edges_of_ti1):
            return
        timer, channels = self._timer, self._timer.course.channels
        other = self._levels[1 - index] ^ channels[1 - index].polarity
        downwards = (level ^ channels[index].polarity) == (other ^ (index == 1))
        timer.course.counter.mode = DOWN if downwards else UP
        timer.advance(1)

    def _break(self, level: bool) -> None:
        bdtr = self._timer.word("BDTR")
        if bdtr & 1 << 12 and level == bool(bdtr & 1 << 13):
            self._timer.break_off()
