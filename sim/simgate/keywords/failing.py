"""How an error of Simgate becomes the failure of a keyword: the whole message and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from robot.api.deco import keyword as robot_keyword

from simgate.errors import SimgateError

P = ParamSpec("P")
R = TypeVar("R")


class KeywordFailure(AssertionError):
    """What Robot Framework shows of a failed keyword is this message alone."""

    ROBOT_SUPPRESS_NAME = True


def keyword(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a method the keyword ``name``; a `SimgateError` in it fails the test with its text."""

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(method)
        def run(*arguments: P.args, **options: P.kwargs) -> R:
            try:
                return method(*arguments, **options)
            except SimgateError as error:
                raise KeywordFailure(str(error)) from error

        decorated: Callable[P, R] = robot_keyword(name)(run)
        return decorated

    return decorate
