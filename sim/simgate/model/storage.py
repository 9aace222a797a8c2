"""Which tensors share memory, and where in the arena each lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simgate.errors import ModelError
from simgate.model.graph import Model
from simgate.model.lowering import Lowered
from simgate.model.memory_plan import Buffer, Span, plan_memory


@dataclass(frozen=True, slots=True)
class Storage:
    """Offsets in the arena, in bytes."""

    tensors: dict[int, int]  # by tensor index
    scratch: dict[int, int]  # by operator index; only operators that need any
    size_bytes: int


def _last_reads(model: Model) -> dict[int, int]:
    """The last step that needs each computed tensor; outputs outlive the last step."""
    last = dict.fromkeys(model.inputs, -1)
    for step, operator in enumerate(model.operators):
        for tensor in (*operator.inputs, *operator.outputs):
            last[tensor] = step
    for tensor in model.outputs:
        last[tensor] = len(model.operators)
    return last


def plan_storage(model: Model, lowered: Sequence[Lowered]) -> Storage:
    """Give every computed tensor and every scratch its place.

    An output takes its input's memory over where the operator is only a new shape, or allows it
    and nothing reads that memory afterwards.

    Raises:
        ModelError: an operator's first input is a constant.
    """
    last = _last_reads(model)
    group_of: dict[int, int] = {tensor: tensor for tensor in model.inputs}
    members: dict[int, list[int]] = {tensor: [tensor] for tensor in model.inputs}
    first: dict[int, int] = dict.fromkeys(model.inputs, -1)
    for step, (operator, kernel) in enumerate(zip(model.operators, lowered, strict=True)):
        source, target = operator.inputs[0], operator.outputs[0]
        if source not in group_of:
            raise ModelError(f"operator {operator.index} ({operator.name}) reads a constant")
        group = group_of[source]
        free = all(last[tensor] <= step for tensor in members[group])
        if kernel.is_alias or (kernel.may_overwrite_input and free):
            group_of[target] = group
            members[group].append(target)
        else:
            group_of[target] = target
            members[target] = [target]
        first[target] = step
    groups = list(members)
    buffers = [
        Buffer(tuple(Span(model.tensors[t].size_bytes, first[t], last[t]) for t in members[g]))
        for g in groups
    ]
    needing = [i for i, kernel in enumerate(lowered) if kernel.scratch_bytes]
    buffers += [Buffer((Span(lowered[i].scratch_bytes, i, i),)) for i in needing]
    plan = plan_memory(buffers)
    offset_of = dict(zip(groups, plan.offsets[: len(groups)], strict=True))
    return Storage(
        tensors={tensor: offset_of[group] for tensor, group in group_of.items()},
        scratch=dict(zip(needing, plan.offsets[len(groups) :], strict=True)),
        size_bytes=plan.size_bytes,
    )
