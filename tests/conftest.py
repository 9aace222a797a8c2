"""What all tests share: the slowest file goes first; no example has a deadline of host time."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("simgate", deadline=None, print_blob=True)
settings.load_profile("simgate")
SLOWEST_FIRST = ("tests/test_wheel.py", "tests/keywords/", "tests/cli/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        slow = [i for i, start in enumerate(SLOWEST_FIRST) if item.nodeid.startswith(start)]
        return slow[0] if slow else len(SLOWEST_FIRST)

    items.sort(key=turn)
