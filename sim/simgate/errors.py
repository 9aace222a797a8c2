"""Every error that a user of Simgate meets.

A message says what happened and where (file, line, address); ``hint`` says what to do about it.
The command line prints both and exits with ``exit_code``: 0 passed, 1 a verdict failed, 2 the
thing could not be done.
"""

from __future__ import annotations


class SimgateError(Exception):
    """Something that was asked for could not be done.

    Args:
        message: what happened, and where.
        hint: what the reader can do about it; empty where there is nothing to say.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class AssetError(SimgateError):
    """A file that Simgate ships is not where the package expects it."""


class ImageError(SimgateError):
    """An ELF that is missing, truncated, or not for this machine."""


class SymbolError(ImageError):
    """A symbol that the image does not define."""


class LayerTableError(ImageError):
    """A layer table whose rows cannot be read."""


class PlatformError(SimgateError):
    """A platform description that cannot be read or built."""


class BoardError(SimgateError):
    """A board that does not exist or lacks what was asked of it."""


class ModelError(SimgateError):
    """A .tflite that is not one, is damaged, or uses what the compiler does not support."""


class EngineError(SimgateError):
    """An engine that cannot run what it was given."""


class UartError(EngineError):
    """A UART that the machine does not have, or that did not say what was waited for."""


class ToolchainError(SimgateError):
    """A compiler or build tool that is missing or failed."""


class WavError(SimgateError):
    """A sound file that is not what the firmware takes."""


class StreamError(SimgateError):
    """A stream of samples, or its file, that is not what a sensor takes."""


class ReferenceFailed(SimgateError):
    """A reference interpreter that crashed, or refused the model or its input."""


class BudgetError(SimgateError):
    """A budget file that cannot be read."""
