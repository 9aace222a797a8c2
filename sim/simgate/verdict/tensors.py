"""Layer by layer: what the chip computed against what a reference computed.

A layer is *exact* when every element is the reference's, *within one step* when none differs by
more than one step of its quantisation (for floating point: one unit in the last place), and
*wrong* otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgate.image import LayerRow
from simgate.reference.tensors import ReferenceRun, ReferenceTensor
from simgate.result import LayerCapture

_STEP_TOLERANCE = 1e-9  # float noise of the division that counts units in the last place


class Match(StrEnum):
    """How close a layer is to the reference; a later one is worse."""

    EXACT = "exact"
    WITHIN_ONE = "within one step"
    WRONG = "wrong"


_SEVERITY = {match: level for level, match in enumerate(Match)}


@dataclass(frozen=True, slots=True)
class Worst:
    """The element that differs most."""

    index: tuple[int, ...]  # in the tensor's own dimensions, NHWC for an image
    got: float  # as stored; a whole number for a quantised tensor
    expected: float
    got_value: float | None = None  # dequantised, where the tensor is quantised
    expected_value: float | None = None

    def __str__(self) -> str:
        text = f"at {list(self.index)} got {self.got:g}, expected {self.expected:g}"
        if self.got_value is not None and self.expected_value is not None:
            text += f" (that is {self.got_value:.6g} instead of {self.expected_value:.6g})"
        return text


@dataclass(frozen=True, slots=True)
class LayerVerdict:
    """One layer against one reference, over one inference or (merged) over many."""

    row: int  # in the layer table
    operator_index: int | None  # in the .tflite
    operator: str
    name: str
    shape: tuple[int, ...]
    match: Match
    elements: int  # compared
    differing: int
    max_difference: float  # in steps; infinity where a NaN met a number
    inference: int = 0  # the one that `worst` is from
    worst: Worst | None = None
    problem: str = ""  # why it could not be compared element by element

    @property
    def label(self) -> str:
        """What people call it: "3 CONV_2D"."""
        return f"{self.operator_index} {self.operator}"

    def __str__(self) -> str:
        text = f"layer {self.label} ('{self.name}'): {self.match}"
        if self.problem:
            return f"{text}: {self.problem}"
        if self.worst is not None:
            text += (
                f": {self.differing:,} of {self.elements:,} values differ by up to "
                f"{self.max_difference:g} steps; worst in inference {self.inference} {self.worst}"
            )
        return text


@dataclass(frozen=True, slots=True)
class TensorsVerdict:
    """Every layer of every inference against one reference."""

    reference: str  # name and version
    inferences: int
    layers: tuple[LayerVerdict, ...]  # one an operator, in order of execution

    @property
    def exact(self) -> bool:
        """The network ran, and every value of every layer is the reference's."""
        return self.inferences > 0 and all(layer.match is Match.EXACT for layer in self.layers)

    @property
    def first_wrong(self) -> LayerVerdict | None:
        """The first layer, in order of execution, that is not exact."""
        return next((layer for layer in self.layers if layer.match is not Match.EXACT), None)

    def __str__(self) -> str:
        if self.inferences == 0:
            return f"The network never ran, so nothing was compared with {self.reference}."
        count = sum(layer.match is Match.EXACT for layer in self.layers)
        text = (
            f"{count} of {len(self.layers)} layers are exactly those of {self.reference} "
            f"over {self.inferences} inferences"
        )
        first = self.first_wrong
        return f"{text}." if first is None else f"{text}. First that is not: {first}"


