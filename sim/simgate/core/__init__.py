"""The Cortex-M: the instruction core, exceptions and memory in C, and their Python face."""

try:
    from simgate.core import _native
except ImportError as error:
    from simgate.errors import EngineError

    raise EngineError(
        f"the core of the strict engine is not there: {error}",
        hint="It is compiled when the package is installed: install it again, with a C compiler "
        "and Python's headers present (Debian: apt-get install gcc python3-dev).",
    ) from error

from simgate.core.clocks import Clocks
from simgate.core.cortex import Core
from simgate.core.fault import FaultRecord
from simgate.core.stop import Stop, StopKind

__all__ = ["Clocks", "Core", "FaultRecord", "Stop", "StopKind", "_native"]
