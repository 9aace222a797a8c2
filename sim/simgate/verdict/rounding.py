"""A second reference that may round differently: stated, never mistaken for an error.

TFLM (with gemmlowp and CMSIS-NN) rounds twice when it requantises, LiteRT rounds once in some
operators, and a difference of one step in an early layer can be two in a late one. So where the
firmware equals TFLM exactly, a difference to LiteRT is a property of LiteRT, and is said to be;
where it does not, the layer is wrong by the exact reference already.
"""

from __future__ import annotations

from dataclasses import dataclass

from simgate.verdict.tensors import LayerVerdict, Match, TensorsVerdict


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """The firmware against another reference, explained by the exact one."""

    reference: str  # "LiteRT 2.3.0 (BUILTIN_REF)"
    exact_reference: str  # "TFLM 0.dev..."
    layers: int
    rounded: tuple[LayerVerdict, ...]  # exact by the exact reference, and different in this one
    unexplained: tuple[LayerVerdict, ...]  # different in both

    def __str__(self) -> str:
        if not self.rounded and not self.unexplained:
            return f"{self.reference} agrees exactly on all {self.layers} layers."
        parts = []
        if self.rounded:
            first = self.rounded[0]
            parts.append(
                f"{self.reference} rounds differently in {len(self.rounded)} of {self.layers} "
                f"layers, where the firmware equals {self.exact_reference} exactly "
                f"(first: {first.label}, {first.differing:,} of {first.elements:,} values, "
                f"up to {max(layer.max_difference for layer in self.rounded):g} steps in all)."
            )
        if self.unexplained:
            parts.append(
                f"{self.reference} confirms {len(self.unexplained)} layers that are not exact "
                f"(first: {self.unexplained[0].label})."
            )
        return " ".join(parts)


def second_opinion(exact: TensorsVerdict, other: TensorsVerdict) -> SecondOpinion:
    """Explain the verdict against ``other`` by the verdict against the exact reference."""
    right = {layer.row for layer in exact.layers if layer.match is Match.EXACT}
    differing = [layer for layer in other.layers if layer.match is not Match.EXACT]
    return SecondOpinion(
        reference=other.reference,
        exact_reference=exact.reference,
        layers=len(other.layers),
        rounded=tuple(layer for layer in differing if layer.row in right),
        unexplained=tuple(layer for layer in differing if layer.row not in right),
    )
