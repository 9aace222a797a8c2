"""How much stack a run would have needed, learned in a copy of it that goes on without the guard.

The copy is a forked process, so that the run itself stays at the moment of the overflow. What it
does to the memory below the stack may lead it astray: what it finds is the least that is needed.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

from simgate.core.stop import StopKind

if TYPE_CHECKING:
    from simgate.core import Core

_PASSED = frozenset({StopKind.STOP_POINT, StopKind.REQUESTED})
_TICKS = 50_000_000  # how far the copy goes
_ROOM_BYTES = tuple(1024 << n for n in range(6, -1, -1))  # tried below the stack, 64 KiB first
_HOST_S = 3.0  # and how long it may take


def lowest_without_guard(
    core: Core, limit: int, lowest: Callable[[Core], int | None]
) -> int | None:
    """Lowest SP of a copy that goes on where the core stands, or None where none can be made.

    Args:
        core: stands at the overflow that it just reported; its next run goes on without the guard.
        limit: of that stack; where nothing lies below it, the copy has memory there.
        lowest: tells the lowest SP of the stack in question.
    """
    if not hasattr(os, "fork"):
        return None
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # The copy runs the core and leaves by _exit: it takes no lock that a thread could hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _go_on(core, limit, lowest, writer)
    os.close(writer)
    try:
        ready, _, _ = select.select([reader], [], [], _HOST_S)
        answer = os.read(reader, 4) if ready else b""
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return int.from_bytes(answer, "little") if len(answer) == 4 else None


def _go_on(core: Core, limit: int, lowest: Callable[[Core], int | None], writer: int) -> None:
    """In the copy; never returns. Whatever listens there is not heard."""
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        _make_room(core, limit)
        end, wall_end_s = core.ticks + _TICKS, time.perf_counter() + _HOST_S / 2
        while core.ticks < end and time.perf_counter() < wall_end_s:
            if core.run(end, _HOST_S / 2).kind not in _PASSED:
                break
        found = lowest(core)
        if found is not None:
            os.write(writer, found.to_bytes(4, "little"))
    finally:
        os._exit(0)


def _make_room(core: Core, limit: int) -> None:
    """Memory below a stack that has nothing there; one with a neighbour will run over it."""
    for size in _ROOM_BYTES:
        with contextlib.suppress(ValueError):
            core.map_memory(limit - size, size, True)
            return
