"""The last branches as places, equal ones in succession counted."""

from __future__ import annotations

from simgate.debug.fault_report import BranchStep
from simgate.debug.frame import describe_exc_return, is_exc_return
from simgate.debug.places import Place, PlaceKind
from simgate.debug.scene import Scene
from simgate.result import Branch


def branch_steps(scene: Scene) -> tuple[BranchStep, ...]:
    """Oldest first."""
    steps: list[tuple[Branch, int]] = []
    for branch in scene.branches:
        if steps and steps[-1][0] == branch:
            steps[-1] = (branch, steps[-1][1] + 1)
        else:
            steps.append((branch, 1))

    def place(address: int) -> Place:
        if is_exc_return(address):
            text = f"EXC_RETURN {describe_exc_return(address)}"
            return Place(address, PlaceKind.SYSTEM, text)
        return scene.places.at(address & ~1)

    return tuple(
        BranchStep(place(branch.source), place(branch.target), branch.kind, times)
        for branch, times in steps
    )
