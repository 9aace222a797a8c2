"""An application on a machine: boot it, let it hear clips, keep what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from simgate.errors import SimgateError
from simgate.sensor.pcm_frame import encode, fit_clip
from simgate.sensor.wav import read_pcm16
from simgate.verdict.application import App, AppError, Clip
from simgate.verdict.hearing import Hearing, parse_answer

if TYPE_CHECKING:
    from simgate.engine.terminal_tester import TerminalTester
    from simgate.image import Image
    from simgate.machine import Machine

BOOT_TIMEOUT_S = 1.0  # virtual
ANSWER_TIMEOUT_S = 5.0  # virtual; the clip itself takes 0.35 s on the wire


def read_clip(app: App, path: Path) -> bytes:
    """A WAV file's samples as the application takes them: int16, little endian, one second.

    A shorter clip is followed by silence, of a longer one the middle is taken.

    Raises:
        WavError: the file is no mono 16-bit WAV at the application's rate.
    """
    return fit_clip(read_pcm16(path, rate_hz=app.sample_rate_hz))


class Trial:
    """One boot of an application's firmware. Use it as a context manager, or call `close`.

    Args:
        app: what to run.
        elf: its firmware.
        engine: the engine to run it on.
        stack_limit: lowest address of the stack; None takes it from the image.
        wall_limit_s: the host's seconds that one wait may take.
        cycles: switch the cycle model on.

    Raises:
        ImageError, BoardError, EngineError: the firmware does not run on the board.
    """

    def __init__(
        self,
        app: App,
        elf: Path,
        *,
        engine: str = "strict",
        stack_limit: int | None = None,
        wall_limit_s: float = 60.0,
        cycles: bool = False,
    ) -> None:
        from simgate.board import find_board
        from simgate.image import Image
        from simgate.machine import Machine

        self.app = app
        self.image: Image = Image.read(elf)
        self.hearings: list[Hearing] = []
        self.machine: Machine = Machine(
            find_board(app.board),
            self.image,
            engine=engine,
            stack_limit=stack_limit,
            spans=(app.front_end_function, app.network_function),
            wall_limit_s=wall_limit_s,
            cycles=cycles,
        )
        self._terminal: TerminalTester = self.machine.terminal(app.uart)

    def boot(self) -> None:
        """Run until the firmware says that it is ready.

        Raises:
            UartError: it does not say so.
            AppError: it knows other labels than the application's description.
        """
        import json

        line = self._terminal.wait_for_line('{"ready":', BOOT_TIMEOUT_S).line
        try:
            labels = json.loads(line).get("labels")
        except ValueError:
            labels = None
        if labels != list(self.app.labels):
            raise AppError(
                f"the firmware's labels are not those of {self.app.folder / 'app.toml'}: {line}"
            )

    def hear(self, clip: Clip) -> Hearing:
        """Send a clip and wait for the answer.

        Raises:
            WavError: the file is no mono 16-bit WAV at the application's rate.
            UartError: no answer came (the message shows the last lines and where it hangs).
            AnswerError: the firmware refused the clip, or answered something else.
        """
        pcm = read_clip(self.app, clip.path)
        self.send(pcm)
        return self.answer(clip, pcm)

    def send(self, pcm: bytes) -> None:
        """Put one clip's samples (int16, little endian) on the wire, framed."""
        self.machine.uart(self.app.uart).write(encode(pcm))

    def answer(self, clip: Clip, pcm: bytes, timeout_s: float = ANSWER_TIMEOUT_S) -> Hearing:
        """Wait for the answer to what was sent. Errors as `hear`."""
        try:
            result = self._terminal.wait_for_next_line(timeout_s)
            answer = parse_answer(result.line, self.app.labels)
        except SimgateError as error:
            error.message = f"{clip.path.name}: {error.message}"
            raise
        hearing = Hearing(clip, answer, pcm, result.timestamp / 1000)
        self.hearings.append(hearing)
        return hearing

    def hear_all(self, clips: Sequence[Clip]) -> None:
        """`hear` each clip, in order."""
        for clip in clips:
            self.hear(clip)

    def close(self) -> None:
        """End the machine. May be called more than once."""
        self.machine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
