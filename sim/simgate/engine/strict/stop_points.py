"""Addresses at which the core comes back before the instruction there, and who wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simgate.core import Core

Action = Callable[[], None]


class StopPoints:
    """Any number of actions an address; they run in the order in which they were added."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._actions: dict[int, list[Action]] = {}

    def add(self, address: int, action: Action) -> None:
        """Call `action` each time that PC reaches the address."""
        address &= ~1
        actions = self._actions.get(address)
        if actions is None:
            self._actions[address] = [action]
            self._core.add_stop(address)
        else:
            actions.append(action)

    def remove(self, address: int, action: Action) -> None:
        """No more; the address stays one where the core comes back while others want it."""
        address &= ~1
        actions = self._actions[address]
        actions.remove(action)
        if not actions:
            del self._actions[address]
            self._core.remove_stop(address)

    def holds(self, address: int) -> bool:
        """Whether anybody watches that address."""
        return (address & ~1) in self._actions

    def reached(self, address: int) -> None:
        """The core stopped there."""
        for action in tuple(self._actions.get(address, ())):
            action()
