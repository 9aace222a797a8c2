"""How an error of Simgate becomes the failure of a keyword: the whole message and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from robot.api.deco import keyword as robot_keyword

from simgate.errors import SimgateError

P = ParamSpec("P")
R = TypeVar("R")


class KeywordFailure(AssertionError):
    """What Robot Framework shows of a failed keyword is this message alone."""

    ROBOT_SUPPRESS_NAME = True


class Telling(Protocol):
    """Who knows what is behind a failure: the session of the keyword's family."""

    def told_of(self, text: str) -> str:
        """The failure's text, with the story of the firmware's fault where there is a new one."""
        ...


def keyword(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a method of a `KeywordFamily` the keyword ``name``.

    A `SimgateError` in it fails the test with its text, and a fault of the firmware comes with its
    whole story.
    """

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(method)
        def run(*arguments: P.args, **options: P.kwargs) -> R:
            try:
                return method(*arguments, **options)
            except (SimgateError, KeywordFailure) as error:
                session: Telling = arguments[0].session  # type: ignore[attr-defined]
                raise KeywordFailure(session.told_of(str(error))) from error

        decorated: Callable[P, R] = robot_keyword(name)(run)
        return decorated

    return decorate
