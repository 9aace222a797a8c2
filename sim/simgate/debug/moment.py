"""The processor at the end of a run that has no post-mortem: as it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simgate.machine import Machine
from simgate.result import Branch, BranchKind, DeepestStack, PostMortem

_BRANCHES = 64
_KINDS = (BranchKind.BRANCH, BranchKind.EXCEPTION_ENTRY, BranchKind.EXCEPTION_RETURN)


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
    core: Any = None if open_port is None else open_port().core
    deepest = getattr(core, "deepest", None)
    return Moment(
        registers=machine.registers(),
        status=dict(getattr(core, "fault_status", {})),
        branches=tuple(_branches(core)),
        exception_counts=dict(getattr(core, "exception_counts", {})),
        deepest=None if deepest is None else DeepestStack(*deepest),
    )


def _branches(core: Any) -> list[Branch]:
    tell = getattr(core, "branches", None)
    if tell is None:
        return []
    return [Branch(source, target, _KINDS[kind]) for source, target, kind in tell(_BRANCHES)]
