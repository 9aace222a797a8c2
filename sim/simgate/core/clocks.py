"""How fast a core and its timers run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clocks:
    """Rates of one core. A tick is the time of one instruction: ``ticks / tick_hz`` seconds.

    ``systick_external_hz`` counts while SYST_CSR.CLKSOURCE is 0; 0 stands for an eighth of
    ``systick_hz``, as STM32 wires it.
    """

    tick_hz: int  # MIPS * 10**6
    systick_hz: int  # the platform's systickFrequency
    dwt_hz: int  # of CYCCNT
    systick_external_hz: int = 0

    @classmethod
    def of_mips(cls, mips: int) -> Clocks:
        """One clock for all: SysTick and CYCCNT count instructions."""
        hz = mips * 1_000_000
        return cls(tick_hz=hz, systick_hz=hz, dwt_hz=hz)
