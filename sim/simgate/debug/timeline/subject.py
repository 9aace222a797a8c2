"""A machine as the timeline moves it: forward, exactly, in pieces that cost little host time."""

from __future__ import annotations

import time

from simgate.core import StopKind
from simgate.debug.timeline.place import (
    Access,
    Edit,
    Limit,
    Outcome,
    Points,
    Position,
    Reason,
    Sighting,
    TimelineError,
)
from simgate.engine.strict.debug_port import FOR_EVER
from simgate.engine.strict.engine import StrictEngine
from simgate.errors import EngineError
from simgate.machine import Machine
from simgate.result import Fault

_PIECE_S = 0.02  # host seconds that one call should take, so that others get their turn
_FIRST_TICKS = 1_000_000
_LEAST_TICKS = 10_000
_MOST_TICKS = 1 << 34  # asleep, they pass quickly
_BASIC_FRAME, _EXTENDED_FRAME = 0x20, 0x68  # bytes (DDI 0403, B1.5.6)
_NOWHERE = Points()


class Subject:
    """One machine. What it does depends on where it is told to go, never on the host's clock.

    Raises:
        TimelineError: the machine's engine cannot be moved so.
    """

    def __init__(self, machine: Machine) -> None:
        engine = machine.engine
        if not isinstance(engine, StrictEngine):
            raise TimelineError(
                f"the engine '{engine.name}' cannot be moved to an instruction",
                hint="Choose the engine 'strict'.",
            )
        self._machine = machine  # it holds what is planned
        self._port = engine.debug_port()
        self._core = self._port.core
        self._core.stop_on_fault = True
        self._points = _NOWHERE
        self._faults = 0
        self._reported: Position | None = None  # where the core last told of a stop point
        self._watched_at: Position | None = None  # where the last watched access was told of
        self._ticks = _FIRST_TICKS

    def where(self) -> Position:
        """The moment that the machine is at."""
        core = self._core
        return Position(
            core.ticks, core.exceptions + self._port.restarts + self._faults, core.instructions
        )

    # ---- moving ----

    def advance(self, limit: Limit, points: Points, origin: Position | None = None) -> Outcome:
        """Go on to the limit or to one of the points; UNDER_WAY means: call again.

        Args:
            limit: how far.
            points: where to stop.
            origin: where the whole movement began; a breakpoint right there is no stop.
        """
        self._install(points)
        core = self._core
        core.stop_on_entry = limit.single
        began, start, first = time.perf_counter(), core.ticks, self.where()
        end = start + self._ticks
        if limit.ticks is not None:
            end = min(end, limit.ticks)
        try:
            while core.ticks < end:
                here = self.where()
                if limit.is_reached(first, here):
                    return Outcome(Reason.ARRIVED, here)
                outcome = self._run_once(end, limit, points, origin)
                if outcome is not None:
                    return outcome
                if time.perf_counter() - began > 2 * _PIECE_S:
                    break
        finally:
            core.stop_on_entry = False
            self._pace(core.ticks - start, time.perf_counter() - began)
        here = self.where()
        there = limit.is_reached(first, here)
        return Outcome(Reason.ARRIVED if there else Reason.UNDER_WAY, here)

    def travel(self, target: Position) -> Outcome:
        """Go on to that very moment; UNDER_WAY means: call again.

        Raises:
            TimelineError: the run does not come by there.
        """
        while (here := self.where()) < target:
            ahead = here.ticks < target.ticks
            limit = Limit(ticks=target.ticks) if ahead else Limit(single=True)
            outcome = self.advance(limit, _NOWHERE)
            if outcome.reason is Reason.UNDER_WAY:
                return outcome
        if here != target or here.instructions != target.instructions:
            raise TimelineError(
                f"the run came to {here} and never to {target}: it is not deterministic",
                hint="What the machine is made with must give the same inputs each time.",
            )
        return Outcome(Reason.ARRIVED, here)

    def scan(self, end: Position, points: Points, first: bool) -> tuple[bool, Outcome | None]:
        """Go on to `end` past all points: whether it is reached, and the last stop before it.

        A breakpoint counts where it lies before `end`, an access where it is done by then.
        """
        found: Outcome | None = None
        if first and self._reported == self.where() and self._core.pc in points.breakpoints:
            found = Outcome(Reason.BREAKPOINT, self.where())
        while (here := self.where()) < end:
            single = here.ticks >= end.ticks
            limit = Limit(single=True) if single else Limit(ticks=end.ticks)
            outcome = self.advance(limit, points)
            there = outcome.position
            if outcome.reason is Reason.UNDER_WAY:
                return False, found
            at_point = there < end and self._core.pc in points.breakpoints
            if outcome.reason is Reason.ARRIVED:
                at_point &= single  # entered the handler just there
            elif outcome.reason is Reason.FAULT:
                at_point &= self._port.at_stop_point
            if at_point and outcome.reason in (Reason.ARRIVED, Reason.FAULT):
                found = Outcome(Reason.BREAKPOINT, there)
            elif (outcome.reason is Reason.BREAKPOINT and there < end) or (
                outcome.reason is Reason.WATCHPOINT and there <= end
            ):
                found = outcome
        return True, found

    def _run_once(
        self, until: int, limit: Limit, points: Points, origin: Position | None
    ) -> Outcome | None:
        core = self._core
        count = FOR_EVER if limit.instructions is None else limit.instructions
        if limit.single:
            count = min(count, core.instructions + 1)
        kind = self._port.run(until, 2 * _PIECE_S, count)
        if kind is StopKind.STOP_POINT:
            here = self._reported = self.where()
            if here != origin and core.pc in points.breakpoints:
                return Outcome(Reason.BREAKPOINT, here)
        elif kind is StopKind.WATCHPOINT or kind is StopKind.ENTRY:
            return self._watched(points)
        elif kind is StopKind.FAULT:
            self._faults += 1
            return Outcome(Reason.FAULT, self.where())
        elif kind is StopKind.SLEEPING and core.next_tick is None and limit.ticks is None:
            return Outcome(Reason.ASLEEP, self.where())
        return None

    def _watched(self, points: Points) -> Outcome | None:
        """What the core has seen, once: after entering an exception it tells of it again."""
        hit, here = self._core.watch_hit, self.where()
        if hit is None or here == self._watched_at:
            return None
        pc, address, width, is_store = hit
        for watch in sorted(points.watches, key=lambda one: (one.address, one.size)):
            if watch.sees(address, width, is_store):
                self._watched_at = here
                stacking = is_store and self._was_stacked(address)
                count = here.instructions - (0 if stacking else 1)
                during = "stacking" if stacking else "instruction"
                access = Sighting(pc, count, address, width, during)
                return Outcome(Reason.WATCHPOINT, here, watch, access)
        return None

    def _was_stacked(self, address: int) -> bool:
        """Whether an exception was entered just now, and its frame lies there."""
        core = self._core
        if not core.ipsr:
            return False
        vector = self.peek(core.fault_status["vtor"] + 4 * core.ipsr, 4)
        if vector is None or int.from_bytes(vector, "little") & ~1 != core.pc:
            return False
        lr = core.read_register("lr")
        frame = core.read_register("psp" if lr & 4 else "msp")
        return frame <= address < frame + (_BASIC_FRAME if lr & 16 else _EXTENDED_FRAME)

    def _pace(self, ticks: int, seconds: float) -> None:
        if seconds > 2 * _PIECE_S:
            self._ticks = max(self._ticks // 2, _LEAST_TICKS)
        elif ticks >= self._ticks and seconds < _PIECE_S / 2:
            self._ticks = min(self._ticks * 2, _MOST_TICKS)

    def _install(self, points: Points) -> None:
        old, self._points = self._points, points
        if old == points:
            return
        for address in old.breakpoints - points.breakpoints:
            self._port.remove_breakpoint(address)
        for address in points.breakpoints - old.breakpoints:
            self._port.add_breakpoint(address)
        before, after = _places(old), _places(points)
        for place in before.keys() - after.keys():
            self._core.unwatch(*place)
        for place, (reads, writes) in after.items():
            if before.get(place) != (reads, writes):
                if place in before:
                    self._core.unwatch(*place)
                self._core.watch(*place, reads, writes)

    # ---- looking and changing ----

    def fault(self) -> Fault | None:
        """The fault at which the last movement ended, in words."""
        return self._port.fault()

    def registers(self) -> dict[str, int]:
        """All registers by name."""
        return self._core.registers()

    def peek(self, address: int, size: int) -> bytes | None:
        """Bytes of memories, without side effects; None where one of them is not memory."""
        try:
            return self._core.read(address, size)
        except ValueError:
            return None

    def load(self, address: int, size: int) -> bytes:
        """Bytes as the processor loads them, which a device may notice; as many as answer."""
        found = bytearray()
        self._install(_NOWHERE)
        while size > 0:
            memory = self.peek(address, 1)
            width = 1 if memory is not None else _width(address, size)
            if memory is None:
                try:
                    memory = self._core.load(address, width).to_bytes(width, "little")
                except (ValueError, EngineError):
                    break
            found += memory
            address, size = address + width, size - width
        return bytes(found)

    def apply(self, edit: Edit) -> None:
        """Make a change.

        Raises:
            EngineError: there is no such register, or nothing at that address takes the bytes.
        """
        self._install(_NOWHERE)
        core, address, data = self._core, edit.address, edit.data
        try:
            if edit.register:
                core.write_register(edit.register, edit.value)
            elif self.peek(address, len(data)) is not None:
                core.write(address, data)
            else:
                while data:
                    width = _width(address, len(data))
                    core.store(address, width, int.from_bytes(data[:width], "little"))
                    address, data = address + width, data[width:]
        except KeyError as error:
            raise EngineError(f"there is no register '{edit.register}'") from error
        except ValueError as error:
            raise EngineError(str(error)) from error

    def whereabouts(self) -> str:
        """For people: where the program is."""
        return self._machine.whereabouts()


def _places(points: Points) -> dict[tuple[int, int], tuple[bool, bool]]:
    """What to watch for, reads and writes, by address and size."""
    found: dict[tuple[int, int], tuple[bool, bool]] = {}
    for watch in points.watches:
        place = watch.address, watch.size
        reads, writes = found.get(place, (False, False))
        reads |= watch.access is not Access.WRITE
        writes |= watch.access is not Access.READ
        found[place] = reads, writes
    return found


def _width(address: int, size: int) -> int:
    """The widest access that is aligned and asked for, in bytes."""
    return next(width for width in (4, 2, 1) if address % width == 0 and size >= width)
