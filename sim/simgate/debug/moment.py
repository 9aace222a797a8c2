"""The processor at the end of a run that has no post-mortem: as it stands now."""

from __future__ import annotations

from dataclasses import dataclass

from simgate.machine import Machine
from simgate.result import Branch, DeepestStack, PostMortem


@dataclass(frozen=True, slots=True)
class Moment:
    """What can be told about the processor now."""

    registers: dict[str, int]
    status: dict[str, int]
    branches: tuple[Branch, ...]
    exception_counts: dict[int, int]
    deepest: DeepestStack | None


def moment_of(post_mortem: PostMortem) -> Moment:
    """The moment of the first fault."""
    return Moment(
        post_mortem.registers,
        post_mortem.status,
        post_mortem.branches,
        post_mortem.exception_counts,
        post_mortem.deepest,
    )


def present_moment(machine: Machine) -> Moment:
    """The machine as it stands; an engine without a debug port tells its registers only."""
    open_port = getattr(machine.engine, "debug_port", None)
    if open_port is None:
        return Moment(machine.registers(), {}, (), {}, None)
    port = open_port()
    return Moment(
        registers=machine.registers(),
        status=port.core.fault_status,
        branches=port.branches(),
        exception_counts=port.core.exception_counts,
        deepest=port.deepest(),
    )
