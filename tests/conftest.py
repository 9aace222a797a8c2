"""What all tests share: the slowest file goes first, so that two workers end together."""

from __future__ import annotations

import pytest

SLOWEST_FIRST = ("tests/test_wheel.py", "tests/keywords/", "tests/cli/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        slow = [i for i, start in enumerate(SLOWEST_FIRST) if item.nodeid.startswith(start)]
        return slow[0] if slow else len(SLOWEST_FIRST)

    items.sort(key=turn)
