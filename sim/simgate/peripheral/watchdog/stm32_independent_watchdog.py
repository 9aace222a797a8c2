"""Independent watchdog (RM0090, section 21; with a window as RM0440 has it).

A 12-bit counter goes down with LSI / 4 to LSI / 256 and resets the chip one period after 0, so that
RLR = n lasts n + 1 periods (21.3). The key 0xAAAA loads it; once started it ends with a reset
only. While it runs, PR, RLR and WINR are taken over five periods of LSI after the write, and until
then SR shows that (21.4.4). LSI is taken to run at all times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause

KR, PR, RLR, SR, WINR = 0x00, 0x04, 0x08, 0x0C, 0x10

FEED, START, UNLOCK = 0xAAAA, 0xCCCC, 0x5555  # KR, 21.4.1
_FULL = 0xFFF
_UPDATE_PERIODS = 5  # of LSI
_BUSY = {PR: 1 << 0, RLR: 1 << 1, WINR: 1 << 2}  # SR: PVU, RVU, WVU


@peripheral("Timers.STM32_IndependentWatchdog")
class Stm32IndependentWatchdog(RegisterBlock):
    """Bites through `Host.reset`. The attributes are those of Renode's model.

    ``frequency`` is LSI's in hertz, ``windowOption`` says whether there is a WINR register, and
    ``defaultPrescaler`` is what PR holds after a reset.
    """

    ATTRIBUTES = frozenset({"frequency", "windowOption", "defaultPrescaler"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        window = attributes.get("windowOption", True)
        if not isinstance(window, bool):
            raise EngineError(f"{name}: 'windowOption' must be true or false, not {window!r}")
        self._has_window = window
        super().__init__(name, attributes, host)
        frequency_hz = self.integer("frequency", 32_000)
        if frequency_hz <= 0:
            raise EngineError(f"{name}: 'frequency' must be above 0 Hz")
        self._lsi_s = 1.0 / frequency_hz
        self._alarms: set[float] = set()  # when the host will call
        self._forget()
        self._on_read = {KR: lambda: 0, SR: self._read_sr}
        self._on_write = {KR: self._write_kr, SR: lambda _value, _mask: None}
        for offset in (PR, RLR, WINR) if window else (PR, RLR):
            self._on_write[offset] = partial(self._write_protected, offset)

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 21.4."""
        table = (
            Register(KR, "KR"),
            Register(PR, "PR", self.integer("defaultPrescaler", 0) & 7, 7),
            Register(RLR, "RLR", _FULL, _FULL),
            Register(SR, "SR", 0, 0),
        )
        return (*table, Register(WINR, "WINR", _FULL, _FULL)) if self._has_window else table

    def reset(self) -> None:
        """Stopped and locked."""
        super().reset()
        self._forget()

    def remarks(self) -> tuple[str, ...]:
        """How long it will wait, where it runs."""
        if self._bites_s is None:
            return ()
        left_ms = (self._bites_s - self.host.time_s()) * 1e3
        return (f"The watchdog '{self.name}' will bite in {left_ms:.3f} ms unless it is fed",)

    def _forget(self) -> None:
        self._unlocked = False
        self._in_force = dict(self._values)  # what the counter works with
        self._busy_until_s: dict[int, float] = {}
        self._count = _FULL  # while it stands still
        self._bites_s: float | None = None  # None: not started
        self._fed_s: float | None = None

    # ---- registers ----

    def _write_kr(self, value: int, mask: int) -> None:
        key = value & mask & 0xFFFF
        self._unlocked = key == UNLOCK
        if key == START and self._bites_s is None:
            self._run(self._count)
        elif key == FEED:
            self._feed()

    def _feed(self) -> None:
        now_s = self.host.time_s()
        if self._bites_s is None:
            self._count = self._in_force[RLR]
            return
        left = (self._bites_s - now_s) / self._period_s() - 1
        if self._has_window and left > self._in_force[WINR]:
            self._bite("was fed too early")
            return
        self._fed_s = now_s
        self._run(self._in_force[RLR])

    def _write_protected(self, offset: int, value: int, mask: int) -> None:
        if not self._unlocked or self._read_sr() & _BUSY[offset]:
            return  # 21.3.2; while an update is under way the write is lost
        stored = self.store(offset, value, mask)
        if self._bites_s is None:
            self._in_force[offset] = stored
            return
        delay_s = _UPDATE_PERIODS * self._lsi_s
        self._busy_until_s[offset] = self.host.time_s() + delay_s
        self.host.after(delay_s, self._if_same_life(partial(self._take_over, offset, stored)))

    def _take_over(self, offset: int, value: int) -> None:
        before_s = self._period_s()
        self._in_force[offset] = value
        if offset == PR and self._bites_s is not None:
            now_s = self.host.time_s()
            left = (self._bites_s - now_s) / before_s
            self._bites_at(now_s + left * self._period_s())
        elif offset == WINR:
            self._run(self._in_force[RLR])  # RM0440: writing WINR loads the counter

    def _read_sr(self) -> int:
        now_s = self.host.time_s()
        return sum(_BUSY[offset] for offset, end_s in self._busy_until_s.items() if now_s < end_s)

    # ---- the counter ----

    def _period_s(self) -> float:
        return self._lsi_s * min(4 << self._in_force[PR], 256)

    def _run(self, count: int) -> None:
        self._bites_at(self.host.time_s() + (count + 1) * self._period_s())

    def _bites_at(self, time_s: float) -> None:
        """Have the host call by then; a call that comes too early calls again.

        So a firmware that feeds without pause leaves one planned call, not millions.
        """
        self._bites_s = time_s
        if not any(alarm_s <= time_s for alarm_s in self._alarms):
            self._set_alarm(time_s)

    def _set_alarm(self, time_s: float) -> None:
        self._alarms.add(time_s)
        self.host.after(time_s - self.host.time_s(), partial(self._alarm, time_s))

    def _alarm(self, time_s: float) -> None:
        self._alarms.discard(time_s)
        if self._bites_s is None:
            return
        left_s = self._bites_s - self.host.time_s()
        if left_s < self._lsi_s / 2:  # less is what rounding to the core's ticks makes of 0
            self._bite("was not fed in time")
        elif not any(alarm_s <= self._bites_s for alarm_s in self._alarms):
            self._set_alarm(self._bites_s)

    def _bite(self, why: str) -> None:
        now_s = self.host.time_s()
        since = "has never been fed"
        if self._fed_s is not None:
            since = f"was last fed {(now_s - self._fed_s) * 1e3:.3f} ms ago"
        self._bites_s = None
        self.host.reset(
            ResetCause.INDEPENDENT_WATCHDOG,
            f"the independent watchdog '{self.name}' {why}: it {since}",
        )

    def _if_same_life(self, action: Callable[[], None]) -> Callable[[], None]:
        """Only while no reset has come between."""
        life = self._in_force

        def act() -> None:
            if self._in_force is life:
                action()

        return act
