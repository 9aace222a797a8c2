"""A verification as JSON, for other programs."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from simgate.verdict.verification import Verification

FORMAT = 1  # raised when a member changes its meaning
_LEFT_OUT = {"pcm", "inputs"}  # what was sent is in the clips


def verification_json(verification: Verification, *, indent: int | None = 2) -> str:
    """The verification and its verdict; numbers that JSON cannot write become text."""
    content = {
        "format": FORMAT,
        "passed": verification.passed,
        "failures": list(verification.failures),
        "notes": list(verification.notes),
        **_plain(verification),
    }
    for verdict, entry in zip(verification.budgets, content["budgets"], strict=True):
        entry["passed"] = verdict.passed
        entry["headroom"] = verdict.headroom
    return json.dumps(content, indent=indent, allow_nan=False)


def _plain(value: Any) -> Any:
    """Data classes as objects, paths and infinities as text, bytes as base64."""
    if is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in fields(value))
        return {name: _plain(getattr(value, name)) for name in names if name not in _LEFT_OUT}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
