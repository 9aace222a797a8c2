"""Every encoding that the fuzzer draws: the lines of the .txt files here, by idea."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tools.fuzz.form import Form, parse_form

FILES = ("data", "dsp", "memory", "control", "floating")


def _read(path: Path) -> list[Form]:
    """Forms of one file: ``[group]`` lines, and what follows each."""
    forms, group = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            group = line.strip("[]")
        else:
            forms.append(parse_form(line, group))
    return forms


@cache
def all_forms() -> tuple[Form, ...]:
    """All encodings; names are unique."""
    folder = Path(__file__).parent
    return tuple(form for name in FILES for form in _read(folder / f"{name}.txt"))


@cache
def by_name() -> dict[str, Form]:
    """The same by name."""
    return {form.name: form for form in all_forms()}
