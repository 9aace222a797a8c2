"""Small programs, assembled from text, for the tests of the core."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench import AFTER, BEFORE, Assemble, Bench, Boot, build, place

from simgate.core import Clocks


@pytest.fixture(scope="session")
def assemble(tmp_path_factory: pytest.TempPathFactory) -> Assemble:
    """Assembles a program that follows the vector table and the label `reset`; builds it once."""
    known: dict[str, tuple[bytes, dict[str, int]]] = {}

    def assembled(text: str) -> tuple[bytes, dict[str, int]]:
        if text not in known:
            folder = tmp_path_factory.mktemp("program")
            source = folder / "program.s"
            source.write_text(BEFORE + text + AFTER)
            known[text] = build(folder, source)
        return known[text]

    return assembled


@pytest.fixture
def boot(assemble: Assemble) -> Iterator[Boot]:
    """`boot(text, ...)`: a core with that program, after its reset."""

    def booted(text: str, cpu: str = "cortex-m4f", clocks: Clocks | None = None) -> Bench:
        program, symbols = assemble(text)
        return place(program, symbols, cpu, clocks)

    yield booted
