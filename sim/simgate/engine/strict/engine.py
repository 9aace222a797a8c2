"""The strict engine: the contract of `simgate.engine.base` over our own core."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from simgate import __version__
from simgate.core import Clocks, Core, Stop, StopKind
from simgate.engine.base import Engine, EngineOptions, Halt, UartPort
from simgate.engine.registry import engine
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.clock import Clock
from simgate.engine.strict.explain import Scene, explain, explain_breakpoint
from simgate.engine.strict.layer_recorder import LayerRecorder
from simgate.engine.strict.loader import check_layers, initial_vector_table, load
from simgate.engine.strict.sampler import Sampler
from simgate.engine.strict.span_recorder import SpanRecorder
from simgate.engine.strict.stop_points import StopPoints
from simgate.engine.strict.uart_log import UartLog
from simgate.errors import EngineError
from simgate.image import Image
from simgate.peripheral.base import Peripheral, PeripheralError
from simgate.peripheral.stm32_uart import Stm32Uart
from simgate.platform import PlatformDescription
from simgate.platform.facts import memories, system
from simgate.result import Fault, RunResult, StackUse, StopReason, UartLine
from simgate.units import format_count

_SLICE_TICKS = 2_000_000  # between looks at the host's clock
_LAST_S = 1e-3  # before a deadline, this much is run in _SAMPLES pieces, to say where it hangs
_SAMPLES = 32
_STACK_LIMIT_SYMBOL = "__stack_limit"
_UNDER_WAY = frozenset({StopKind.DEADLINE, StopKind.SLEEPING, StopKind.WALL})


@engine("strict")
class StrictEngine(Engine):
    """One chip, built when the image is loaded.

    Args:
        description: the platform.
        options: what to measure, and limits.

    Raises:
        PlatformError: the description names what this engine does not model.
    """

    name = "strict"
    version = __version__

    def __init__(self, description: PlatformDescription, options: EngineOptions) -> None:
        self._description = description
        self._options = options
        self._facts = system(description)
        self._started_s = time.perf_counter()
        self._host_s = 0.0
        self._halt: Halt | None = None
        self._fault: Fault | None = None
        self._resets = 0
        self._not_checked: list[str] = []

    # ---- building ----

    def load(self, image: Image) -> None:
        """Build the chip, fill its memories, reset it."""
        facts = self._facts
        tick_hz = round(facts.mips * 1e6)
        self._image = image
        self._core = core = Core(
            facts.cpu_type,
            Clocks(tick_hz, facts.systick_hz, facts.dwt_hz or tick_hz),
            priority_mask=facts.priority_mask,
            initial_vtor=initial_vector_table(image, memories(self._description)),
        )
        self._clock = Clock(core, tick_hz)
        self._chip = Chip(self._description, core, self._clock)
        load(image, self._chip)
        self._sampler = Sampler()
        self._points = StopPoints(core)
        functions = [(name, image.symbol(name).address) for name in self._options.spans]
        self._spans = SpanRecorder(core, self._points, functions)
        rows = image.layers() if self._options.capture_layers else ()
        check_layers(image, rows, self._chip)
        self._layers = LayerRecorder(core, self._points, rows)
        self._uarts = {
            name: model
            for name, model in self._chip.peripherals.items()
            if isinstance(model, Stm32Uart)
        }
        self._logs: list[UartLog] = []
        for name, uart in self._uarts.items():
            log = UartLog(name, self._clock.time_s)
            uart.listeners.append(log.hear)
            self._logs.append(log)
        self._chip.reset()
        core.reset()
        self._limit_stack()

    def _limit_stack(self) -> None:
        limit = self._options.stack_limit
        if limit is None and self._image.has_symbol(_STACK_LIMIT_SYMBOL):
            limit = self._image.symbol(_STACK_LIMIT_SYMBOL).address
        self._stack_limit = limit
        self._stack_top = self._lowest_sp = self._core.read_register("sp")
        if limit is None:
            self._not_checked.append(
                f"the main stack's limit (the image has no symbol {_STACK_LIMIT_SYMBOL})"
            )
        elif limit >= self._stack_top:
            raise EngineError(
                f"{self._image.path}: the stack's limit 0x{limit:08x} is not below the initial "
                f"SP 0x{self._stack_top:08x}"
            )
        else:
            self._core.set_stack_limit(limit)

    # ---- running ----

    def run_for(self, seconds: float, *, wall_limit_s: float | None = None) -> Halt:
        """As `Engine.run_for`; a deadline is met to the instruction."""
        if self._fault is not None and self._halt is not None:
            return self._halt
        began = time.perf_counter()
        limit_s = self._options.wall_limit_s if wall_limit_s is None else wall_limit_s
        self._sampler.clear()
        try:
            reason = self._run(self._core.ticks + self._clock.ticks_of(seconds), began + limit_s)
        finally:
            self._host_s += time.perf_counter() - began
        message = ""
        if self._fault is not None:
            message = self._fault.message
        elif reason is StopReason.WALL:
            message = (
                f"the run took more than {limit_s:g} s of the host's time.\n{self.whereabouts()}"
            )
        self._halt = Halt(reason, self.instructions, self.time_s, self._fault, message)
        return self._halt

    def _run(self, deadline: int, wall_end_s: float) -> StopReason:
        core, clock = self._core, time.perf_counter
        fine = max(self._clock.ticks_of(_LAST_S) // _SAMPLES, 1)
        while True:
            now = core.ticks
            if now >= deadline:
                return StopReason.TIME
            left = deadline - now
            coarse = left - fine * _SAMPLES
            if coarse <= 0:
                piece = min(fine, left)
            elif core.sleeping:
                piece = coarse  # costs the host nothing
            else:
                piece = min(coarse, _SLICE_TICKS)
            try:
                stop = core.run(now + piece, max(wall_end_s - clock(), 1e-3))
            except PeripheralError as refusal:
                self._fault = self._refused(refusal)
                return StopReason.FAULT
            kind = stop.kind
            if kind is StopKind.STOP_POINT:
                self._points.reached(stop.pc)
            elif kind in _UNDER_WAY:
                self._sampler.note(stop.pc, core.sleeping)
            elif kind is StopKind.REQUESTED:
                return StopReason.DONE
            elif kind is StopKind.RESET:
                self._reset()
            else:
                self._fault = self._explain(stop)
                return StopReason.FAULT
            if clock() >= wall_end_s:
                return StopReason.WALL

    def _reset(self) -> None:
        """The firmware wrote AIRCR.SYSRESETREQ."""
        self._resets += 1
        self._lowest_sp = self._find_lowest_sp()
        self._chip.reset()
        self._core.reset()

    def _explain(self, stop: Stop) -> Fault:
        if stop.fault is not None:
            return explain(stop.fault, self._scene())
        encoding = int.from_bytes(self._core.read(stop.pc, 2), "little")
        return explain_breakpoint(stop.pc, encoding, self._scene())

    def _refused(self, refusal: PeripheralError) -> Fault:
        record = self._core.fault
        if record is None:  # not by an access of the firmware: a defect of a model
            raise refusal
        return explain(record, self._scene(refusal.message))

    def _scene(self, refusal: str = "") -> Scene:
        lr = self._core.read_register("lr")
        return Scene(self._image, self._chip, lr, self.instructions, self._stack(), refusal)

    def request_stop(self) -> None:
        """As `Engine.request_stop`."""
        self._core.request_stop()

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        """As `Engine.after`, to the tick."""
        self._clock.after(seconds, callback)

    @property
    def instructions(self) -> int:
        """Executed since reset."""
        return self._core.instructions

    @property
    def time_s(self) -> float:
        """Virtual seconds since reset."""
        return self._clock.time_s()

    # ---- looking ----

    @property
    def uarts(self) -> Mapping[str, UartPort]:
        """The UARTs by name."""
        return self._uarts

    def peripheral(self, name: str) -> Peripheral:
        """The model of that name."""
        model = self._chip.peripherals.get(name.removeprefix("sysbus."))
        if model is None:
            raise EngineError(
                f"the board has no peripheral '{name}'",
                hint=f"It has: {', '.join(sorted(self._chip.peripherals))}",
            )
        return model

    def read_memory(self, address: int, size: int) -> bytes:
        """As `Engine.read_memory`."""
        try:
            return self._core.read(address, size)
        except ValueError as error:
            raise EngineError(f"cannot read {size} bytes at 0x{address:08x}: {error}") from error

    def write_memory(self, address: int, data: bytes) -> None:
        """As `Engine.write_memory`."""
        try:
            self._core.write(address, data)
        except ValueError as error:
            raise EngineError(
                f"cannot write {len(data)} bytes at 0x{address:08x}: {error}"
            ) from error

    def registers(self) -> dict[str, int]:
        """The core's registers."""
        return self._core.registers()

    def whereabouts(self) -> str:
        """As `Engine.whereabouts`, with what the peripherals have to remark."""
        core = self._core
        asleep = ", asleep (WFI)" if core.sleeping else ""
        lines = [
            f"At {self.time_s:.6f} s ({format_count(self.instructions)} instructions) the firmware "
            f"is at {self._image.where(core.pc)}{asleep}."
        ]
        lines.append(self._sampler.describe(self._image))
        if self._resets:
            lines.append(f"It has reset itself {self._resets} times.")
        for model in self._chip.peripherals.values():
            lines.extend(f"{remark}." for remark in model.remarks())
        return "\n".join(line for line in lines if line)

    def _stack(self) -> StackUse | None:
        if self._stack_limit is None:
            return None
        return StackUse(self._stack_limit, self._stack_top, self._find_lowest_sp())

    def _find_lowest_sp(self) -> int:
        """Since power-on; the core's own record begins again at every reset."""
        lowest = self._core.lowest_sp
        return self._lowest_sp if lowest is None else min(lowest, self._lowest_sp)

    def result(self) -> RunResult:
        """Everything so far."""
        halt = self._halt
        return RunResult(
            engine=f"{self.name} {self.version}",
            board=self._options.board,
            image=str(self._image.path),
            image_sha256=self._image.sha256,
            reason=halt.reason if halt is not None else StopReason.TIME,
            instructions=self.instructions,
            time_s=self.time_s,
            host_s=self._host_s,
            where=self._image.where(self._core.pc),
            fault=self._fault,
            stack=self._stack(),
            uart=tuple(
                sorted((line for log in self._logs for line in log.lines()), key=_line_time)
            ),
            layers=tuple(self._layers.captures),
            spans=tuple(self._spans.spans),
            stubs=(*self._clock.stubs, *map(_system_register, self._core.stubs_touched)),
            not_checked=tuple(self._not_checked),
        )

    def close(self) -> None:
        """Let go of the listeners."""
        for uart in getattr(self, "_uarts", {}).values():
            uart.listeners.clear()


def _line_time(line: UartLine) -> float:
    return line.time_s


def _system_register(address: int) -> str:
    return f"system register 0x{address:08x}"
