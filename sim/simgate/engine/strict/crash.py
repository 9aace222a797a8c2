"""The processor at a fault, kept before anything else happens: what a post-mortem is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simgate.engine.strict.chip import Chip
from simgate.result import Branch, BranchKind, DeepestStack, PostMortem, StackUse

if TYPE_CHECKING:
    from simgate.core import Core

_KINDS = (BranchKind.BRANCH, BranchKind.EXCEPTION_ENTRY, BranchKind.EXCEPTION_RETURN)
_BRANCHES = 64
_STACK_LIMIT = 64 * 1024  # bytes of a stack that are kept at most
_UNKNOWN_STACK = 4 * 1024  # the same where nobody knows where it ends


def post_mortem(core: Core, chip: Chip, stack: StackUse | None, time_s: float) -> PostMortem:
    """Right after the core has reported the fault: registers as before the instruction."""
    registers = core.registers()
    base, data = _live_stack(registers["sp"], chip, stack)
    return PostMortem(
        registers=registers,
        status=core.fault_status,
        branches=branches(core),
        stack_base=base,
        stack_bytes=data,
        exception_counts=core.exception_counts,
        time_s=time_s,
        deepest=deepest(core),
    )


def branches(core: Core) -> tuple[Branch, ...]:
    """The last ones, newest last."""
    return tuple(
        Branch(source, target, _KINDS[kind]) for source, target, kind in core.branches(_BRANCHES)
    )


def deepest(core: Core) -> DeepestStack | None:
    """The moment at which the main SP was lowest since reset."""
    found = core.deepest
    return None if found is None else DeepestStack(*found)


def _live_stack(sp: int, chip: Chip, stack: StackUse | None) -> tuple[int, bytes]:
    """From SP up to its stack's top, as far as that is memory; else up to a few KiB."""
    base = sp & ~3
    area = chip.area_at(base)
    if area is None:
        return base, b""
    end = area.base + area.size
    is_main = stack is not None and base < stack.top <= end
    top = stack.top if stack is not None and is_main else base + _UNKNOWN_STACK
    found = chip.find_memory(base, min(top, end, base + _STACK_LIMIT) - base)
    return base, b"".join(found or ())
