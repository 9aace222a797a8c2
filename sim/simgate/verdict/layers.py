"""Every layer of every inference of a run against the reference interpreters."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import numpy as np

from simgate.errors import ReferenceFailed
from simgate.image import LayerRow
from simgate.reference.interpreter import Reference
from simgate.reference.litert import litert_reference
from simgate.reference.tensors import Array, ReferenceRun
from simgate.reference.tflm import tflm_reference
from simgate.result import LayerCapture
from simgate.verdict.rounding import SecondOpinion, second_opinion
from simgate.verdict.tensors import TensorsVerdict, compare_layers


class References:
    """TFLM and LiteRT holding one model. They start at once and load while the firmware runs.

    Args:
        model: the .tflite.
        litert: hold LiteRT too.

    Raises:
        ModelError: the file is no sound .tflite.
    """

    def __init__(self, model: Path, *, litert: bool = True) -> None:
        with ExitStack() as stack:
            self.tflm: Reference = stack.enter_context(tflm_reference(model))
            self.litert: Reference | None = None
            if litert:
                self.litert = stack.enter_context(litert_reference(model))
            self._stack = stack.pop_all()

    def close(self) -> None:
        """End their processes."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def judge_layers(
    rows: Sequence[LayerRow], captures: Sequence[LayerCapture], references: References
) -> tuple[TensorsVerdict, SecondOpinion | None]:
    """Every captured layer against TFLM, and what LiteRT says to it.

    Args:
        rows: the image's layer table.
        captures: of any number of inferences.
        references: the interpreters; without LiteRT, or where the network never ran, there is
            no second opinion.

    Raises:
        ReferenceFailed: the network on the chip is another than the references'.
    """
    exact = hold_against(references.tflm, rows, captures)
    if references.litert is None or exact.inferences == 0:
        return exact, None
    return exact, second_opinion(exact, hold_against(references.litert, rows, captures))


def hold_against(
    reference: Reference, rows: Sequence[LayerRow], captures: Sequence[LayerCapture]
) -> TensorsVerdict:
    """Feed the reference what the chip fed its network, and compare every layer.

    Args:
        reference: the interpreter.
        rows: the image's layer table.
        captures: of any number of inferences.

    Raises:
        ReferenceFailed: the network on the chip is another than the reference's.
    """
    runs: dict[int, ReferenceRun] = {}
    for capture in network_inputs(rows, captures):
        runs[capture.inference] = reference.infer([_input_array(reference, rows, capture)])
    return compare_layers(rows, captures, runs, reference.name)


def network_inputs(
    rows: Sequence[LayerRow], captures: Sequence[LayerCapture]
) -> tuple[LayerCapture, ...]:
    """The captured input of each inference, in order.

    Args:
        rows: the image's layer table.
        captures: of any number of inferences.
    """
    numbers = {number for number, row in enumerate(rows) if row.is_input}
    found = (capture for capture in captures if capture.row in numbers)
    return tuple(sorted(found, key=lambda capture: capture.inference))


def _input_array(reference: Reference, rows: Sequence[LayerRow], capture: LayerCapture) -> Array:
    row = rows[capture.row]
    tensor = reference.model.tensors[reference.model.inputs[0]]
    if (row.tensor_index, row.shape) != (tensor.index, tensor.shape):
        raise ReferenceFailed(
            f"the network in the firmware takes tensor {row.tensor_index} {list(row.shape)}, "
            f"the model takes tensor {tensor.index} {list(tensor.shape)}",
            hint="The firmware was built from another model: build it again, or give its model.",
        )
    return np.frombuffer(capture.data, dtype=np.dtype(row.dtype)).reshape(row.shape)
