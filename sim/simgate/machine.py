"""The one object that users hold: a board, an image, and an engine that runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from simgate.board import Board
from simgate.engine.base import (
    DEFAULT_WALL_LIMIT_S,
    Engine,
    EngineOptions,
    Halt,
    OnFault,
    ProcessStack,
    UartPort,
)
from simgate.engine.registry import create_engine
from simgate.engine.terminal_tester import TerminalTester
from simgate.errors import UartError
from simgate.image import Image
from simgate.peripheral.model import Samples
from simgate.result import Fault, Input, PostMortem, RunResult

if TYPE_CHECKING:
    from simgate.sensor.uart_script import UartScript


class Machine:
    """A board that runs an image.

    ::

        with Machine(find_board("stm32f407"), Image.read(elf)) as machine:
            machine.terminal("usart2").wait_for_line("ready")
            print(machine.result().instructions)

    Args:
        board: what to simulate.
        image: what it runs.
        engine: who simulates it.
        stack_limit: lowest address of the main stack; None: the image's ``__stack_limit``.
        capture_layers: take every layer's output of the network's layer table.
        spans: functions whose calls are measured.
        wall_limit_s: seconds of the host that one run may take.
        on_fault: "stop", "follow" or "live", see `simgate.engine.base.EngineOptions`.
        process_stacks: stacks of tasks, each held against its limit while PSP lies in it.
        replay: inputs of an earlier run (`RunResult.inputs`), to come again at the same ticks.

        cycles: switch the cycle model on: spans and layers tell their cycles. Where the board's DWT
            says ``countsCycles: true`` it is on anyhow, and CYCCNT counts them.

    Raises:
        BoardError: cycles are asked for, and nothing is known of the chip's.
        EngineError: there is no such engine, or the image does not fit the board.
        PlatformError: the engine cannot build the board.
        SymbolError: a function of `spans` is not in the image.
    """

    def __init__(
        self,
        board: Board,
        image: Image,
        *,
        engine: str = "strict",
        stack_limit: int | None = None,
        capture_layers: bool = True,
        spans: Sequence[str] = (),
        wall_limit_s: float = DEFAULT_WALL_LIMIT_S,
        on_fault: OnFault = "stop",
        process_stacks: Sequence[ProcessStack] = (),
        replay: Sequence[Input] = (),
        cycles: bool = False,
    ) -> None:
        self.board = board
        self.image = image
        self.options = EngineOptions(
            board=board.name,
            stack_limit=stack_limit,
            capture_layers=capture_layers,
            spans=tuple(spans),
            wall_limit_s=wall_limit_s,
            on_fault=on_fault,
            process_stacks=tuple(process_stacks),
            replay=tuple(replay),
            **_cycle_model(board, cycles),
        )
        self.engine: Engine = create_engine(engine, board.description, self.options)
        self.engine.load(image)
        self._terminals: dict[str, TerminalTester] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the engine; twice is once."""
        self.engine.close()

    # ---- running ----

    def run_for(self, seconds: float, *, wall_limit_s: float | None = None) -> Halt:
        """Run for so many virtual seconds, or until a fault, `request_stop` or the host's limit."""
        return self.engine.run_for(seconds, wall_limit_s=wall_limit_s)

    def request_stop(self) -> None:
        """From a listener or callback: stop after the current instruction."""
        self.engine.request_stop()

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back when so many virtual seconds have passed."""
        self.engine.after(seconds, callback)

    @property
    def instructions(self) -> int:
        """Executed since reset."""
        return self.engine.instructions

    @property
    def time_s(self) -> float:
        """Virtual seconds since reset."""
        return self.engine.time_s

    # ---- the chip's wires ----

    @property
    def uart_names(self) -> tuple[str, ...]:
        """The UARTs of the board."""
        return tuple(self.engine.uarts)

    def uart(self, name: str = "") -> UartPort:
        """The UART called `name` (``usart2`` or ``sysbus.usart2``); empty where there is one only.

        Raises:
            UartError: there is no such UART; the message lists those that are.
        """
        names = self.uart_names
        if not name and len(names) == 1:
            return self.engine.uarts[names[0]]
        port = self.engine.uarts.get(name.removeprefix("sysbus."))
        if port is None:
            what = f"no UART '{name}'" if name else f"{len(names)} UARTs, and none was named"
            raise UartError(
                f"the board '{self.board.name}' has {what}", hint=f"It has: {', '.join(names)}"
            )
        return port

    def terminal(self, name: str = "", **options: Any) -> TerminalTester:
        """The terminal tester of a UART, made at the first call with `options` of TerminalTester.

        Raises:
            UartError: there is no such UART.
        """
        port = self.uart(name)
        tester = self._terminals.get(port.name)
        if tester is None:
            tester = TerminalTester(
                port,
                clock=lambda: self.engine.time_s,
                run=self.engine.run_for,
                stop=self.engine.request_stop,
                after=self.engine.after,
                whereabouts=self.engine.whereabouts,
                **options,
            )
            self._terminals[port.name] = tester
        return tester

    def peripheral(self, name: str) -> object:
        """The model of a peripheral.

        Raises:
            EngineError: there is none of that name.
        """
        return self.engine.peripheral(name)

    def command(
        self, name: str, command: str, *arguments: bool | int | float | str | Path
    ) -> object:
        """Give a model a Monitor command, such as a sample for a sensor.

        ::

            machine.command("sysbus.i2c1.acc", "FeedAccelerationSample", 0.1, 0.0, 1.0)

        Raises:
            EngineError: there is no such model or command, or it does not take these arguments.
        """
        return self.engine.command(name, command, *arguments)

    def play(self, script: UartScript | Path, uart: str = "") -> None:
        """Have a sender outside the board play a script on a UART's receive line, beginning now.

        Unlike what is written to the UART it keeps its times: firmware that does not read in time
        loses bytes to overruns.

        Args:
            script: what to play, or a file that says it (`simgate.sensor.uart_script_text`).
            uart: the UART; may be left out where there is one only.

        Raises:
            UartError: there is no such UART.
            UartScriptError: the file is no script.
            EngineError: another script is being played on it.
        """
        from simgate.peripheral.serial.uart import PLAY_TEXT

        if isinstance(script, Path):
            from simgate.sensor.uart_script_text import read_script

            script = read_script(script)
        self.command(self.uart(uart).name, PLAY_TEXT, script.text())

    def feed(self, name: str, samples: Samples, channel: int = 0) -> None:
        """Let a sensor or converter take its values from samples, whose time begins now.

        A run that was fed like that can be made again from Python only: what comes from a .repl
        file or by `command` is part of the result's inputs.

        Raises:
            EngineError: there is no such model, or it does not measure.
        """
        self.engine.feed(name, samples, channel)

    # ---- looking ----

    def read_memory(self, address: int, size: int) -> bytes:
        """Memory as a debugger sees it.

        Raises:
            EngineError: a byte of it is not memory.
        """
        return self.engine.read_memory(address, size)

    def write_memory(self, address: int, data: bytes) -> None:
        """Write memory, Flash included.

        Raises:
            EngineError: a byte of it is not memory.
        """
        self.engine.write_memory(address, data)

    def registers(self) -> dict[str, int]:
        """The core's registers by name."""
        return self.engine.registers()

    def post_mortem(self) -> PostMortem | None:
        """The processor at the first fault, or None."""
        return self.engine.post_mortem()

    def whereabouts(self) -> str:
        """For people: where the firmware is, and where it was lately."""
        return self.engine.whereabouts()

    def result(self) -> RunResult:
        """Everything so far, as data."""
        result = self.engine.result()
        suspicion = self._suspicion(result.fault)
        return replace(result, remarks=(*result.remarks, suspicion)) if suspicion else result

    def _suspicion(self, fault: Fault | None) -> str:
        """That the image is another board's."""
        if fault is None:
            return ""
        from simgate.other_boards import find_suspicion

        return find_suspicion(self.board, fault)


def _cycle_model(board: Board, wanted: bool) -> dict[str, Any]:
    """The engine's options for it; none where it stays off."""
    from simgate.platform.facts import system

    if not wanted and not system(board.description).counts_cycles:
        return {}
    from simgate.core.calibration import fit_of
    from simgate.core.timing import read_timing

    timing = read_timing(board.chip_file)
    return {"timing": timing, "cycle_factor": fit_of(timing.core).factor}
