"""What a timer drives: interrupts, pins, DMA requests, triggers; and who waits for which."""

from __future__ import annotations

from simgate.peripheral.timer.timer_body import TimerBody
from simgate.peripheral.timer.watched_sinks import watch
from simgate.peripheral.wire import Wire

_UDE, _MOE, _CCDS = 1 << 8, 1 << 15, 1 << 3
_AOE, _AOE_MOE = 1 << 14, 3 << 14
_MOST_PULSES = 64  # of one bundle
_MMS_RESET, _MMS_ENABLE, _MMS_UPDATE, _MMS_COMPARE, _MMS_REFERENCES = 0, 1, 2, 3, 4
_LEVELS = frozenset({_MMS_ENABLE, *range(_MMS_REFERENCES, 10)})
# CR2.MMS2 beyond TRGO's (RM0433, 38.4.2): channels, and the edge of each that makes the pulse
_MMS2_EDGES: dict[int, tuple[tuple[int, bool | None], ...]] = {
    10: ((3, None),),
    11: ((5, None),),
    12: ((3, True), (5, True)),
    13: ((3, True), (5, False)),
    14: ((4, True), (5, True)),
    15: ((4, True), (5, False)),
}


class TimerOutputs:
    """The wires of one timer."""

    def __init__(self, timer: TimerBody) -> None:
        self._timer, self._kind = timer, timer.kind
        host, number = timer.host, timer.kind.number
        own = min(timer.kind.channels, 4)

        def signal(name: str) -> Wire:
            return watch(host.signal(f"TIM{number}_{name}"), self._listeners_changed)

        self._pins = [watch(Wire(), self._listeners_changed) for _ in range(own)]
        self._complements = [watch(Wire(), self._listeners_changed) for _ in range(own)]
        self._triggers = [signal(f"CC{index + 1}") for index in range(own)]
        self._requests = {f"CH{index + 1}": signal(f"CH{index + 1}") for index in range(own)}
        for name in ("UP", "TRIG", "COM"):
            self._requests[name] = signal(name)
        self._trgo, self._trgo2 = signal("TRGO"), signal("TRGO2")
        self._all, self._break, self._update = Wire(), Wire(), Wire()
        self._trigger, self._commutation, self._compare = Wire(), Wire(), Wire()
        self._before = [False] * timer.kind.channels  # references, for edges of TRGO2
        self.wires: dict[int | str | None, Wire] = {
            None: self._all,
            "IRQ": self._all,
            "BreakInterrupt": self._break,
            "UpdateInterrupt": self._update,
            "TriggerInterrupt": self._trigger,
            "CommutationInterrupt": self._commutation,
            "CaptureCompareInterrupt": self._compare,
        }
        for index in range(own):
            self.wires[index] = self.wires[f"CH{index + 1}"] = self._pins[index]
            self.wires[f"CH{index + 1}N"] = self._complements[index]
        for index in range(own, 4):
            self.wires[index] = Wire()  # Renode has four everywhere
        self._beats_given = 0
        self.update_wanted = False  # by others than an interrupt
        self.pulses_at_updates = self._levels_of_trgo = False
        self.counted_matches = 0  # channels each of whose matches somebody wants, bit n for n
        self._edges_wanted = 0
        self._shown = self._were_shown = False  # some output is enabled
        self._ready = True

    _ready = False

    def _listeners_changed(self) -> None:
        if self._ready:
            self._timer.sync()
            self.configure()
            self._timer.settle()

    # who waits for what

    def configure(self) -> None:
        """Find out who waits for what, after a change of registers or listeners."""
        timer = self._timer
        dier, cr2 = timer.value("DIER"), timer.word("CR2")
        mms, mms2 = cr2 >> 4 & 7, cr2 >> 20 & 0xF
        if not self._trgo.sinks:
            mms = _MMS_RESET
        if not self._trgo2.sinks:
            mms2 = _MMS_RESET
        asked = [
            bool(dier >> 9 + index & 1 and self._requests[f"CH{index + 1}"].sinks)
            for index in range(len(self._pins))
        ]
        at_update = bool(cr2 & _CCDS)
        self.pulses_at_updates = _MMS_UPDATE in (mms, mms2)
        self._levels_of_trgo = mms in _LEVELS or mms2 in _LEVELS or mms2 in _MMS2_EDGES
        self.update_wanted = (
            bool(dier & _UDE and self._requests["UP"].sinks)
            or (at_update and any(asked))
            or self.pulses_at_updates
            or timer.word("BDTR") & _AOE_MOE == _AOE  # outputs come on by themselves
            # a counter that stops by itself is seen to have stopped
            or (timer.course.one_pulse and mms == _MMS_ENABLE)
        )
        counted = (
            0 if at_update else sum(1 << index for index, wanted in enumerate(asked) if wanted)
        )
        if _MMS_COMPARE in (mms, mms2):
            counted |= 1
        self.counted_matches = counted
        self._edges_wanted = self._find_edges(mms, mms2)
        self._shown = any(channel.enabled or channel.n_enabled for channel in timer.course.channels)

    def _find_edges(self, mms: int, mms2: int) -> int:
        wanted = 0
        for index, channel in enumerate(self._timer.course.channels[:4]):
            if channel.selection == 0 and (
                (channel.enabled and (self._pins[index].sinks or self._triggers[index].sinks))
                or (channel.n_enabled and self._complements[index].sinks)
            ):
                wanted |= 1 << index
        if mms >= _MMS_REFERENCES:
            wanted |= 1 << (mms - _MMS_REFERENCES)
        if mms2 in _MMS2_EDGES:
            for index, _ in _MMS2_EDGES[mms2]:
                wanted |= 1 << index
        elif mms2 >= _MMS_REFERENCES:
            wanted |= 1 << (mms2 - _MMS_REFERENCES)
        return wanted

    def awaits_update(self) -> bool:
        """Somebody wants to hear of the next update event."""
        timer = self._timer
        return self.update_wanted or bool(timer.value("DIER") & ~timer.value("SR") & 1)

    def awaited_matches(self) -> int:
        """Channels of whose matches somebody wants to hear, bit n for channel n."""
        timer = self._timer
        return self.counted_matches | (timer.value("DIER") & ~timer.value("SR")) >> 1 & 0xF

    def awaited_edges(self) -> int:
        """Channels whose reference somebody watches."""
        return self._edges_wanted

    def awaits_trgo_only(self) -> bool:
        """Nobody waits for anything but the pulses of TRGO at update events."""
        timer = self._timer
        dier, cr2 = timer.value("DIER"), timer.word("CR2")
        return (
            cr2 >> 4 & 7 == _MMS_UPDATE
            and bool(self._trgo.sinks)
            and not (cr2 >> 20 & 0xF == _MMS_UPDATE and self._trgo2.sinks)
            and not (dier & 1 and not timer.value("SR") & 1)
            and not dier & ~1 & 0x7FFF
            and not self.awaited_matches()
            and not self.awaited_edges()
        )

    def beat(self) -> None:
        """One pulse of TRGO, ahead of the update event that makes it."""
        self._beats_given += 1
        self._trgo.pulse()

    # levels

    def drive(self) -> None:
        """All levels as they are to be now."""
        self.drive_interrupts()
        if self._shown or self._were_shown:
            self._were_shown = self._shown
            self._drive_channels()
        if self._levels_of_trgo or self._trgo.level or self._trgo2.level:
            self._drive_trgo()

    def drive_interrupts(self) -> None:
        """The interrupts' levels as they are to be now."""
        timer = self._timer
        status, enabled = timer.value("SR"), timer.value("DIER")
        active = status & enabled
        if self._kind.advanced:
            self._update.set(bool(active & 1))
            self._compare.set(bool(active & 0x1E))
            self._commutation.set(bool(active & 0x20))
            self._trigger.set(bool(active & 0x40))
            broken = bool(enabled & 0x80 and status & 0x2180)
            self._break.set(broken)
            self._all.set(broken or bool(active & 0x7F))
        else:
            self._all.set(bool(active & 0xFF))

    def _drive_channels(self) -> None:
        timer = self._timer
        cr2 = timer.word("CR2")
        gate_open = not self._kind.break_gate or bool(timer.word("BDTR") & _MOE)
        for index, channel in enumerate(timer.course.channels[:4]):
            idle = bool(cr2 >> 8 + 2 * index & 1)
            level = channel.output(gate_open, idle)
            self._pins[index].set(level)
            self._triggers[index].set(level)
            if channel.n_enabled or self._complements[index].level:
                idle = bool(cr2 >> 9 + 2 * index & 1)
                self._complements[index].set(channel.complement(gate_open, idle))

    def _drive_trgo(self) -> None:
        cr2 = self._timer.word("CR2")
        self._drive_level(self._trgo, cr2 >> 4 & 7)
        if not self._kind.advanced or not self._kind.newer:
            return
        mms2 = cr2 >> 20 & 0xF
        before, now = self._before, [c.reference for c in self._timer.course.channels]
        self._before = now
        if mms2 not in _MMS2_EDGES:
            self._drive_level(self._trgo2, mms2)
            return
        for index, edge in _MMS2_EDGES[mms2]:
            if now[index] != before[index] and edge in (None, now[index]):
                self._trgo2.pulse()

    def _drive_level(self, wire: Wire, mode: int) -> None:
        if mode == _MMS_ENABLE:
            wire.set(self._timer.course.running)
        elif _MMS_REFERENCES <= mode < _MMS_REFERENCES + self._kind.channels:
            wire.set(self._timer.course.channels[mode - _MMS_REFERENCES].reference)
        else:
            wire.set(False)

    # pulses

    def happened(self, updates: int, matched: list[int]) -> None:
        """Update events and matches since the last time."""
        if not self.update_wanted and not self.counted_matches:
            return
        timer = self._timer
        dier, cr2 = timer.value("DIER"), timer.word("CR2")
        if updates:
            self.request_update(updates)
            self._pulse_trgo(_MMS_UPDATE, updates - self._beats_given)
        self._beats_given = 0
        if matched and matched[0]:
            self._pulse_trgo(_MMS_COMPARE, matched[0])
        if dier & 0x1E00:
            for index in range(len(self._pins)):
                count = updates if cr2 & _CCDS else matched[index]
                if count and dier >> 9 + index & 1:
                    self._pulse(f"CH{index + 1}", count)

    def request_update(self, count: int) -> None:
        """Ask for DMA at update events."""
        self.request(_UDE, "UP", count)

    def request(self, enable: int, name: str, count: int) -> None:
        """Ask for DMA if DIER enables it."""
        if self._timer.value("DIER") & enable:
            self._pulse(name, count)

    def captured(self, index: int) -> None:
        """A capture, or a match made by software."""
        if not self._timer.word("CR2") & _CCDS:
            self.request(0x200 << index, f"CH{index + 1}", 1)
        if index == 0:
            self._pulse_trgo(_MMS_COMPARE, 1)

    def restarted(self, *, update: bool) -> None:
        """The counter was reset by UG or the slave controller."""
        self._pulse_trgo(_MMS_RESET, 1)
        if update:
            self._pulse_trgo(_MMS_UPDATE, 1)

    def _pulse(self, name: str, count: int) -> None:
        wire = self._requests[name]
        if wire.sinks:
            for _ in range(min(count, _MOST_PULSES) * self._timer.burst_length):
                wire.pulse()

    def _pulse_trgo(self, mode: int, count: int) -> None:
        cr2 = self._timer.word("CR2")
        for wire, chosen in ((self._trgo, cr2 >> 4 & 7), (self._trgo2, cr2 >> 20 & 0xF)):
            if chosen == mode and wire.sinks:
                for _ in range(min(count, _MOST_PULSES)):
                    wire.pulse()
