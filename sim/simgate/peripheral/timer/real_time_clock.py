"""What the RTCs of all families share (RM0090 section 26, RM0385 29, RM0440 35, RM0433 46).

The calendar is computed from virtual time when somebody looks; calls are planned only for enabled
interrupts whose flag is down. It starts on 2000-01-01 00:00:00, a Saturday that silicon calls a
Monday. Registers are kept over resets of the system; only the backup domain's reset clears them.

The clock runs while RCC says so (signal ``RTCCLK``), at the frequency of LSE or LSI; writes need
PWR's DBP (signal ``PWR_DBP``) and the keys of WPR. Modelled to the depth of a shadow register's
behaviour: RSF, locking by reading, BYPSHAD. Smooth calibration, outputs, the reference clock and
tamper filters are kept and have no effect.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from simgate.peripheral.host import Handle, Host
from simgate.peripheral.register_block import RegisterBlock
from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.timer.calendar_alarm import Alarm
from simgate.peripheral.timer.calendar_time import CalendarTime, from_registers
from simgate.peripheral.timer.rtc_clock import RtcClock
from simgate.peripheral.wire import Sink, Wire

# CR, the same in all families (26.6.3, 35.6.7)
_BYPSHAD, _FMT, _ALRAE, _WUTE, _TSE = 1 << 5, 1 << 6, 1 << 8, 1 << 10, 1 << 11
_ALRAIE, _ALRBIE, _WUTIE, _TSIE = (1 << bit for bit in (12, 13, 14, 15))
_ADD1H, _SUB1H, _TSEDGE = 1 << 16, 1 << 17, 1 << 3
# flags, at their places in ISR (26.6.4) from bit 8 on
ALRAF, WUTF, TSF, TSOVF, TAMP1F = 1 << 0, 1 << 2, 1 << 3, 1 << 4, 1 << 5
# ISR and ICSR, the lower byte (26.6.4, 35.6.4)
_WUTWF, _INITS, _RSF, _INITF, _INIT = 1 << 2, 1 << 4, 1 << 5, 1 << 6, 1 << 7
_SYNCHRONISATION = 2  # cycles of RTCCLK until INITF, RSF, WUTWF and ALRxWF follow (26.3.5)
_KEYS = (0xCA, 0x53)
_CALENDAR = ("TR", "DR", "SSR")


class RealTimeClock(RegisterBlock):
    """Calendar, alarms and wake-up timer; the families add their maps.

    Attributes:
        frequency: of LSE in hertz, 32768.
        lsiFrequency: of LSI in hertz, 32000.
        wakeupTimerFrequency: Renode's name for the clock of its wake-up timer; has no effect here.
    """

    ATTRIBUTES = frozenset({"frequency", "lsiFrequency", "wakeupTimerFrequency"})
    STATUS: ClassVar[str]  # the register that holds INIT

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        lse, lsi = self.integer("frequency", 32_768), self.integer("lsiFrequency", 32_000)
        self._rtcclk, self._from_lsi = host.signal("RTCCLK"), host.signal("RTCCLK_LSI")
        self._writable_domain = host.signal("PWR_DBP")
        self.clock = RtcClock(host, lse, lsi)
        self._rtcclk.sinks.append(self._clock_changed)
        self._from_lsi.sinks.append(self._clock_changed)
        self._alarm, self._wakeup, self._stamp = Wire(), Wire(), Wire()
        self._wires = {
            "AlarmIRQ": self._alarm,
            "WakeupIRQ": self._wakeup,
            "TimestampIRQ": self._stamp,
        }
        self._free: frozenset[str] = frozenset()  # registers that are written without the keys
        self._planned: Handle | None = None
        self._planned_tick = 0
        self._forget()
        for register in _CALENDAR:
            self._on_read[self._offsets[register]] = self._reader(register)
        self._on_read[self._offsets[self.STATUS]] = self._read_status
        self._on_read[self._offsets["WPR"]] = lambda: 0
        for register in ("TR", "DR", "PRER"):
            self._hook(register, self.write_calendar)
        for register in ("ALRMAR", "ALRMASSR", "ALRMBR", "ALRMBSSR"):
            self._hook(register, self.write_alarm)
        self._hook("WUTR", self.write_wakeup)
        self._hook("CR", self.write_control)
        self._hook("SHIFTR", self.write_shift)

    def _hook(self, register: str, write: Callable[[int, int, int], None]) -> None:
        offset = self._offsets[register]
        self._on_write[offset] = lambda value, mask: write(offset, value, mask)

    def _forget(self) -> None:
        self._key = 0  # keys of WPR seen so far; 2: unlocked
        self._base = CalendarTime()
        self._base_cycle = self.clock.cycles()  # at which `_base` began
        self._flags = 0
        self._seen = 0  # sub-seconds since `_base` up to which alarms have been looked for
        self._initialising = False
        self._init_since = 0
        # cycle at which RSF is up; None: never, while initialising
        self._rsf_at: int | None = self._base_cycle + _SYNCHRONISATION
        self._free_at = [0, 0, 0]  # cycles from which ALRAR, ALRBR, WUTR can be written; -1: not
        self._next_wakeup, self._wakeup_period = 0, 1  # of what the wake-up timer counts
        self._locked: dict[str, int] = {}  # what shadow registers hold until DR is read
        self._ts_level = False

    def reset(self) -> None:
        """As after a reset of the backup domain, and power-on."""
        super().reset()
        self._forget()
        self._settle()

    def system_reset(self, cause: ResetCause) -> None:
        """The backup domain keeps everything but the shadow registers' state (26.3.7)."""
        self._locked.clear()
        self._key = 0
        self._rsf_at = self.clock.cycles() + _SYNCHRONISATION

    def input(self, line: int) -> Sink:
        """Input 0 is RTC_TS, the timestamp's pin."""
        if line != 0:
            raise KeyError(line)
        return self._change_stamp_pin

    def write(self, offset: int, width: int, value: int) -> None:
        """A store; without DBP or the keys it is lost."""
        if not self.may_write():
            return
        self.catch_up()
        name = self._names.get(offset & ~3)
        if name == "WPR":
            self._write_key(value & 0xFF)
        elif name is None or name in self._free or self._key == 2:
            super().write(offset, width, value)
        elif name == self.STATUS:
            self._clear_flags_only(offset, width, value)
        self._settle()

    def may_write(self) -> bool:
        """Whether PWR lets the backup domain be written; else the run's remarks say so."""
        if not self._writable_domain.level:
            self.host.remark(
                f"{self.name} was written while the backup domain is write-protected "
                "(DBP in PWR is 0): silicon loses such writes"
            )
        return self._writable_domain.level

    def _clear_flags_only(self, offset: int, width: int, value: int) -> None:
        """A write to the status register without the keys."""
        return

    # time

    @property
    def _synchronous(self) -> int:
        return self.value("PRER") & 0x7FFF

    @property
    def _divider(self) -> int:
        """Cycles of RTCCLK in one step of the sub-seconds."""
        return (self.value("PRER") >> 16 & 0x7F) + 1

    @property
    def _twelve(self) -> bool:
        return bool(self.value("CR") & _FMT)

    def _steps(self) -> int:
        """Steps of the sub-seconds since `_base`."""
        if self._initialising:
            return 0
        return (self.clock.cycles() - self._base_cycle) // self._divider

    def now(self) -> CalendarTime:
        """The calendar's second."""
        return self._base.later(self._steps() // (self._synchronous + 1))

    def _rebase(self, base: CalendarTime) -> None:
        """The calendar starts anew with `base`, sub-seconds at their beginning."""
        self._base, self._base_cycle, self._seen = base, self.clock.cycles(), 0
        self._restart_wakeups()

    def _set_time(self, base: CalendarTime) -> None:
        """Another second, the same sub-seconds."""
        whole = self._steps() // (self._synchronous + 1)
        self._base = base.later(-whole)

    def shift(self, steps: int) -> None:
        """Move the calendar ahead by steps of the sub-seconds."""
        self._base_cycle -= steps * self._divider

    def _clock_changed(self, _level: bool) -> None:
        self.catch_up()
        self.clock.set(self._rtcclk.level, self._from_lsi.level)
        self._settle()

    # what comes with time

    def catch_up(self) -> None:
        """Set the flags of what has happened up to now."""
        control, steps = self.value("CR"), self._steps()
        if steps > self._seen:
            for index in (0, 1):
                if control & _ALRAE << index and not self._flags & ALRAF << index:
                    due = self._next_alarm(index)
                    if due is not None and due <= steps:
                        self._flags |= ALRAF << index
            self._seen = steps
        passed = self._wakeup_clock() - self._next_wakeup
        if control & _WUTE and passed >= 0:
            self._flags |= WUTF
            self._next_wakeup += (passed // self._wakeup_period + 1) * self._wakeup_period

    def _next_alarm(self, index: int) -> int | None:
        """Steps since `_base` at which alarm A (0) or B goes off next, after those seen."""
        letter = "AB"[index]
        alarm = Alarm(self.value(f"ALRM{letter}R"), self.value(f"ALRM{letter}SSR"), self._twelve)
        a_second = self._synchronous + 1
        offsets = alarm.offsets(self._synchronous)
        second, within = divmod(self._seen, a_second)
        if not any(offset > within for offset in offsets):
            second += 1
            within = -1
        found = alarm.next_second(self._base, second)
        if found is None or not offsets:
            return None
        if found > second:
            within = -1
        return found * a_second + min(offset for offset in offsets if offset > within)

    def _wakeup_clock(self) -> int:
        """Steps of what the wake-up timer counts: RTCCLK, or seconds."""
        if self.value("CR") & 4:
            return self._steps() // (self._synchronous + 1)
        return self.clock.cycles()

    def _restart_wakeups(self) -> None:
        """The wake-up timer begins (26.3.4): its first period ends one more count later."""
        control, count = self.value("CR"), self.value("WUTR") & 0xFFFF
        if control & 4:
            self._wakeup_period = count + 1 + (0x10000 if control & 2 else 0)
        else:
            self._wakeup_period = (count + 1) << (4 - (control & 3))
        self._next_wakeup = self._wakeup_clock() + self._wakeup_period

    def _due(self) -> None:
        self._planned = None
        self.catch_up()
        self._settle()

    def _settle(self) -> None:
        """Drive the wires, and plan for what is waited for."""
        control, flags = self.value("CR"), self._flags
        alarms = flags & 3 & control >> 12
        self._alarm.set(bool(alarms))
        self._wakeup.set(bool(flags & WUTF and control & _WUTIE))
        self._stamp.set(self._tamper_request() or bool(flags & TSF and control & _TSIE))
        tick = self._find_tick(control, flags) if self.clock.running else 0
        if self._planned is not None:
            if tick == self._planned_tick:
                return
            self.host.cancel(self._planned)
            self._planned = None
        if tick:
            self._planned_tick = tick
            self._planned = self.host.at_tick(tick, self._due)

    def _tamper_request(self) -> bool:
        return False

    def _find_tick(self, control: int, flags: int) -> int:
        """The tick of the next event that somebody waits for; 0: there is none."""
        cycles: list[int] = []
        if not self._initialising:
            for index in (0, 1):
                if control >> index & _ALRAE and control >> index & _ALRAIE:
                    steps = None if flags & ALRAF << index else self._next_alarm(index)
                    if steps is not None:
                        cycles.append(self._base_cycle + steps * self._divider)
        if control & _WUTE and control & _WUTIE and not flags & WUTF:
            if control & 4:
                steps = self._next_wakeup * (self._synchronous + 1)
                if not self._initialising:
                    cycles.append(self._base_cycle + steps * self._divider)
            else:
                cycles.append(self._next_wakeup)
        return self.clock.tick_of(min(cycles)) if cycles else 0

    # registers that all families have

    def _reader(self, register: str) -> Callable[[], int]:
        return lambda: self._read_calendar(register)

    def live(self, register: str) -> int:
        """What TR, DR or SSR show without their shadows."""
        if self._initialising:
            return self._synchronous if register == "SSR" else self.value(register)
        if register == "SSR":
            return self._synchronous - self._steps() % (self._synchronous + 1)
        now = self.now()
        return now.time_register(self._twelve) if register == "TR" else now.date_register()

    def _read_calendar(self, register: str) -> int:
        if self.value("CR") & _BYPSHAD:
            return self.live(register)
        value = self._locked.get(register)
        if value is None:
            value = self.live(register)
        if register == "DR":
            self._locked.clear()
        elif not self._locked:
            # reading SSR or TR locks the registers above it, until DR is read (26.3.6)
            higher = ("TR", "DR") if register == "SSR" else ("DR",)
            self._locked = {name: self.live(name) for name in higher}
        return value

    @abstractmethod
    def _read_status(self) -> int: ...

    def lower_status(self) -> int:
        """The status bits below the flags, the same in ISR and ICSR."""
        cycles = self.clock.cycles()
        value = 0
        for bit, free_at in enumerate(self._free_at):
            if free_at >= 0 and (cycles >= free_at or (bit < 2 and self._initialising)):
                value |= 1 << bit
        if self.now().date[0]:
            value |= _INITS
        if self._rsf_at is not None and cycles >= self._rsf_at and not self._initialising:
            value |= _RSF
        if self._initialising:
            value |= _INIT | (_INITF if cycles >= self._init_since + _SYNCHRONISATION else 0)
        return value

    def write_lower_status(self, value: int, mask: int) -> None:
        """RSF is cleared by 0; INIT starts and ends the initialisation (26.3.5)."""
        if mask & _RSF and not value & _RSF:
            self._rsf_at = self.clock.cycles() + _SYNCHRONISATION
            self._locked.clear()
        if mask & _INIT and bool(value & _INIT) != self._initialising:
            if value & _INIT:
                now = self.now()
                self._values[self._offsets["TR"]] = now.time_register(self._twelve)
                self._values[self._offsets["DR"]] = now.date_register()
                self._base = now
                self._init_since = self.clock.cycles()
                self._initialising = True
                self._locked.clear()
            else:
                self._initialising = False
                self._rebase(from_registers(self.value("TR"), self.value("DR"), self._twelve))
                self._rsf_at = self.clock.cycles() + _SYNCHRONISATION

    def write_calendar(self, offset: int, value: int, mask: int) -> None:
        """TR, DR and PRER can be written while initialising."""
        if self._initialising:
            self.store(offset, value, mask)
            if self._names[offset] != "PRER":
                self._base = from_registers(self.value("TR"), self.value("DR"), self._twelve)

    def write_control(self, offset: int, value: int, mask: int) -> None:
        """CR."""
        before = self._values[offset]
        if before & _WUTE:
            mask &= ~7  # WUCKSEL only while the wake-up timer is off
        after = self.store(offset, value, mask) & ~(_ADD1H | _SUB1H)
        self._values[offset] = after
        hours = bool(value & mask & _ADD1H) - bool(value & mask & _SUB1H)
        if hours:
            self._set_time(self.now().later(3600 * hours))
        free = self.clock.cycles() + _SYNCHRONISATION
        for index, enable in enumerate((_ALRAE, _ALRAE << 1, _WUTE)):
            if (before ^ after) & enable:
                self._free_at[index] = -1 if after & enable else free
        if after & _WUTE and not before & _WUTE:
            self._restart_wakeups()

    def write_alarm(self, offset: int, value: int, mask: int) -> None:
        """ALRMAR, ALRMBR and their sub-seconds: while the alarm is off, or initialising."""
        index = 0 if self._names[offset].startswith("ALRMA") else 1
        if self.lower_status() >> index & 1:
            self.store(offset, value, mask)

    def write_wakeup(self, offset: int, value: int, mask: int) -> None:
        """WUTR: while the wake-up timer is off."""
        if self.lower_status() & _WUTWF:
            self.store(offset, value, mask)

    def write_shift(self, _offset: int, value: int, mask: int) -> None:
        """SHIFTR: a second ahead, and part of one back (26.6.13)."""
        ahead = self._synchronous + 1 if value & 1 << 31 else 0
        self.shift(ahead - (value & 0x7FFF))

    def _write_key(self, key: int) -> None:
        first, second = _KEYS
        if key == first:
            self._key = 1  # also where it is open: both keys once more leave it open
        else:
            self._key = 2 if self._key == 1 and key == second else 0

    def clear_flags(self, kept: int) -> None:
        """Keep only those flags."""
        self._flags &= kept

    # timestamps (26.3.13)

    def _change_stamp_pin(self, level: bool) -> None:
        before, self._ts_level = self._ts_level, level
        control = self.value("CR")
        if level == before or not control & _TSE or level == bool(control & _TSEDGE):
            return
        self.catch_up()
        if self._flags & TSF:
            self._flags |= TSOVF
        else:
            self._flags |= TSF
            now = self.now()
            self._values[self._offsets["TSTR"]] = now.time_register(self._twelve)
            self._values[self._offsets["TSDR"]] = now.date_register() & 0xFFFF
            self._values[self._offsets["TSSSR"]] = self.live("SSR")
        self._settle()
