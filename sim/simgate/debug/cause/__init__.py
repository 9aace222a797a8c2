"""Why it went wrong, in words that name the act: never merely "HardFault"."""

from simgate.debug.cause.parts import Cause
from simgate.debug.cause.verdict import find_cause

__all__ = ["Cause", "find_cause"]
