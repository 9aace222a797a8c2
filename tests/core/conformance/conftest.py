"""One build of the conformance firmware for all tests of a session."""

from __future__ import annotations

import pytest
from machines import Build


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return Build(tmp_path_factory.mktemp("conformance"))
