"""A second reader, a printer, and files in the test's own folder."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simgate.platform import FileText
from simgate.platform._text import SourceText

HERE = Path(__file__).parent


def beside(name: str) -> Any:
    """The module of that name in this folder."""
    spec = importlib.util.spec_from_file_location(f"platform_{name}", HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def read_with_lark() -> Callable[[SourceText], FileText]:
    reader: Callable[[SourceText], FileText] = beside("lark_reader").read_with_lark
    return reader


@pytest.fixture(scope="session")
def print_file() -> Callable[[FileText], str]:
    printer: Callable[[FileText], str] = beside("printer").print_file
    return printer


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a text to a file in the test's own folder."""

    def write_file(text: str, name: str = "board.repl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file
