"""The strict engine: the contract of `simgate.engine.base` over our own core."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from simgate import __version__
from simgate.core import Clocks, Core
from simgate.engine.base import Engine, EngineOptions, Halt, UartPort
from simgate.engine.monitor_line import Argument
from simgate.engine.registry import engine
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.clock import Clock
from simgate.engine.strict.coherency import coherency_remarks
from simgate.engine.strict.debug_port import DebugPort
from simgate.engine.strict.handler_watch import HandlerWatch
from simgate.engine.strict.heap_watch import HeapWatch
from simgate.engine.strict.input_log import InputLog, LoggedUart, give, replay
from simgate.engine.strict.layer_recorder import LayerRecorder
from simgate.engine.strict.loader import check_layers, initial_vector_table, load
from simgate.engine.strict.runner import Runner
from simgate.engine.strict.span_recorder import SpanRecorder
from simgate.engine.strict.stack_watch import StackWatch
from simgate.engine.strict.start_up import start_up
from simgate.engine.strict.stop_points import StopPoints
from simgate.engine.strict.uart_log import UartLog
from simgate.errors import EngineError
from simgate.image import Image
from simgate.peripheral.model import Model, Samples
from simgate.peripheral.serial.uart import Uart
from simgate.platform import PlatformDescription
from simgate.platform.facts import main_stack_limit, memories, system
from simgate.result import PostMortem, RunResult, StopReason, UartLine
from simgate.units import format_count

_MOST_SECONDS = 1e10  # of a run, which has 2**64 ticks


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
        self._host_s = 0.0
        self._halt: Halt | None = None

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
            mpu_regions=facts.mpu_regions,
            interrupts=facts.interrupts,
            initial_vtor=initial_vector_table(image, memories(self._description)),
        )
        if self._options.timing is not None:
            self._options.timing.begin(
                core, factor=self._options.cycle_factor, counts=facts.counts_cycles
            )
        self._clock = Clock(core, tick_hz)
        self._chip = Chip(self._description, core, self._clock)
        load(image, self._chip)
        points = StopPoints(core)
        functions = [(name, image.symbol(name).address) for name in self._options.spans]
        self._spans = SpanRecorder(core, points, functions)
        rows = image.layers() if self._options.capture_layers else ()
        check_layers(image, rows, self._chip)
        self._layers = LayerRecorder(core, points, rows)
        models = {
            name: model for name, model in self._chip.models.items() if isinstance(model, Uart)
        }
        self._logs: list[UartLog] = []
        self._inputs = InputLog(core)
        self._uarts = {name: LoggedUart(model, self._inputs) for name, model in models.items()}
        for name, uart in models.items():
            log = UartLog(name, self._clock.time_s)
            uart.listeners.append(log.hear)
            self._logs.append(log)
        self._chip.reset()
        core.reset()
        start_up(self._description, self._chip.models)
        options = self._options
        self._stack = StackWatch(
            core,
            image,
            options.stack_limit,
            options.process_stacks,
            main_stack_limit(self._description),
        )
        self._runner = Runner(
            core, self._clock, self._chip, image, points, self._stack, options.on_fault
        )
        self._points = points
        verdicts = self._clock.verdicts
        HandlerWatch(core, points, image, verdicts)
        stack = self._stack.use()
        if stack is not None:
            HeapWatch(core, points, image, stack, verdicts)
        replay(core, self._inputs, self._uarts, self._chip.models, options.replay)

    # ---- running ----

    def run_for(self, seconds: float, *, wall_limit_s: float | None = None) -> Halt:
        """As `Engine.run_for`; a deadline is met to the instruction."""
        if not 0 <= seconds < _MOST_SECONDS:
            raise EngineError(f"cannot run for {seconds:g} s", hint="From 0 to 1e10 s.")
        runner = self._runner
        if runner.ended and self._halt is not None:
            return self._halt
        began = time.perf_counter()
        limit_s = self._options.wall_limit_s if wall_limit_s is None else wall_limit_s
        deadline = self._core.ticks + self._clock.ticks_of(seconds)
        try:
            reason = runner.run(deadline, began + limit_s)
        finally:
            self._host_s += time.perf_counter() - began
        message = ""
        fault = runner.fault if reason is StopReason.FAULT else None
        if fault is not None:
            message = fault.message
        elif reason is StopReason.WALL:
            message = f"the run took more than {limit_s:g} s of the host's time"
            message = f"{message}.\n{self.whereabouts()}"
        self._halt = Halt(reason, self.instructions, self.time_s, fault, message)
        return self._halt

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

    def peripheral(self, name: str) -> Model:
        """The model of that name, or of a path such as ``sysbus.i2c1.acc`` that ends with it."""
        model = self._chip.models.get(name.rpartition(".")[2])
        if model is None:
            raise EngineError(
                f"the board has no peripheral '{name}'",
                hint=f"It has: {', '.join(sorted(self._chip.models))}",
            )
        return model

    def command(self, name: str, command: str, *arguments: Argument) -> object:
        """As `Engine.command`."""
        return give(self.peripheral(name), self._inputs, command, arguments)

    def feed(self, name: str, samples: Samples, channel: int = 0) -> None:
        """As `Engine.feed`."""
        model = self.peripheral(name)
        model.feed(samples, channel)
        self._chip.host.remark(
            f"{model.name} was fed from Python: the run's inputs do not hold these samples"
        )

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

    def post_mortem(self) -> PostMortem | None:
        """As `Engine.post_mortem`."""
        return self._runner.post_mortem

    def whereabouts(self) -> str:
        """As `Engine.whereabouts`, with what the peripherals have to remark."""
        core = self._core
        asleep = ", asleep (WFI)" if core.sleeping else ""
        lines = [
            f"At {self.time_s:.6f} s ({format_count(self.instructions)} instructions) the firmware "
            f"is at {self._image.where(core.pc)}{asleep}."
        ]
        lines.append(self._runner.sampler.describe(self._image))
        if self._runner.resets:
            lines.append(f"It has reset itself {self._runner.resets} times.")
        lines.extend(f"{remark}." for remark in self._remarks())
        return "\n".join(line for line in lines if line)

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
            fault=self._runner.fault,
            stack=self._stack.use(),
            uart=tuple(
                sorted((line for log in self._logs for line in log.lines()), key=_line_time)
            ),
            layers=tuple(self._layers.captures),
            spans=tuple(self._spans.spans),
            stubs=(*self._chip.host.stubs, *map(_system_register, self._core.stubs_touched)),
            not_checked=self._stack.not_checked,
            remarks=self._remarks(),
            inputs=self._inputs.inputs(),
            resets=self._runner.resets,
            cache_maintenance=self._core.cache_maintenance,
            post_mortem=self._runner.post_mortem,
        )

    def _remarks(self) -> tuple[str, ...]:
        """What the models have to say."""
        chip = self._chip
        of_models = (model.remarks() for model in chip.models.values())
        return (
            *chip.host.remarks,
            *(remark for own in of_models for remark in own),
            *coherency_remarks(self._core, chip.areas, chip.host.transfers),
        )

    def debug_port(self) -> DebugPort:
        """For debuggers: the core, moved step by step."""
        return DebugPort(self._core, self._chip, self._runner, self._points)

    def close(self) -> None:
        """Let go of the listeners."""
        for uart in getattr(self, "_uarts", {}).values():
            uart.listeners.clear()


def _line_time(line: UartLine) -> float:
    return line.time_s


def _system_register(address: int) -> str:
    return f"system register 0x{address:08x}"
