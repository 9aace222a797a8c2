"""Which timers' triggers reach a timer as ITR0, ITR1, ...

RM0090 tables 93, 97, 102; RM0385 tables 139, 144, 149; RM0433 tables 326, 335, 343; RM0440 section
28.3.2 (there one order holds for every timer). A name with ``_CC1`` is a timer's first output.
"""

from __future__ import annotations

from simgate.peripheral.timer.timer_kind import TimerKind

_SHARED: dict[int, tuple[str, ...]] = {
    2: ("TIM1", "TIM8", "TIM3", "TIM4"),
    4: ("TIM1", "TIM2", "TIM3", "TIM8"),
    8: ("TIM1", "TIM2", "TIM4", "TIM5"),
    12: ("TIM4", "TIM5", "TIM13_CC1", "TIM14_CC1"),
}
_F4_F7: dict[int, tuple[str, ...]] = _SHARED | {
    1: ("TIM5", "TIM2", "TIM3", "TIM4"),
    3: ("TIM1", "TIM2", "TIM5", "TIM4"),
    5: ("TIM2", "TIM3", "TIM4", "TIM8"),
    9: ("TIM2", "TIM3", "TIM10_CC1", "TIM11_CC1"),
}
_H7: dict[int, tuple[str, ...]] = _SHARED | {
    1: ("TIM15", "TIM2", "TIM3", "TIM4"),
    3: ("TIM1", "TIM2", "TIM15", "TIM4"),
    5: ("TIM1", "TIM8", "TIM3", "TIM4"),
    15: ("TIM1", "TIM3", "TIM16_CC1", "TIM17_CC1"),
}
_G4 = (
    "TIM1", "TIM2", "TIM3", "TIM4", "TIM5", "TIM8", "TIM15", "TIM16_CC1", "TIM17_CC1", "TIM20",
)  # fmt: skip


def internal_trigger(kind: TimerKind, number: int) -> str | None:
    """The name of the line that ITR`number` is, or None where nothing is connected."""
    if kind.family == "g4":
        row: tuple[str, ...] = _G4
    else:
        row = (_H7 if kind.family == "h7" else _F4_F7).get(kind.number, ())
    if number >= len(row) or row[number] == f"TIM{kind.number}":
        return None
    return row[number] if "_" in row[number] else f"{row[number]}_TRGO"
