"""Lark as a second reader, and the platform files that real Renode accepted."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.platform import FileText
from simgate.platform._text import SourceText

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def read_with_lark() -> Callable[[SourceText], FileText]:
    spec = importlib.util.spec_from_file_location("lark_reader", HERE / "lark_reader.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    reader: Callable[[SourceText], FileText] = module.read_with_lark
    return reader


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a text to a file in the test's own folder."""

    def write_file(text: str, name: str = "board.repl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file
