"""What an outside sender does to a receive line: bytes at a baud rate, at times, with faults.

::

    script = UartScript().baud(9600).at(0.010).send(b"hello").gap(0.5).send(b"x", Flaw.FRAMING)
    machine.play("usart2", script)

A script is a list of steps. Each method returns a new script with one step more; `text` is the same
in the language of script files (`uart_script_text`), which is also what a run's inputs keep of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from simgate.errors import SimgateError

MAX_SECONDS = 1e6
MAX_BAUD = 100e6


class UartScriptError(SimgateError):
    """A script that says what no line can do."""


class Flaw(StrEnum):
    """What is wrong with a frame."""

    NONE = ""
    NOISE = "noise"  # a data bit's samples disagree; its value can still be told
    FRAMING = "framing"  # the stop bit is low
    PARITY = "parity"  # the parity bit is the other one


@dataclass(frozen=True, slots=True)
class _Seconds:
    """A step that a time says all about."""

    seconds: float
    WORD: ClassVar[str] = ""

    def __str__(self) -> str:
        return f"{self.WORD} {self.seconds:.17g}"


@dataclass(frozen=True, slots=True)
class Baud:
    """From here on, so many bits a second."""

    rate: float

    def __str__(self) -> str:
        return f"baud {self.rate:.17g}"


@dataclass(frozen=True, slots=True)
class Shape:
    """From here on, frames of so many data bits, with or without parity bit."""

    data_bits: int = 8
    parity: str = "N"  # N, E or O
    stop_bits: float = 1.0

    def __str__(self) -> str:
        return f"format {self.data_bits}{self.parity}{self.stop_bits:g}"


class At(_Seconds):
    """The next frame begins at this time since the script's beginning, or as soon as it can."""

    __slots__ = ()
    WORD = "at"


class Gap(_Seconds):
    """So many seconds of idle line."""

    __slots__ = ()
    WORD = "gap"


class Spacing(_Seconds):
    """From here on, so many seconds of idle line after each frame."""

    __slots__ = ()
    WORD = "spacing"


@dataclass(frozen=True, slots=True)
class Send:
    """Frames, one a byte, all of them flawed or none."""

    data: bytes
    flaw: Flaw = Flaw.NONE

    def __str__(self) -> str:
        numbers = " ".join(f"0x{byte:02x}" for byte in self.data)
        return f"send {self.flaw} {numbers}" if self.flaw else f"send {numbers}"


class Break(_Seconds):
    """The line is low for so many seconds."""

    __slots__ = ()
    WORD = "break"


Step = Baud | Shape | At | Gap | Spacing | Send | Break


@dataclass(frozen=True, slots=True)
class UartScript:
    """Steps, in order. It begins with 115200 bits a second, 8N1, no spacing.

    Raises:
        UartScriptError: a step that no line can do.
    """

    steps: tuple[Step, ...] = ()

    def baud(self, rate: float) -> UartScript:
        """From here on, so many bits a second."""
        if not 0 < rate <= MAX_BAUD:
            raise UartScriptError(f"a baud rate of {rate:g}: it must be above 0, at most 100 M")
        return self._with(Baud(float(rate)))

    def shape(self, data_bits: int = 8, parity: str = "N", stop_bits: float = 1) -> UartScript:
        """From here on, frames like that; parity is N, E or O."""
        if data_bits not in (5, 6, 7, 8, 9):
            raise UartScriptError(f"{data_bits} data bits: a frame has 5 to 9")
        if parity not in ("N", "E", "O"):
            raise UartScriptError(f"a parity '{parity}': it is N, E or O")
        if stop_bits not in (0.5, 1, 1.5, 2):
            raise UartScriptError(f"{stop_bits:g} stop bits: a frame has 0.5, 1, 1.5 or 2")
        return self._with(Shape(data_bits, parity, float(stop_bits)))

    def at(self, seconds: float) -> UartScript:
        """The next frame begins at this time since the beginning, or as soon as it can."""
        return self._with(At(_time(seconds)))

    def gap(self, seconds: float) -> UartScript:
        """So many seconds of idle line."""
        return self._with(Gap(_time(seconds)))

    def spacing(self, seconds: float) -> UartScript:
        """From here on, so many seconds of idle line after each frame."""
        return self._with(Spacing(_time(seconds)))

    def send(self, data: bytes, flaw: Flaw | str = Flaw.NONE) -> UartScript:
        """One frame a byte."""
        return self._with(Send(bytes(data), Flaw(flaw)))

    def break_for(self, seconds: float) -> UartScript:
        """The line is low for so many seconds."""
        return self._with(Break(_time(seconds)))

    def text(self) -> str:
        """The same as a script file has it."""
        return "".join(f"{step}\n" for step in self.steps)

    def _with(self, step: Step) -> UartScript:
        return UartScript((*self.steps, step))


def _time(seconds: float) -> float:
    if not (math.isfinite(seconds) and 0 <= seconds <= MAX_SECONDS):
        raise UartScriptError(f"a time of {seconds:g} s: it must be from 0 to {MAX_SECONDS:g}")
    return float(seconds)
