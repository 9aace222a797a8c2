"""Keywords that start, run and stop a machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from robot.utils import DotDict

from simgate.keywords.failing import KeywordFailure, keyword
from simgate.keywords.session import KeywordFamily


class MachineKeywords(KeywordFamily):
    """A machine is a board with an image; a suite holds one at a time."""

    @keyword("Build Firmware")
    def build_firmware(self, app: str, board: str = "stm32f407", **options: str) -> str:
        """Build an application (a name such as ``kws``, or a folder with C files).

        Further named arguments are CMake cache entries: ``STACK_SIZE=1024``. Returns the ELF's
        path. What is up to date is not built again.
        """
        from simgate.toolchain import build_app

        return str(build_app(app, board=board, options=options))

    @keyword("Build Every Firmware")
    def build_every_firmware(self, folder: str, board: str = "stm32f407") -> DotDict:
        """Build the applications in a folder of folders (``faults``, or a path) in one tree.

        Returns for each application's name a dictionary with ``elf`` and ``source`` (its main.c).
        """
        from simgate.toolchain import apps_under, build_apps, default_build_directory

        apps = apps_under(folder)
        elfs = build_apps(apps, default_build_directory(Path(folder).name, board), board=board)
        return DotDict(
            {app.name: DotDict(elf=str(elfs[app.name]), source=str(app / "main.c")) for app in apps}
        )

    @keyword("Start Machine")
    def start_machine(
        self,
        board: str,
        image: Path,
        engine: str = "strict",
        stack_limit: int | None = None,
        spans: Any = (),
        wall_limit: float = 60.0,
        attach: Any = (),
    ) -> None:
        """Put an image (an ELF) on a board (a name, or the path of a .repl) and reset it.

        ``attach`` is the path of a .repl, or a list of them, that describes what is attached to
        the board: sensors on its buses, LEDs and buttons on its pins.

        A machine that ran before is stopped, its testers are gone. ``stack_limit`` is the lowest
        address of the stack (default: the image's ``__stack_limit``), ``spans`` are functions
        whose instructions are to be counted, ``wall_limit`` are the host's seconds that one run
        may take.
        """
        from simgate.board import find_board
        from simgate.image import Image
        from simgate.machine import Machine

        self.session.end()
        extra = [attach] if isinstance(attach, str | Path) else list(attach)
        names = [spans] if isinstance(spans, str) else [str(name) for name in spans]
        self.session.machine = Machine(
            find_board(board, [Path(one) for one in extra]),
            Image.read(image),
            engine=engine,
            stack_limit=stack_limit,
            spans=names,
            wall_limit_s=wall_limit,
        )

    @keyword("Run For")
    def run_for(self, seconds: float) -> None:
        """Run for so many seconds of the board's time; fails when the firmware faults or hangs."""
        halt = self.session.running().run_for(seconds)
        if halt.fault is not None or not self.session.running().result().passed:
            raise KeywordFailure(halt.message)

    @keyword("Firmware Should Not Have Faulted")
    def firmware_should_not_have_faulted(self) -> None:
        """Fail when the firmware did anything illegal so far, whatever it printed."""
        fault = self.session.running().result().fault
        if fault is not None:
            raise KeywordFailure(f"The firmware faulted: {fault.message}")

    @keyword("Get Run")
    def get_run(self) -> DotDict:
        """What the run came to: ``instructions``, ``time`` (virtual seconds), ``stack`` (bytes)."""
        result = self.session.running().result()
        return DotDict(
            instructions=result.instructions,
            time=result.time_s,
            stack=None if result.stack is None else result.stack.used,
            engine=result.engine,
        )

    @keyword("Stop Machine")
    def stop_machine(self) -> None:
        """Stop the machine and forget its testers; without one, nothing happens.

        Before that it runs on for the settling time; a fault in it fails this keyword.
        """
        self.session.end()