def compare_tensor(
    number: int, row: LayerRow, data: bytes, reference: ReferenceTensor | None
) -> LayerVerdict:
    """One captured tensor against the reference's.

    Args:
        number: the row's place in the layer table.
        row: what the image says about the tensor.
        data: its bytes as the chip's memory held them, row-major, little endian.
        reference: the reference's tensor of the same index; None where it has none.
    """
    verdict = LayerVerdict(
        row=number,
        operator_index=row.operator_index,
        operator=row.operator,
        name=row.name,
        shape=row.shape,
        match=Match.WRONG,
        elements=0,
        differing=0,
        max_difference=0.0,
    )
    problem = _mismatch(row, data, reference)
    if problem or reference is None:
        return replace(verdict, problem=problem)
    expected = reference.data
    got = np.frombuffer(data, dtype=expected.dtype.newbyteorder("<")).reshape(expected.shape)
    steps = _steps(got, expected)
    largest = float(steps.max(initial=0.0))
    differing = int(np.count_nonzero(steps))
    match = Match.WRONG
    if differing == 0:
        match = Match.EXACT
    elif largest <= 1.0 + _STEP_TOLERANCE:
        match = Match.WITHIN_ONE
    return replace(
        verdict,
        match=match,
        elements=expected.size,
        differing=differing,
        max_difference=largest,
        worst=_worst(got, steps, reference) if differing else None,
    )


def compare_layers(
    rows: Sequence[LayerRow],
    captures: Iterable[LayerCapture],
    references: Mapping[int, ReferenceRun],
    reference: str,
) -> TensorsVerdict:
    """Every captured layer against the reference's run of the same inference.

    Args:
        rows: the image's layer table.
        captures: what the engine captured; several inferences may be mixed.
        references: the reference's tensors, by inference.
        reference: its name and version.
    """
    captured = {(capture.inference, capture.row): capture.data for capture in captures}
    merged: list[LayerVerdict] = []
    for number, row in enumerate(rows):
        if row.is_input:
            continue  # the reference was given it
        verdicts = []
        for inference, run in references.items():
            data = captured.get((inference, number))
            if data is None:
                verdict = compare_tensor(number, row, b"", None)
                problem = f"its code was not reached in inference {inference}"
                verdict = replace(verdict, problem=problem)
            else:
                verdict = compare_tensor(number, row, data, run.tensors.get(row.tensor_index))
            verdicts.append(replace(verdict, inference=inference))
        if verdicts:
            merged.append(merge(verdicts))
    return TensorsVerdict(reference, len(references), tuple(merged))


def merge(verdicts: Sequence[LayerVerdict]) -> LayerVerdict:
    """One layer's verdicts over many inferences as one: counts added, the worst kept."""
    worst = max(verdicts, key=lambda v: (_SEVERITY[v.match], bool(v.problem), v.max_difference))
    return replace(
        worst,
        elements=sum(verdict.elements for verdict in verdicts),
        differing=sum(verdict.differing for verdict in verdicts),
    )


def _mismatch(row: LayerRow, data: bytes, reference: ReferenceTensor | None) -> str:
    """Why the two cannot be compared element by element; empty where they can."""
    if reference is None:
        return f"the reference has no tensor {row.tensor_index}"
    if row.dtype != reference.dtype.name:
        return f"the firmware holds {row.dtype}, the reference {reference.dtype.name}"
    if row.shape != reference.shape:
        return f"the firmware's shape is {list(row.shape)}, the reference's {list(reference.shape)}"
    if len(data) != reference.data.nbytes:
        return f"{len(data)} bytes were captured, the tensor has {reference.data.nbytes}"
    return ""


def _steps(got: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.float64]:
    """How many steps each element is away: quantisation steps, or units in the last place."""
    if expected.dtype.kind != "f":
        whole = np.abs(got.astype(np.int64) - expected.astype(np.int64))
        return whole.astype(np.float64)
    with np.errstate(all="ignore"):
        unit = np.spacing(np.maximum(np.abs(got), np.abs(expected))).astype(np.float64)
        apart = np.abs(got.astype(np.float64) - expected.astype(np.float64))
        steps: NDArray[np.float64] = np.divide(apart, unit)
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    steps[np.isnan(steps)] = np.inf
    steps[same] = 0.0
    return steps


def _worst(got: NDArray[Any], steps: NDArray[np.float64], reference: ReferenceTensor) -> Worst:
    index = tuple(int(i) for i in np.unravel_index(int(steps.argmax()), steps.shape))
    stored, wanted = float(got[index]), float(reference.data[index])
    quantisation = reference.quantisation
    if quantisation is None or not quantisation.scales or reference.dtype.kind == "f":
        return Worst(index, stored, wanted)
    scale, zero = quantisation.scale, quantisation.zero_point
    return Worst(index, stored, wanted, (stored - zero) * scale, (wanted - zero) * scale)
