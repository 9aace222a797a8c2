"""One benchmark's outcome: a number, what it was meant to reach, and a peer's number beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number.

    ``target`` is the number to reach; ``at_most`` says which side of it is good. ``peer`` is the
    same figure of another tool: measured in the same run, or a constant with its source named.
    Figures with a `subject` (a board) are printed as a table of their own, one row a subject.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    at_most: bool = True
    peer: float | None = None
    peer_name: str = ""
    subject: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; None where there is none."""
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target
