"""What the options of ``simgate debug`` say."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from simgate.cli.failure import UsageError

if TYPE_CHECKING:
    from simgate.debug.inputs import Sending
    from simgate.engine.base import ProcessStack
    from simgate.image import Image
    from simgate.result import UartInput

_HOST = "127.0.0.1"
_LATEST_S = 1e9  # of the board's time: 31 years, which no run reaches


def seconds_above_0(value: float, option: str) -> float:
    """The value of an option that is a time.

    Raises:
        UsageError: it is none above 0.
    """
    if not 0.0 < value < float("inf"):
        raise UsageError(f"{option}: {value:g} is no number of seconds above 0")
    return value


def place(image: Image, text: str, option: str) -> int:
    """As `simgate.debug.named_memory.address_of`; the error names the option."""
    from simgate.debug.named_memory import MemoryNameError, address_of

    try:
        return address_of(image, text)
    except MemoryNameError as error:
        raise UsageError(f"{option}: {error.message}", hint=error.hint) from error


def process_stack_of(image: Image, text: str) -> ProcessStack:
    """As `simgate.debug.named_memory.process_stack_of`; the error names the option."""
    from simgate.debug import named_memory

    try:
        return named_memory.process_stack_of(image, text)
    except named_memory.MemoryNameError as error:
        raise UsageError(f"--process-stack: {error.message}", hint=error.hint) from error


def sending(text: str) -> Sending:
    """``UART[@SECONDS]=FILE|TEXT``: the bytes of the file, where there is one, else of the text.

    Raises:
        UsageError: it is not of that form, or the file cannot be read.
    """
    from simgate.debug.inputs import Sending

    where, equals, what = text.partition("=")
    name, sign, time_text = where.partition("@")
    if not equals or not name:
        raise UsageError(
            f"--send: '{text}' is no UART=FILE or UART=TEXT", hint="Write usart2=hello\\n."
        )
    at_s = None
    if sign:
        try:
            at_s = float(time_text)
        except ValueError:
            at_s = -1.0
        if not 0.0 <= at_s <= _LATEST_S:
            raise UsageError(f"--send: '{time_text}' is no time in seconds")
    try:  # os.path.isfile: a text may be longer than any name of a file, which pathlib refuses
        data = Path(what).read_bytes() if os.path.isfile(what) else _unescaped(what)  # noqa: PTH113
    except OSError as error:
        raise UsageError(f"--send: {what}: {error.strerror}") from None
    return Sending(name, data, at_s)


def _unescaped(text: str) -> bytes:
    """The text's bytes; \\n, \\r, \\t, \\\\ and \\xNN stand for what they stand for in C."""
    import re

    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\", b"0": b"\0"}
    return re.sub(
        rb"\\(?:x([0-9a-fA-F]{2})|([nrt\\0]))",
        lambda match: bytes.fromhex(match[1].decode()) if match[1] else plain[match[2]],
        text.encode("utf-8", "surrogateescape"),
    )


def uart_input(text: str) -> UartInput:
    """``UART@TICK=HEX``.

    Raises:
        UsageError: it is not of that form.
    """
    from simgate.result import UartInput

    where, _, digits = text.partition("=")
    name, _, tick = where.partition("@")
    try:
        return UartInput(name, int(tick), bytes.fromhex(digits))
    except ValueError:
        raise UsageError(
            f"--input: '{text}' is no UART@TICK=HEX", hint="Write usart2@168000=68690a."
        ) from None


def listening_address(text: str) -> tuple[str, int]:
    """``[HOST]:PORT``.

    Raises:
        UsageError: it is not of that form.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not int(port) < 1 << 16:
        raise UsageError(f"--gdb: '{text}' is no [HOST]:PORT", hint="Write :3333.")
    return host or _HOST, int(port)


def playing(text: str) -> tuple[str, Path]:
    """``UART=FILE``: a UART and the file with the script for it.

    Raises:
        UsageError: it is not of this form.
    """
    uart, _, file = text.partition("=")
    if not uart or not file:
        raise UsageError(f"--play: '{text}' is not UART=FILE", hint="Such as usart2=visitor.uart")
    return uart, Path(file)
