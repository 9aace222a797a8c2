"""A model lowered and laid out: everything that the C text will say, before it is text."""

from __future__ import annotations

from dataclasses import dataclass

from simgate.errors import ModelError
from simgate.model.graph import Model, Tensor
from simgate.model.lowering import Lowered, lower_operator
from simgate.model.storage import Storage, plan_storage

_LARGEST_ARENA = 1 << 28


@dataclass(frozen=True, slots=True)
class Program:
    """One model, ready to be written as C."""

    model: Model
    lowered: tuple[Lowered, ...]  # in order of the model's operators
    storage: Storage

    @property
    def input(self) -> Tensor:
        """The model's input."""
        return self.model.tensors[self.model.inputs[0]]

    @property
    def output(self) -> Tensor:
        """The model's output."""
        return self.model.tensors[self.model.outputs[0]]

    @property
    def boundaries(self) -> tuple[int, ...]:
        """For each operator the number of the label at its end; 0 is before the first code."""
        ends, label = [], 0
        for kernel in self.lowered:
            label += 0 if kernel.is_alias else 1
            ends.append(label)
        return tuple(ends)


def build_program(model: Model) -> Program:
    """Lower every operator and plan the memory.

    Raises:
        ModelError: something about the model is not supported; the message names it.
    """
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ModelError(
            f"the model has {len(model.inputs)} inputs and {len(model.outputs)} outputs; one of "
            "each is supported"
        )
    if not model.operators:
        raise ModelError("the model has no operators")
    lowered = tuple(lower_operator(model, operator) for operator in model.operators)
    storage = plan_storage(model, lowered)
    if storage.size_bytes > _LARGEST_ARENA:
        raise ModelError(f"the model needs {storage.size_bytes} bytes for its tensors")
    return Program(model, lowered, storage)
