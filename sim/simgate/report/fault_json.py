"""A fault report as JSON, and back."""

from __future__ import annotations

from simgate.debug.fault_report import FaultReport


def to_json(report: FaultReport, *, indent: int | None = 2) -> str:
    """The report as JSON; bytes of inputs are base64."""
    from pydantic import TypeAdapter

    return TypeAdapter(FaultReport).dump_json(report, indent=indent).decode()


def from_json(text: str | bytes) -> FaultReport:
    """The report that `to_json` wrote.

    Raises:
        pydantic.ValidationError: the text is no report.
    """
    from pydantic import TypeAdapter

    return TypeAdapter(FaultReport).validate_json(text)
