"""Why a chip is reset while its power stays on: what RCC's reset flags tell the firmware."""

from __future__ import annotations

from enum import Enum


class ResetCause(Enum):
    """Who asked (RM0090, 7.1.1; RM0440, 7.1.2; RM0433, 8.4)."""

    SOFTWARE = "software"  # AIRCR.SYSRESETREQ
    INDEPENDENT_WATCHDOG = "independent watchdog"
    WINDOW_WATCHDOG = "window watchdog"
    OPTION_BYTES = "loading of the option bytes"
