"""Which instruction of the program is to blame."""

from __future__ import annotations

from simgate.debug.cause.lost import find_arrival
from simgate.debug.scene import Scene
from simgate.result import Fault, FaultKind, SourceLocation

_AFTER_BRANCH = frozenset({FaultKind.FALSE_HANDLER, FaultKind.INVALID_STATE})
"""The branch is to blame, not its target."""


def find_blame(scene: Scene, fault: Fault | None) -> SourceLocation | None:
    """The instruction at PC; where that is no code of the program, the one that led there.

    In a library's function (without lines, or with lines relative to where it was built) it is
    the call in the program's own function.
    """
    program = scene.program
    arrival = find_arrival(scene)
    astray = not program.is_code(scene.pc)
    if astray or (fault is not None and fault.kind in _AFTER_BRANCH):
        last = scene.arrival
        source = arrival.source if astray or last is None else last.source
        if source is not None and program.is_code(source):
            return program.where(source)
    handler = scene.handler(scene.exception) if scene.exception and astray else None
    if handler is not None and program.is_code(handler):
        return program.where(handler)
    places = [f.where for f in scene.backtrace.frames if program.is_code(f.where.address)]
    if fault is not None and fault.kind is FaultKind.FALSE_HANDLER:
        places = places[1:] or places
    own = (one for one in places if one.file is not None and not one.file.startswith("../"))
    return next(own, places[0] if places else None)
